"""Runs on generated audio and lyrics."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from skvae import LyricsVectorizer
from skvae.datasets import TrackWarning, load_feature_table, load_tracks
from skvae.report import NothingUsableError, cluster_library
from skvae.report.run._run_notes import _selection_note

FAST = {"max_epochs": 5, "latent_dim": 4}


@pytest.fixture(scope="module")
def tracks(small_library):
    with pytest.warns(TrackWarning, match="tags not read"):
        return load_tracks(small_library, folders="genre")


@pytest.fixture(scope="module")
def run(tracks):
    return cluster_library(tracks, max_epochs=40, latent_dim=4)


def test_the_result_contains_every_track_once_in_order(run, tracks):
    assert run.clusters["track_id"].tolist() == tracks["track_id"].tolist()
    assert run.latent.index.tolist() == tracks["track_id"].tolist()


def test_unusable_tracks_have_label_minus_one_and_a_reason(run):
    clusters = run.clusters.set_index("track_id")
    bad, words = clusters.loc["low/bad.mp3"], clusters.loc["low/empty with words.mp3"]
    assert bad["label"] == -1
    assert bad["reason"].startswith("audio: not audio")
    assert bad["reason"].endswith("no lyrics")
    assert pd.isna(bad["membership"])
    assert bad["nearest"] == ""
    assert words["label"] >= 0  # clustered by its lyrics
    assert words["reason"] == "audio: empty file"
    others = clusters.drop(["low/bad.mp3", "low/empty with words.mp3"])
    assert (others["label"] >= 0).all()
    assert (others["reason"] == "").all()
    assert (others["seconds"] == 1).all()
    assert run.failures["track_id"].tolist() == ["low/bad.mp3"]
    assert np.isnan(run.latent.loc["low/bad.mp3"]).all()
    assert np.isfinite(run.latent.drop("low/bad.mp3")).all(axis=None)


def test_clusters_agree_with_separate_genres(run):
    model, chance = run.metrics.iloc[-2], run.metrics.iloc[-1]
    assert model["method"] == "VAE + KMeans"
    assert model["ami"] > 0.5
    assert abs(chance["ami"]) < 0.2


def test_membership_is_a_probability_and_nearest_tracks_are_other_tracks(run):
    clusters = run.clusters[run.clusters["label"] >= 0]
    assert clusters["membership"].between(0, 1).all()
    ids = set(run.clusters["track_id"])
    for row in clusters.itertuples():
        nearest = row.nearest.split("|")
        assert len(nearest) == 3
        assert set(nearest) <= ids - {row.track_id, "low/bad.mp3"}


def test_playlists_contain_all_playable_tracks(run, tracks):
    listed = [row for playlist in run.playlists for row in playlist.rows]
    assert len(listed) == len(set(listed)) == 14
    for playlist in run.playlists:
        assert (run.clusters["label"].iloc[list(playlist.rows)] == playlist.label).all()


def test_written_files_contain_the_results(run, tmp_path):
    files = run.write(tmp_path / "a" / "b")
    assert all(path.stat().st_size > 0 for path in files)
    out = tmp_path / "a" / "b"
    clusters = pd.read_csv(out / "clusters.csv", keep_default_na=False)
    assert clusters["track_id"].tolist() == run.clusters["track_id"].tolist()
    with np.load(out / "latent.npz") as latent:  # allow_pickle is off
        assert set(latent) == {"track_id", "latent", "labels", "columns"}
        np.testing.assert_array_equal(latent["track_id"], run.clusters["track_id"])
        np.testing.assert_array_equal(latent["labels"], run.clusters["label"])
        np.testing.assert_array_equal(latent["latent"], run.latent)
        np.testing.assert_array_equal(latent["columns"], run.latent.columns)
    record = json.loads((out / "run.json").read_text("utf-8"))
    assert record["n_tracks"] == 16
    assert record["n_clustered"] == 15
    assert record["failures"] == run.failures.to_dict("records")
    assert record["seed"] == 0
    assert {"audio", "lyrics", "training", "comparison", "map", "writing"} <= set(record["timings"])
    assert record["versions"]["skvae"]
    assert record["settings"]["excerpts"] == 5
    assert record["settings"]["map_method"] == "auto"
    assert record["placed_by"] == run.placed_by == "t-SNE"


def test_a_second_run_removes_the_files_of_the_first(run, tmp_path, texts):
    run.write(tmp_path)
    (tmp_path / "playlists" / "mine.m3u8").write_text("#EXTM3U\n")
    other = cluster_library(texts, modality="lyrics", model="pca")
    other.write(tmp_path)
    assert [path.name for path in (tmp_path / "playlists").iterdir()] == ["mine.m3u8"]
    assert not (tmp_path / "history.png").exists()


def test_tags_and_columns_of_a_feature_table_name_the_clusters(tmp_path):
    group = np.arange(20) % 2
    energy = group + np.random.default_rng(0).normal(scale=0.1, size=20)
    frame = pd.DataFrame({"track_id": [f"t{i}" for i in range(20)], "audio__energy": energy, "lyrics__0": energy})
    tags = np.where(group, "rock|fast", "folk|slow|calm|x|y|z")
    frame.to_csv(tmp_path / "plain.csv", index=False)
    frame.assign(tags=tags).to_csv(tmp_path / "tags.csv", index=False)
    options = {"model": "pca", "n_clusters": 2, "latent_dim": 1}
    plain = cluster_library(load_feature_table(tmp_path / "plain.csv"), **options)
    assert {playlist.name[3:] for playlist in plain.playlists} == {"high energy", "low energy"}
    assert plain.clusters["tags"].isna().all()
    tagged = cluster_library(load_feature_table(tmp_path / "tags.csv"), **options)
    assert {playlist.name[3:] for playlist in tagged.playlists} == {"fast, rock", "calm, folk"}
    assert tagged.clusters["tags"].tolist() == np.where(group, "rock|fast", "folk|slow|calm|x|y").tolist()


def test_the_same_seed_gives_the_same_result_and_the_global_random_state_is_unchanged(tracks, run):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    again = cluster_library(tracks, max_epochs=40, latent_dim=4)
    pd.testing.assert_frame_equal(again.clusters, run.clusters)
    pd.testing.assert_frame_equal(again.metrics, run.metrics)
    np.testing.assert_array_equal(again.points, run.points)
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002


def test_unusable_files_do_not_change_the_other_tracks(tracks, run):
    good = tracks[~tracks["track_id"].str.contains("bad")].reset_index(drop=True)
    alone = cluster_library(good, max_epochs=40, latent_dim=4)
    mixed = run.clusters[~run.clusters["track_id"].str.contains("bad")].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.clusters, mixed)


@pytest.mark.parametrize("clusterer", ["gmm", "agglomerative", "spectral"])
def test_each_clusterer_separates_two_languages(texts, clusterer):
    # Two columns. With more columns, scaling gives the number in each text the same weight as the words.
    lyrics = LyricsVectorizer(2, random_state=0)
    run = cluster_library(
        texts, modality="lyrics", lyrics=lyrics, model="pca", clusterer=clusterer, n_clusters=2, latent_dim=2
    )
    assert run.metrics["method"].iloc[1].startswith("PCA + ")
    assert run.metrics["ami_language"].iloc[1] == pytest.approx(1)
    assert run.clusters["membership"].min() > 0.5


def test_vade_assigns_the_clusters(texts):
    run = cluster_library(texts, modality="lyrics", model="vade", n_clusters=2, **FAST)
    assert run.metrics["method"].tolist() == ["raw + KMeans", "PCA + KMeans", "VaDE", "chance"]
    assert {row["phase"] for row in run.history} == {"vae", "guided"}
    assert run.latent.shape == (12, 4)


def test_auto_chooses_the_number_of_clusters_with_four_criteria(texts):
    run = cluster_library(texts, modality="lyrics", model="pca", n_clusters="auto")
    assert set(run.selection.curve["n_clusters"]) == {2}
    assert len(run.playlists) == 2
    criteria = "BIC 2, ICL 2, stability 2, gap statistic 2"
    assert f"2 clusters are supported by 4 of 4 criteria ({criteria}; see n_clusters.csv)" in run.notes


@pytest.mark.parametrize(("agree", "ending"), [(True, "; all criteria allow 2 to 5"), (False, "n_clusters.csv)")])
def test_the_note_on_the_number_of_clusters_ends_with_the_range_if_all_criteria_agree(agree, ending):
    choices = pd.DataFrame({"low": [2, 4], "high": [5, 6]}, index=["bic", "gap"])
    selection = SimpleNamespace(choices=choices, n_clusters=4, low=2, high=5, agree=agree)
    assert _selection_note(selection).endswith(ending)


def test_the_default_number_of_clusters_is_a_fifth_of_the_tracks(texts):
    assert len(cluster_library(texts, modality="lyrics", model="pca").playlists) == 2


def test_tracks_with_unknown_condition_are_clustered_and_counted(texts):
    texts = texts.copy()
    texts.loc[texts.index[:2], "language"] = None
    run = cluster_library(texts, modality="lyrics", condition="language", n_clusters=2, **FAST)
    assert (run.clusters["label"] >= 0).all()
    assert (
        "2 clustered tracks have no language: the model uses the mean over all values of language for them" in run.notes
    )


def test_scores_against_the_condition_are_marked_as_leaked(texts):
    run = cluster_library(texts, modality="lyrics", condition="language", n_clusters=2, **FAST)
    assert run.metrics["leaked"].tolist() == ["", "", "ami_language", ""]
    assert run.model.pipeline[1].condition_.size == 2
    assert any(note.startswith("leaked") for note in run.notes)


def test_a_note_reports_clusters_that_reflect_the_language(texts):
    run = cluster_library(texts, modality="lyrics", model="pca", n_clusters=2, latent_dim=2)
    assert (
        "the clusters reflect the language (AMI 1.00); the condition language removes it from the latent space "
        "(--condition language)"
    ) in run.notes


def test_notes_mention_small_libraries_and_missing_playlists(texts, tracks):
    small = "12 tracks are too few to train a network"
    playlists = "no playlists are written, because no clustered track has an audio file"
    notes = cluster_library(texts, modality="lyrics", n_clusters=2, **FAST).notes
    assert any(note.startswith(small) for note in notes)
    assert playlists in notes
    notes = cluster_library(tracks, modality="audio", model="pca").notes
    assert not any("too few to train" in note for note in notes)
    assert playlists not in notes


def test_a_note_explains_why_a_label_has_no_scores(texts):
    genre = [None] * 11 + ["rock"]
    notes = cluster_library(texts.assign(genre=genre), modality="lyrics", model="pca").notes
    assert "genre is known for 1 of 12 clustered tracks; scores require at least two different values" in notes


def test_one_modality_is_used_if_no_track_has_the_other(texts, tracks):
    run = cluster_library(texts, model="pca")
    assert run.modality == "lyrics"
    assert any("lyrics only" in note for note in run.notes)
    run = cluster_library(tracks.assign(lyrics=None), model="pca")
    assert run.modality == "audio"
    assert any("audio only" in note for note in run.notes)
    assert run.failures["track_id"].tolist() == ["low/bad.mp3", "low/empty with words.mp3"]


def test_tracks_without_audio_are_unusable_with_modality_audio(tracks):
    run = cluster_library(tracks, modality="audio", model="pca")
    assert run.failures["track_id"].tolist() == ["low/bad.mp3", "low/empty with words.mp3"]
    assert run.latent.columns[0].startswith("pca")


def test_audio_is_not_decoded_with_modality_lyrics(tracks):
    run = cluster_library(tracks.assign(audio="/nowhere.mp3"), modality="lyrics", model="pca")
    assert run.clusters["seconds"].isna().all()
    assert (run.failures["reason"] == "no lyrics").all()
    assert len(run.failures) == 5


def test_too_few_usable_tracks_raise_an_error_with_reasons(texts):
    with pytest.raises(NothingUsableError, match="at least 4 tracks with usable audio, got none") as error:
        cluster_library(texts, modality="audio")
    assert error.value.failures["t0"] == "audio: no audio"
    with pytest.raises(NothingUsableError, match="at least 4 tracks with usable lyrics, got 3 of 3"):
        cluster_library(texts[:3], modality="lyrics")


def test_four_tracks_can_be_clustered(texts):
    run = cluster_library(texts[:4], modality="lyrics", **FAST)
    assert len(run.playlists) == 2


def test_the_map_method_changes_only_the_map(texts):
    texts = pd.concat([texts, texts.assign(track_id=texts["track_id"] + "+")], ignore_index=True)
    default, pca = (cluster_library(texts, modality="lyrics", model="pca", map_method=name) for name in ("auto", "pca"))
    assert (default.placed_by, pca.placed_by) == ("t-SNE", "PCA")
    assert not np.allclose(default.points, pca.points)
    pd.testing.assert_frame_equal(default.clusters, pca.clusters)
    pd.testing.assert_frame_equal(default.metrics, pca.metrics)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "dec"}, "model must be one of vae, vade, pca, got 'dec'"),
        ({"clusterer": "dbscan"}, "clusterer must be one of .*, got 'dbscan'"),
        ({"map_method": "mds"}, "map_method must be one of auto, tsne, umap, pca, got 'mds'"),
        ({"modality": "video"}, "modality must be one of .*, got 'video'"),
        ({"n_clusters": 1}, "n_clusters must be an integer of at least 2, .* got 1"),
        ({"n_clusters": 12}, "n_clusters=12 must be between 2 and 11, because 12 tracks can be used"),
        ({"device": "gpu"}, "device='gpu' is not a PyTorch device"),
        ({"device": "cuda:99"}, "device='cuda:99' is not available: PyTorch found .* Use .*'cpu'"),
        ({"condition": "mood"}, "condition='mood' must be a column .*Its columns are .*language"),
        ({"condition": "languages"}, "condition='languages' must be a column .*Did you mean 'language'?"),
        ({"condition": "language"}, "condition='language' requires model='vae' or model='vade'"),
    ],
)
def test_invalid_options_raise_an_error(texts, options, message):
    with pytest.raises(ValueError, match=message):
        cluster_library(texts, **{"modality": "lyrics", "model": "pca"} | options)


def test_large_libraries_are_subsampled_and_notes_mention_it(texts, monkeypatch):
    from skvae.report.run import _cluster_library, _n_clusters, _run_notes

    for module in (_cluster_library, _run_notes):
        monkeypatch.setattr(module, "SAMPLE_MAP", 8)
    for module in (_n_clusters, _run_notes):
        monkeypatch.setattr(module, "SAMPLE_N_CLUSTERS", 8)
    run = cluster_library(texts, modality="lyrics", model="pca", n_clusters="auto")
    assert np.isfinite(run.points).all(axis=1).sum() == 8
    assert (run.clusters["label"] >= 0).all()
    assert "the map uses a random sample of 8 of the 12 tracks" in run.notes
    assert "the choice of the number of clusters uses a random sample of 8 of the 12 tracks" in run.notes
    run.plot_map()
