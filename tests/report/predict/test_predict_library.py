"""Labels for further songs: equal to the run's, in chunks of any size, after a kill, and added to the run."""

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

from skvae.datasets import TrackWarning, load_feature_table, load_tracks
from skvae.report import (
    LibraryModel,
    NothingUsableError,
    cluster_library,
    describe_library,
    predict_library,
    save_transformer,
    write_features,
)
from skvae.report.predict import _append_to_run, _predict_library, _source_chunks

pytestmark = pytest.mark.filterwarnings("ignore::skvae.datasets.TrackWarning")
FAST = {"max_epochs": 5, "latent_dim": 4}
ROWS = 2000


@pytest.fixture(scope="module")
def run(small_library, tmp_path_factory):
    """Folder of a run on the small library."""
    out = tmp_path_factory.mktemp("run")
    with pytest.warns(TrackWarning, match="tags not read"):
        tracks = load_tracks(small_library)
    cluster_library(tracks, n_clusters=2, **FAST).write(out)
    return out


@pytest.fixture
def own_run(run, tmp_path):
    """Copy of it, beside the other so that paths hold."""
    return shutil.copytree(run, run.parent / f"{run.name}-{tmp_path.name}")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """Table of many rows, and the run on the first tenth."""
    folder = tmp_path_factory.mktemp("numbers")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, 6)) + 5 * (np.arange(ROWS) % 3)[:, None]
    frame = pd.DataFrame(X, columns=[f"f{i}" for i in range(6)]).assign(song=[f"s{i}" for i in range(ROWS)])
    frame.loc[7, "f2"] = np.nan
    frame.to_csv(folder / "all.csv", index=False)
    frame[: ROWS // 10].to_csv(folder / "some.csv", index=False)
    run = cluster_library(load_feature_table(folder / "some.csv"), model="pca", n_clusters=3)
    run.write(folder / "run")
    return folder


def read(folder):
    return pd.read_csv(folder / "clusters.csv", keep_default_na=False, dtype=str)


def test_songs_of_the_run_get_its_labels(run, small_library, tmp_path):
    done = predict_library(run, small_library, tmp_path)
    assert (done.n_tracks, done.n_labelled) == (16, 15)
    assert done.failures["low/bad.mp3"].startswith("audio: not audio")
    ours, theirs = read(run), read(tmp_path)
    columns = ["track_id", "label", "cluster", "title", "artist", "seconds", "reason"]
    pd.testing.assert_frame_equal(theirs[columns], ours[columns])
    latent = np.load(tmp_path / "latent.npy")
    with np.load(run / "latent.npz") as stored:
        np.testing.assert_allclose(latent, stored["latent"], rtol=1e-3, atol=1e-4)
    listed = [line for path in (tmp_path / "playlists").iterdir() for line in path.read_text("utf-8").splitlines()]
    songs = {(tmp_path / "playlists" / line).resolve() for line in listed if not line.startswith("#")}
    assert songs == {path.resolve() for path in small_library.rglob("*.wav")}


@pytest.mark.parametrize("size", [1, 5, 100])
def test_chunks_change_nothing(run, small_library, tmp_path, size, monkeypatch):
    predict_library(run, small_library, tmp_path / "a")
    monkeypatch.setattr(_source_chunks, "CHUNK_TRACKS", size)
    predict_library(run, small_library, tmp_path / "b")
    a, b = read(tmp_path / "a"), read(tmp_path / "b")
    numeric = ["membership"]
    pd.testing.assert_frame_equal(a.drop(columns=numeric), b.drop(columns=numeric))


def test_features_of_the_songs_will_do(run, small_library, tmp_path):
    tracks = load_tracks(small_library)
    from skvae.report import load_transformer

    table, transformer = describe_library(tracks, like=load_transformer(run))
    (tmp_path / "f").mkdir()
    write_features(table, tmp_path / "f" / "features.parquet")
    predict_library(run, tmp_path / "f" / "features.parquet", tmp_path / "out")
    pd.testing.assert_series_equal(read(tmp_path / "out")["label"], read(run)["label"])
    assert read(tmp_path / "out")["reason"].tolist() == read(run)["reason"].tolist()
    # Lyrics whose n-grams were learned from other songs have the names of the model's columns, and mean other things.
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


def test_memory_is_that_of_a_chunk(numbers, tmp_path, monkeypatch):
    monkeypatch.setattr(_source_chunks, "CHUNK_FEATURES", 300)
    sizes = []
    label = LibraryModel.label
    monkeypatch.setattr(LibraryModel, "label", lambda self, t: sizes.append(len(t)) or label(self, t))
    done = predict_library(numbers / "run", numbers / "all.csv", tmp_path)
    assert max(sizes) == 300
    assert sum(sizes) == done.n_labelled == ROWS - 1
    table = read(tmp_path)
    assert table["reason"][7] == "features: 1 of 6 values missing (f2)"
    assert table["label"][7] == "-1"
    assert np.isnan(np.load(tmp_path / "latent.npy")[7]).all()
    assert (table["label"] != "-1").sum() == ROWS - 1
    truth = np.arange(ROWS) % 3
    assert pd.crosstab(truth, table["label"].to_numpy()).drop(columns="-1").astype(bool).sum().sum() == 3


class StopError(Exception):
    pass


@pytest.mark.parametrize("after", [0, 1, 3])
def test_what_was_stopped_is_gone_on_with(numbers, tmp_path, after, monkeypatch):
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
        assert len(read(stopped)) == len(np.load(stopped / "latent.npy")) == 300 * after
        # A kill can leave more than was accounted for.
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
def test_kill_at_random_moments(numbers, tmp_path):
    """Whenever it is killed, the tables are valid and a beginning of the whole; in the end they are the whole."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    predict_library(numbers / "run", numbers / "all.csv", whole)
    expected = read(whole).drop(columns="membership")  # which depends on the chunk in its last digit
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
        rows = read(killed).drop(columns="membership")
        pd.testing.assert_frame_equal(rows, expected[: len(rows)])
        assert len(np.load(killed / "latent.npy")) >= n_rows() > done
        assert len(rows) >= n_rows()
        done = n_rows()
    last = predict_library(numbers / "run", numbers / "all.csv", killed)
    assert last.continued == done
    pd.testing.assert_frame_equal(read(killed).drop(columns="membership"), expected)
    assert len(np.load(killed / "latent.npy")) == ROWS


def test_append_adds_what_is_new_and_changes_nothing(own_run, small_library, tmp_path):
    before = {path.relative_to(own_run): path.read_bytes() for path in own_run.rglob("*") if path.is_file()}
    more = tmp_path / "more"
    shutil.copytree(small_library / "low", more)
    for path in more.glob("*.wav"):
        path.rename(path.with_name(path.name.replace("song", "new song")))
    done = predict_library(own_run, more, tmp_path / "out", append=own_run)
    assert done.added == 9  # the bad files too, with the reason
    assert done.left_out == {}
    table = read(own_run)
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


def test_what_is_in_the_run_is_not_added_twice(own_run, small_library, tmp_path):
    before = (own_run / "clusters.csv").read_bytes()
    done = predict_library(own_run, small_library, tmp_path / "out", append=own_run)
    assert done.added == 0
    assert set(done.left_out.values()) == {"is already in the run"}
    assert len(done.left_out) == 16
    assert (own_run / "clusters.csv").read_bytes() == before
    # The same files by another way have other names.
    done = predict_library(own_run, small_library / "low", tmp_path / "out", append=own_run)
    assert done.added == 0
    assert done.left_out["song 00.wav"] == "is already in the run as 'low/song 00.wav'"
    # And other files may have the same names.
    other = tmp_path / "other" / "low"
    other.mkdir(parents=True)
    shutil.copy(small_library / "low" / "song 02.wav", other / "song 00.wav")
    done = predict_library(own_run, other.parent, tmp_path / "out", append=own_run)
    assert done.left_out == {"low/song 00.wav": "another track of the run has the same track_id"}


def test_a_library_behind_urls(small_library, tmp_path):
    """Its songs are read, listed and known again by their URLs; features of them keep those, too."""
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


def test_an_append_that_was_stopped_is_done_again(own_run, small_library, tmp_path, monkeypatch):
    more = shutil.copytree(small_library / "high", tmp_path / "more")
    write = _append_to_run.write_atomically

    def stop(path):
        if path.name == "clusters.csv":
            raise StopError
        return write(path)

    monkeypatch.setattr(_append_to_run, "write_atomically", stop)
    with pytest.raises(StopError):
        predict_library(own_run, more, tmp_path / "out", append=own_run)
    assert len(read(own_run)) == 16
    monkeypatch.setattr(_append_to_run, "write_atomically", write)
    assert predict_library(own_run, more, tmp_path / "out", append=own_run).added == 7
    with np.load(own_run / "latent.npz") as stored:
        assert len(stored["latent"]) == len(read(own_run)) == 23
    lines = [line for path in (own_run / "playlists").iterdir() for line in path.read_text("utf-8").splitlines()]
    paths = [line for line in lines if not line.startswith("#")]
    assert len(paths) == len(set(paths)) == 21


def test_errors_come_before_anything_is_written(run, numbers, small_library, tmp_path, texts):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="contains a run or a model"):
        predict_library(run, small_library, run)
    with pytest.raises(FileNotFoundError, match="contains no model"):
        predict_library(tmp_path, small_library, out)
    with pytest.raises(ValueError, match="the model was fitted on a feature table"):
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


def test_unknown_conditions_are_averaged(texts, tmp_path):
    cluster_library(texts, modality="lyrics", condition="language", n_clusters=2, **FAST).write(tmp_path / "run")
    (tmp_path / "t.csv").write_text("lyrics,language\nthe sea is deep,en\nthe sea,xx\nla luna,\n")
    assert predict_library(tmp_path / "run", tmp_path / "t.csv", tmp_path / "out").n_labelled == 3


def test_nothing_usable(run, tmp_path):
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.wav").write_bytes(b"")
    with pytest.raises(NothingUsableError, match=r"none of the 1 tracks in .* could be assigned to a cluster") as error:
        predict_library(run, tmp_path / "music", tmp_path / "out")
    assert error.value.failures == {"a.wav": "audio: empty file; no lyrics"}
    assert json.loads((tmp_path / "out" / "predict.json").read_text("utf-8"))["finished"]  # so that it begins anew


@pytest.mark.slow
def test_real_songs(cc_songs, tmp_path):
    """Half of the real songs label the other half."""
    table = pd.read_csv(cc_songs / "tracks.csv")
    for name in ("audio", "lyrics"):
        table[name] = [os.path.relpath(cc_songs / path, tmp_path) for path in table[name]]
    table[::2].to_csv(tmp_path / "half.csv", index=False)
    table.to_csv(tmp_path / "all.csv", index=False)
    cluster_library(load_tracks(tmp_path / "half.csv"), n_clusters=3, **FAST).write(tmp_path / "run")
    done = predict_library(tmp_path / "run", tmp_path / "all.csv", tmp_path / "out", append=tmp_path / "run")
    assert (done.n_tracks, done.n_labelled, done.added) == (27, 27, 13)
    known = read(tmp_path / "run").set_index("track_id")["label"]
    again = read(tmp_path / "out").set_index("track_id")["label"]
    assert (known.loc[again.index] == again).all()
