"""Saved model of a run: same labels after loading, and errors for damaged files."""

import dataclasses

import numpy as np
import pytest

from skvae.datasets import TrackWarning, load_tracks
from skvae.report import LibraryModel, cluster_library

FAST = {"max_epochs": 5, "latent_dim": 4}


@pytest.fixture(scope="module")
def tracks(small_library):
    with pytest.warns(TrackWarning, match="tags not read"):
        return load_tracks(small_library, folders="genre,language")


@pytest.fixture(scope="module")
def lyrics_run(texts):
    """Run on lyrics with two clusters."""
    return cluster_library(texts, modality="lyrics", model="pca", n_clusters=2)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"clusterer": "gmm", "condition": "genre"},
        {"clusterer": "agglomerative", "modality": "audio"},
        {"clusterer": "spectral", "modality": "lyrics"},
        {"model": "pca"},
        {"model": "vade"},
    ],
)
def test_a_loaded_model_assigns_the_same_labels(tracks, options, tmp_path):
    run = cluster_library(tracks, n_clusters=2, **FAST | options)
    run.model.write(tmp_path)
    model = LibraryModel.read(tmp_path)
    found = model.describe(tracks)
    np.testing.assert_array_equal(found.usable, run.clusters["label"] >= 0)
    np.testing.assert_array_equal(found.reasons, run.clusters["reason"])
    labels, membership, nearest, Z = model.label(found.table)
    known = run.clusters[found.usable]
    np.testing.assert_array_equal(labels, known["label"])
    np.testing.assert_allclose(membership, known["membership"], atol=1e-3)
    np.testing.assert_allclose(Z, run.latent[found.usable], rtol=1e-4, atol=1e-5)
    assert (nearest[:, 0] == known["track_id"]).mean() > 0.9  # tracks of the library are nearest to themselves
    assert [model.names[label] for label in labels] == known["cluster"].tolist()
    np.testing.assert_array_equal(model.pipeline.predict(tracks[found.usable]), labels)


def test_the_folder_of_a_run_or_of_its_model_can_be_read(lyrics_run, tmp_path):
    lyrics_run.write(tmp_path)
    assert LibraryModel.read(tmp_path).names == LibraryModel.read(tmp_path / "model").names == lyrics_run.model.names


class Counter:
    """Text model of a class that cannot be saved."""

    def encode(self, texts):
        return np.array([[len(text), text.count("a")] for text in texts], dtype=np.float32)


def test_a_step_that_cannot_be_saved_adds_a_note(texts, tmp_path):
    from skvae import LyricsEmbedder

    run = cluster_library(texts, modality="lyrics", lyrics=LyricsEmbedder(Counter()), model="pca")
    files = run.write(tmp_path)
    assert not (tmp_path / "model").exists()
    assert (tmp_path / "run.json") in files
    assert "the model was not saved" in (tmp_path / "run.json").read_text("utf-8")


def test_damaged_models_raise_one_error(lyrics_run, tmp_path):
    with pytest.raises(FileNotFoundError, match="contains no model"):
        LibraryModel.read(tmp_path)
    lyrics_run.model.write(tmp_path)
    original = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path, content in original.items():
        for damaged in (b"", content[: len(content) // 2], b"\x80\x04K\x01."):
            path.write_bytes(damaged)
            with pytest.raises(ValueError, match="cannot be "):
                LibraryModel.read(tmp_path)
        path.write_bytes(content)
    LibraryModel.read(tmp_path)
    (tmp_path / "model.json").write_text('{"format": 2}')
    with pytest.raises(ValueError, match="its format is 2, but only format 1 is supported"):
        LibraryModel.read(tmp_path)


@pytest.mark.parametrize("name", ["../../outside", "a/b", "a\\b", ".", "", "a\nb", "C:"])
def test_cluster_names_that_are_not_file_names_raise_an_error(lyrics_run, tmp_path, name):
    """Cluster names are used as file names of playlists."""
    dataclasses.replace(lyrics_run.model, names={0: name, 1: "01 mixed"}).write(tmp_path)
    with pytest.raises(ValueError, match="is not a valid file name"):
        LibraryModel.read(tmp_path)
