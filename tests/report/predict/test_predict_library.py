"""Labels for new tracks: same labels as in the run, any chunk size, resumed after an interruption."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import load_feature_table, load_tracks
from skvae.report import (
    LibraryModel,
    NothingUsableError,
    cluster_library,
    describe_library,
    predict_library,
    save_transformer,
    write_features,
)
from skvae.report.predict import _predict_library, _source_chunks

pytestmark = pytest.mark.filterwarnings("ignore::skvae.datasets.TrackWarning")
FAST = {"max_epochs": 5, "latent_dim": 4}
ROWS = 2000


def test_tracks_of_the_run_get_the_same_labels(run, small_library, tmp_path, read_labels):
    done = predict_library(run, small_library, tmp_path)
    assert (done.n_tracks, done.n_labelled) == (16, 15)
    assert done.failures["low/bad.mp3"].startswith("audio: not audio")
    ours, theirs = read_labels(run), read_labels(tmp_path)
    columns = ["track_id", "label", "cluster", "title", "artist", "seconds", "reason"]
    pd.testing.assert_frame_equal(theirs[columns], ours[columns])
    latent = np.load(tmp_path / "latent.npy")
    with np.load(run / "latent.npz") as stored:
        np.testing.assert_allclose(latent, stored["latent"], rtol=1e-3, atol=1e-4)
    listed = [line for path in (tmp_path / "playlists").iterdir() for line in path.read_text("utf-8").splitlines()]
    songs = {(tmp_path / "playlists" / line).resolve() for line in listed if not line.startswith("#")}
    assert songs == {path.resolve() for path in small_library.rglob("*.wav")}


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_chunk_size_does_not_change_the_labels(run, small_library, tmp_path, size, monkeypatch, read_labels):
    predict_library(run, small_library, tmp_path / "a")
    monkeypatch.setattr(_source_chunks, "CHUNK_TRACKS", size)
    predict_library(run, small_library, tmp_path / "b")
    a, b = read_labels(tmp_path / "a"), read_labels(tmp_path / "b")
    numeric = ["membership"]
    pd.testing.assert_frame_equal(a.drop(columns=numeric), b.drop(columns=numeric))


def test_feature_tables_give_the_same_labels_if_their_settings_are_the_same(run, small_library, tmp_path, read_labels):
    tracks = load_tracks(small_library)
    from skvae.report import load_transformer

    table, transformer = describe_library(tracks, like=load_transformer(run))
    (tmp_path / "f").mkdir()
    write_features(table, tmp_path / "f" / "features.parquet")
    predict_library(run, tmp_path / "f" / "features.parquet", tmp_path / "out")
    pd.testing.assert_series_equal(read_labels(tmp_path / "out")["label"], read_labels(run)["label"])
    assert read_labels(tmp_path / "out")["reason"].tolist() == read_labels(run)["reason"].tolist()
    # N-grams that were fitted on other tracks give columns with the same names but different meanings.
    other, transformer = describe_library(tracks[4:].reset_index(drop=True), excerpts=5)
    write_features(other, tmp_path / "f" / "other.parquet")
    save_transformer(transformer, tmp_path / "f" / "other.parquet")
    assert load_transformer(tmp_path / "f" / "other.parquet") is not None
    if list(other.features) == list(table.features):
        with pytest.raises(ValueError, match="were fitted on other tracks"):
            predict_library(run, tmp_path / "f" / "other.parquet", tmp_path / "out2")
    table.about["audio"]["duration"] = 5.0
    write_features(table, tmp_path / "f" / "short.parquet")
    with pytest.raises(ValueError, match=r"\(duration: 5\.0 != 30\.0\)"):
        predict_library(run, tmp_path / "f" / "short.parquet", tmp_path / "out3")
    assert not (tmp_path / "out3").exists()


def test_rows_are_processed_in_chunks(numbers, tmp_path, monkeypatch, read_labels):
    monkeypatch.setattr(_source_chunks, "CHUNK_FEATURES", 300)
    sizes = []
    label = LibraryModel.label
    monkeypatch.setattr(LibraryModel, "label", lambda self, t: sizes.append(len(t)) or label(self, t))
    done = predict_library(numbers / "run", numbers / "all.csv", tmp_path)
    assert max(sizes) == 300
    assert sum(sizes) == done.n_labelled == ROWS - 1
    table = read_labels(tmp_path)
    assert table["reason"][7] == "features: 1 of 6 values missing or infinite (f2)"
    assert table["label"][7] == "-1"
    assert np.isnan(np.load(tmp_path / "latent.npy")[7]).all()
    assert (table["label"] != "-1").sum() == ROWS - 1
    truth = np.arange(ROWS) % 3
    assert pd.crosstab(truth, table["label"].to_numpy()).drop(columns="-1").astype(bool).sum().sum() == 3


class StopError(Exception):
    pass


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_interrupted_call_is_resumed(numbers, tmp_path, after, monkeypatch, read_labels):
    monkeypatch.setattr(_source_chunks, "CHUNK_FEATURES", 300)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    predict_library(numbers / "run", numbers / "all.csv", whole)
    rows = _predict_library.label_chunk
    calls = []

    def stop(*args):
        calls.append(1)
        if len(calls) > after:
            raise StopError
        return rows(*args)

    monkeypatch.setattr(_predict_library, "label_chunk", stop)
    with pytest.raises(StopError):
        predict_library(numbers / "run", numbers / "all.csv", stopped)
    if after:
        assert len(read_labels(stopped)) == len(np.load(stopped / "latent.npy")) == 300 * after
        # An interrupted call can leave data that is not counted in the state file.
        with (stopped / "clusters.csv").open("a") as file:
            file.write("half a li")
        with (stopped / "latent.npy").open("ab") as file:
            file.write(b"half")
    monkeypatch.setattr(_predict_library, "label_chunk", rows)
    done = predict_library(numbers / "run", numbers / "all.csv", stopped)
    assert done.continued == 300 * after
    for name in ("clusters.csv", "latent.npy"):
        assert (stopped / name).read_bytes() == (whole / name).read_bytes()
    assert predict_library(numbers / "run", numbers / "all.csv", stopped).continued == 0


@pytest.mark.slow
def test_tables_are_valid_after_a_kill_at_any_moment(numbers, tmp_path, read_labels):
    """After each kill the tables contain the first rows, and in the end all rows."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    predict_library(numbers / "run", numbers / "all.csv", whole)
    expected = read_labels(whole).drop(columns="membership")  # the last digit depends on the chunk
    code = (
        "from skvae.report.predict import _predict_library, _source_chunks; _source_chunks.CHUNK_FEATURES = 20\n"
        f"_predict_library.predict_library({str(numbers / 'run')!r}, {str(numbers / 'all.csv')!r}, {str(killed)!r})"
    )

    def n_rows():
        state = killed / "predict.json"
        return json.loads(state.read_text("utf-8"))["n_rows"] if state.exists() else 0

    rng, done = np.random.default_rng(0), 0
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as child:
            while child.poll() is None and n_rows() <= done:
                time.sleep(0.002)
            time.sleep(rng.uniform(0, 0.1))
            child.send_signal(signal.SIGKILL)
        rows = read_labels(killed).drop(columns="membership")
        pd.testing.assert_frame_equal(rows, expected[: len(rows)])
        assert len(np.load(killed / "latent.npy")) >= n_rows() > done
        assert len(rows) >= n_rows()
        done = n_rows()
    last = predict_library(numbers / "run", numbers / "all.csv", killed)
    assert last.continued == done
    pd.testing.assert_frame_equal(read_labels(killed).drop(columns="membership"), expected)
    assert len(np.load(killed / "latent.npy")) == ROWS


