"""Feature extraction in memory, feature table files, and runs on feature tables."""

import json

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import TrackWarning, load_feature_table, load_tracks
from skvae.report import (
    NothingUsableError,
    cluster_library,
    describe_library,
    load_transformer,
    predict_library,
    save_transformer,
    write_features,
)

FAST = {"audio": "descriptors", "max_epochs": 5, "latent_dim": 4}


@pytest.fixture(scope="module")
def tracks(small_library):
    with pytest.warns(TrackWarning, match="tags not read"):
        return load_tracks(small_library, folders="genre")


@pytest.fixture(scope="module")
def described(tracks):
    return describe_library(tracks, audio="descriptors")


def table(frame, path):
    frame.to_parquet(path)
    return load_feature_table(path)


@pytest.fixture
def numbers():
    """Feature table with two groups of rows and two blocks."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 8)) + 4 * (np.arange(20) % 2)[:, None]
    names = [*(f"audio__{i}" for i in range(5)), *(f"lyrics__{i}" for i in range(3))]
    frame = pd.DataFrame(X, columns=names)
    return frame.assign(track_id=[f"t{i}" for i in range(20)], language=["en", "es"] * 10, genre=list("ab") * 10)


def test_the_table_has_one_row_per_track_with_reasons_for_missing_features(described, tracks):
    table, _ = described
    assert table.tracks["track_id"].tolist() == tracks["track_id"].tolist()
    rows = table.tracks.set_index("track_id")
    assert rows.loc["low/bad.mp3", "reason"].startswith("audio: not audio")
    assert (rows["reason"] != "").sum() == 2
    features = table.features.set_index(rows.index)
    assert features.loc["low/bad.mp3"].isna().all()
    assert features.loc["low/empty with words.mp3", table.blocks["audio"]].isna().all()
    assert features.loc["low/empty with words.mp3", table.blocks["lyrics"]].notna().all()


def test_clustering_the_feature_table_gives_the_same_result_as_clustering_the_tracks(
    described, tracks, small_library, tmp_path
):
    write_features(described[0], tmp_path / "features.parquet")
    ready = load_feature_table(tmp_path / "features.parquet")
    pd.testing.assert_frame_equal(ready.features, described[0].features)
    assert set(ready.about) == {"skvae", "audio", "lyrics"}
    direct, later = (cluster_library(source, **FAST) for source in (tracks, ready))
    columns = ["track_id", "label", "cluster", "membership", "nearest", "seconds", "reason"]
    pd.testing.assert_frame_equal(direct.clusters[columns], later.clusters[columns])
    assert [p.rows for p in direct.playlists] == [p.rows for p in later.playlists]
    pd.testing.assert_frame_equal(direct.metrics, later.metrics)
    later.write(tmp_path / "run")
    assert json.loads((tmp_path / "run" / "model" / "model.json").read_text("utf-8"))["takes"] == "features"
    with pytest.raises(ValueError, match="Compute the features first with `skvae features --like TABLE`"):
        predict_library(tmp_path / "run", small_library, tmp_path / "out")
    with pytest.raises(ValueError, match="If `skvae features` computed this feature table, pass the table instead"):
        load_transformer(tmp_path / "run")


def test_a_saved_model_runs_on_a_machine_without_its_device(tracks, tmp_path):
    from audio_models import save_model

    some = tracks[5:7].reset_index(drop=True)
    found, transformer = describe_library(some, modality="audio", audio=str(save_model("hubert", tmp_path / "tiny")))
    transformer.named_transformers_["tiny"].set_params(device="cuda:99")
    again, _ = describe_library(some, like=load_transformer(save_transformer(transformer, tmp_path / "table.parquet")))
    np.testing.assert_allclose(again.features, found.features, rtol=1e-5, atol=1e-6)


def test_a_saved_transformer_computes_the_same_features(described, tracks, tmp_path):
    path = save_transformer(described[1], tmp_path / "features.parquet")
    assert path.name == "features.skvae"
    some = tracks[5:9].reset_index(drop=True)
    for where in (path, tmp_path / "features.parquet"):
        again, _ = describe_library(some, like=load_transformer(where))
        expected = described[0].features[5:9].reset_index(drop=True)
        np.testing.assert_allclose(again.features, expected, rtol=1e-5, atol=1e-6)
        assert again.about == described[0].about
    with pytest.raises(FileNotFoundError, match=r"other\.skvae does not exist"):
        load_transformer(tmp_path / "other.parquet")


def test_incomplete_blocks_are_not_used_and_have_a_reason(numbers, tmp_path):
    numbers.loc[3, ["audio__1", "audio__4"]] = np.nan
    numbers.loc[4, [name for name in numbers if "__" in name]] = np.nan
    numbers.loc[5, "lyrics__0"] = np.inf
    numbers.loc[5, [f"audio__{i}" for i in range(5)]] = np.nan
    numbers.loc[6, [f"lyrics__{i}" for i in range(3)]] = np.nan
    run = cluster_library(table(numbers, tmp_path / "t.parquet"), n_clusters=2, **FAST)
    clusters = run.clusters.set_index("track_id")
    assert clusters.loc["t3", "reason"] == "audio: 2 of 5 values missing or infinite (audio__1, audio__4)"
    assert clusters.loc["t3", "label"] >= 0  # clustered by its lyrics
    assert clusters.loc["t4", "reason"] == "no audio; no lyrics"
    assert clusters.loc["t5", "reason"] == "lyrics: 1 of 3 values missing or infinite (lyrics__0)"
    assert clusters.loc["t6", ["label", "reason"]].tolist()[1] == ""
    assert run.failures["track_id"].tolist() == ["t4", "t5"]


def test_modality_selects_the_blocks(numbers, tmp_path):
    ready = table(numbers, tmp_path / "t.parquet")
    assert cluster_library(ready, model="pca", modality="lyrics").modality == "lyrics"
    run = cluster_library(ready, model="pca", modality="audio")
    assert list(run.model.blocks) == ["audio"]
    ready = table(numbers.drop(columns=[f"lyrics__{i}" for i in range(3)]), tmp_path / "t.parquet")
    with pytest.raises(ValueError, match="modality='lyrics' is not in the table, which has the blocks audio"):
        cluster_library(ready, modality="lyrics")


def test_unused_columns_are_listed_in_the_notes(numbers, tmp_path):
    numbers["audio length"] = 3.0
    run = cluster_library(table(numbers, tmp_path / "t.parquet"), model="pca")
    assert run.notes[0] == (
        "columns not used as features: track_id (identifies the track); language, genre (label); "
        "audio length (length of the file)"
    )
    assert any(note.startswith("the clusters reflect the language") for note in run.notes)


def test_a_note_names_the_options_that_a_feature_table_ignores(numbers, tmp_path):
    ready = table(numbers, tmp_path / "t.parquet")
    run = cluster_library(ready, model="pca", duration=None, lyrics="some-model")
    assert "lyrics and duration are ignored, because the source is a feature table" in run.notes
    run = cluster_library(ready, model="pca", excerpts=3)
    assert "excerpts is ignored, because the source is a feature table" in run.notes
    assert not any("ignored" in note for note in cluster_library(ready, model="pca").notes)


def test_the_condition_is_read_from_the_feature_table(numbers, tmp_path):
    run = cluster_library(table(numbers, tmp_path / "t.parquet"), condition="language", n_clusters=2, **FAST)
    assert run.model.pipeline[1].condition_.size == 2
    labels = run.model.pipeline.predict(numbers.astype(dict.fromkeys(numbers.columns[:8], np.float32)))
    np.testing.assert_array_equal(labels, run.clusters["label"])


def test_too_few_usable_rows_raise_an_error_with_reasons(numbers, tmp_path):
    ready = table(numbers, tmp_path / "t.parquet")
    gone = ready.features.copy()
    gone.iloc[:17, :] = np.nan
    with pytest.raises(NothingUsableError, match="at least 4 tracks with usable audio or lyrics, got 3 of 20") as error:
        cluster_library(ready._replace(features=gone))
    assert error.value.failures["t0"] == "no audio; no lyrics"


@pytest.mark.parametrize("name", ["gtzan_banglabeats_30s", "jamendo_muljam_features"])
def test_real_feature_tables_can_be_clustered(shared_data, name):
    ready = load_feature_table(shared_data / "tables" / f"{name}.csv")
    rows = np.random.default_rng(0).choice(len(ready.tracks), 300, replace=False)
    part = ready._replace(
        tracks=ready.tracks.iloc[rows].reset_index(drop=True), features=ready.features.iloc[rows].reset_index(drop=True)
    )
    run = cluster_library(part, model="pca")
    assert len(run.failures) == 0
    assert run.metrics["ami"].iloc[-2] > 0.02
    assert run.notes[0].startswith("columns not used as features: ")
