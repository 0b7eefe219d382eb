"""Labeled tracks that are appended to a run."""

import json
import shutil

import numpy as np
import pytest

from skvae.report import cluster_library, predict_library
from skvae.report.predict import _append_to_run

pytestmark = pytest.mark.filterwarnings("ignore::skvae.datasets.TrackWarning")


class StopError(Exception):
    """Interruption of a call."""


@pytest.fixture
def own_run(run, tmp_path):
    """Copy of the run in the same parent folder, so that relative paths stay valid."""
    return shutil.copytree(run, run.parent / f"{run.name}-{tmp_path.name}")


def test_new_tracks_are_appended_and_existing_rows_are_not_changed(own_run, small_library, tmp_path, read_labels):
    before = {path.relative_to(own_run): path.read_bytes() for path in own_run.rglob("*") if path.is_file()}
    more = tmp_path / "more"
    shutil.copytree(small_library / "low", more)
    for path in more.glob("*.wav"):
        path.rename(path.with_name(path.name.replace("song", "new song")))
    done = predict_library(own_run, more, tmp_path / "out", append=own_run)
    assert done.added == 9  # including the unusable files, with reasons
    assert done.left_out == {}
    table = read_labels(own_run)
    whole = (own_run / "clusters.csv").read_bytes()
    assert whole.startswith(before[(own_run / "clusters.csv").relative_to(own_run)])
    assert len(table) == 16 + 9
    assert table["track_id"].is_unique
    with np.load(own_run / "latent.npz") as stored:
        np.testing.assert_array_equal(stored["track_id"], table["track_id"])
        np.testing.assert_array_equal(stored["labels"], table["label"].astype(int))
        latent = stored["latent"]
    (tmp_path / "before.npz").write_bytes(before[(own_run / "latent.npz").relative_to(own_run)])
    with np.load(tmp_path / "before.npz") as stored:
        np.testing.assert_array_equal(latent[:16], stored["latent"])
    songs = set()
    for path in (own_run / "playlists").iterdir():
        old = before.get(path.relative_to(own_run), b"")
        assert path.read_bytes().startswith(old)
        lines = path.read_text("utf-8").splitlines()
        songs |= {(path.parent / line).resolve() for line in lines if not line.startswith("#")}
    assert songs == {path.resolve() for folder in (small_library, more) for path in folder.rglob("*.wav")}
    changed = {path for path, content in before.items() if (own_run / path).read_bytes() != content}
    assert {path.name for path in changed} <= {"clusters.csv", "latent.npz", "run.json"} | {
        path.name for path in (own_run / "playlists").iterdir()
    }
    assert json.loads((own_run / "run.json").read_text("utf-8"))["appended"][0]["n_added"] == 9


def test_tracks_are_appended_to_a_run_of_a_version_without_tags(texts, tmp_path, read_labels):
    tracks = texts.assign(tags="rock|pop")
    cluster_library(tracks, model="pca", modality="lyrics", latent_dim=2).write(tmp_path / "run")
    read_labels(tmp_path / "run").drop(columns="tags").to_csv(tmp_path / "run" / "clusters.csv", index=False)
    tracks.assign(track_id=tracks["track_id"] + " new").to_csv(tmp_path / "new.csv", index=False)
    done = predict_library(tmp_path / "run", tmp_path / "new.csv", tmp_path / "out", append=tmp_path / "run")
    assert done.added == len(tracks)
    assert read_labels(tmp_path / "out")["tags"].tolist() == ["rock|pop"] * len(tracks)
    table = read_labels(tmp_path / "run")
    assert "tags" not in table
    assert len(table) == 2 * len(tracks)


def test_tracks_of_the_run_are_not_appended_again(own_run, small_library, tmp_path):
    before = (own_run / "clusters.csv").read_bytes()
    done = predict_library(own_run, small_library, tmp_path / "out", append=own_run)
    assert done.added == 0
    assert set(done.left_out.values()) == {"is already in the run"}
    assert len(done.left_out) == 16
    assert (own_run / "clusters.csv").read_bytes() == before
    # The same files have other identifiers in another library folder.
    done = predict_library(own_run, small_library / "low", tmp_path / "out", append=own_run)
    assert done.added == 0
    assert done.left_out["song 00.wav"] == "is already in the run as 'low/song 00.wav'"
    # Other files can have the same identifiers.
    other = tmp_path / "other" / "low"
    other.mkdir(parents=True)
    shutil.copy(small_library / "low" / "song 02.wav", other / "song 00.wav")
    done = predict_library(own_run, other.parent, tmp_path / "out", append=own_run)
    assert done.left_out == {"low/song 00.wav": "another track of the run has the same track_id"}


def test_an_interrupted_append_can_be_repeated(own_run, small_library, tmp_path, monkeypatch, read_labels):
    more = shutil.copytree(small_library / "high", tmp_path / "more")
    write = _append_to_run.write_atomically

    def stop(path):
        if path.name == "clusters.csv":
            raise StopError
        return write(path)

    monkeypatch.setattr(_append_to_run, "write_atomically", stop)
    with pytest.raises(StopError):
        predict_library(own_run, more, tmp_path / "out", append=own_run)
    assert len(read_labels(own_run)) == 16
    monkeypatch.setattr(_append_to_run, "write_atomically", write)
    assert predict_library(own_run, more, tmp_path / "out", append=own_run).added == 7
    with np.load(own_run / "latent.npz") as stored:
        assert len(stored["latent"]) == len(read_labels(own_run)) == 23
    lines = [line for path in (own_run / "playlists").iterdir() for line in path.read_text("utf-8").splitlines()]
    paths = [line for line in lines if not line.startswith("#")]
    assert len(paths) == len(set(paths)) == 21