def test_recordings_can_be_urls(small_library, tmp_path):
    """URLs are kept in tables, playlists and feature tables, and identify tracks of the run."""
    archive = shutil.make_archive(tmp_path / "songs", "zip", small_library)
    urls = [f"zip://{path.relative_to(small_library)}::file://{archive}" for path in small_library.rglob("*.wav")]
    first, more, out = tmp_path / "first.csv", tmp_path / "more.csv", tmp_path / "run"
    pd.DataFrame({"audio": urls[:12]}).to_csv(first, index=False)
    pd.DataFrame({"audio": urls[10:]}).to_csv(more, index=False)
    done = cluster_library(load_tracks(first), n_clusters=2, **FAST)
    done.write(out)
    assert list(pd.read_csv(out / "clusters.csv")["audio"]) == urls[:12]
    assert predict_library(out, more, tmp_path / "further", append=out).added == 2
    assert list(pd.read_csv(out / "clusters.csv")["audio"]) == urls
    lines = [line for path in (out / "playlists").glob("*.m3u8") for line in path.read_text("utf-8").splitlines()]
    assert sorted(line for line in lines if line[0] != "#") == sorted(urls)
    assert sum(line.startswith("#EXTINF:-1,") for line in lines) == len(urls)
    table, _ = describe_library(load_tracks(first))
    write_features(table, tmp_path / "features.parquet")
    assert list(load_feature_table(tmp_path / "features.parquet").tracks["audio"]) == urls[:12]


def test_errors_are_raised_before_files_are_written(run, numbers, small_library, tmp_path, texts):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="contains a run or a model"):
        predict_library(run, small_library, run)
    with pytest.raises(FileNotFoundError, match="contains no model"):
        predict_library(tmp_path, small_library, out)
    with pytest.raises(
        ValueError, match=r"The model was fitted on a feature table.*Pass a feature table with the same columns"
    ):
        predict_library(numbers / "run", small_library, out)
    with pytest.raises(ValueError, match=r"does not contain \d+ of the \d+ required columns"):
        predict_library(run, numbers / "all.csv", out)
    with pytest.raises(ValueError, match="was clustered by another model"):
        predict_library(run, small_library, out, append=numbers / "run")
    with pytest.raises(ValueError, match="must be a folder written by `skvae cluster`"):
        predict_library(run, small_library, out, append=tmp_path)
    with pytest.raises(ValueError, match="is inside the music library"):
        predict_library(run, small_library, small_library / "low")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        predict_library(run, tmp_path / "nothing", out)
    conditional = cluster_library(texts.assign(mood=texts["genre"]), modality="lyrics", condition="mood", **FAST)
    conditional.write(tmp_path / "conditional")
    (tmp_path / "t.csv").write_text("lyrics\nla la\n")
    with pytest.raises(ValueError, match="requires the condition column 'mood'"):
        predict_library(tmp_path / "conditional", tmp_path / "t.csv", out)
    assert not out.exists()


def test_tracks_with_unknown_condition_are_labeled(texts, tmp_path):
    cluster_library(texts, modality="lyrics", condition="language", n_clusters=2, **FAST).write(tmp_path / "run")
    (tmp_path / "t.csv").write_text("lyrics,language\nthe sea is deep,en\nthe sea,xx\nla luna,\n")
    assert predict_library(tmp_path / "run", tmp_path / "t.csv", tmp_path / "out").n_labelled == 3


def test_a_source_without_usable_tracks_raises_an_error(run, tmp_path):
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.wav").write_bytes(b"")
    with pytest.raises(NothingUsableError, match=r"None of the 1 tracks in .* could be assigned to a cluster") as error:
        predict_library(run, tmp_path / "music", tmp_path / "out")
    assert error.value.failures == {"a.wav": "audio: empty file; no lyrics"}
    assert json.loads((tmp_path / "out" / "predict.json").read_text("utf-8"))["finished"]  # the next call starts again


@pytest.mark.slow
def test_half_of_the_real_songs_are_labeled_by_the_other_half(cc_songs, tmp_path, read_labels):
    table = pd.read_csv(cc_songs / "tracks.csv")
    for name in ("audio", "lyrics"):
        table[name] = [os.path.relpath(cc_songs / path, tmp_path) for path in table[name]]
    table[::2].to_csv(tmp_path / "half.csv", index=False)
    table.to_csv(tmp_path / "all.csv", index=False)
    cluster_library(load_tracks(tmp_path / "half.csv"), n_clusters=3, **FAST).write(tmp_path / "run")
    done = predict_library(tmp_path / "run", tmp_path / "all.csv", tmp_path / "out", append=tmp_path / "run")
    assert (done.n_tracks, done.n_labelled, done.added) == (27, 27, 13)
    known = read_labels(tmp_path / "run").set_index("track_id")["label"]
    again = read_labels(tmp_path / "out").set_index("track_id")["label"]
    assert (known.loc[again.index] == again).all()
