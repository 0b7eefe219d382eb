"""Feature extraction in parts: same result as in memory, resumed after an interruption, never mixed."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow.dataset
import pytest
from filelock import FileLock

from skvae.datasets import TrackWarning, is_feature_table, load_feature_table, load_tracks
from skvae.report import (
    NothingUsableError,
    cluster_library,
    describe_library,
    describe_to_disk,
    load_transformer,
    predict_library,
)
from skvae.report.features import _describe_to_disk, _fitting

pytestmark = pytest.mark.filterwarnings("ignore::skvae.datasets.TrackWarning")
HOW = {"audio": "descriptors", "duration": 1.0, "excerpts": None}


@pytest.fixture(scope="module")
def parts(small_library, tmp_path_factory):
    """Folder with the features of the small library in parts of five tracks."""
    out = tmp_path_factory.mktemp("features") / "features"
    with pytest.warns(TrackWarning) as caught:
        done = describe_to_disk(small_library, out, folders="genre", part_size=5, **HOW)
    assert len(caught) == 1
    assert (done.n_tracks, done.n_described, done.n_problems, done.continued) == (16, 15, 2, 0)
    assert done.blocks == {"audio": 125, "lyrics": 11}
    return out


@pytest.fixture
def songs(tmp_path):
    """Track table with lyrics, in which the types of the columns plays and note change between rows."""
    path = tmp_path / "songs" / "tracks.csv"
    path.parent.mkdir()
    plays = ["1999", "2001", "", "", "2003", "2004.5", "1", "2", "3", "4", "5"]
    notes = ["1", "2", "3", "4", "", "", "good", "bad", "True", "False", ""]
    words = [f"{word} and sea" for word in ("rain", "sun", "moon", "star", "wind", "snow", "ice", "fire", "mud", "air")]
    pd.DataFrame({"lyrics": [*words, None], "plays": plays, "note": notes}).to_csv(path, index=False)
    return path


def files(folder):
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}


def test_parts_contain_the_same_features_as_describe_library(parts, small_library):
    assert sorted(files(parts)) == [
        ".lock",
        "_manifest.json",
        "_transformer.skvae",
        *(f"part-{number:05d}.parquet" for number in range(4)),
    ]
    tracks = load_tracks(small_library, folders="genre")
    expected, _ = describe_library(tracks, **HOW)
    found = load_feature_table(parts)
    pd.testing.assert_frame_equal(found.features, expected.features)
    assert found.about == {"skvae": found.about["skvae"]} | expected.about
    assert found.blocks == expected.blocks
    for name in ("track_id", "audio", "genre", "reason", "seconds"):
        assert found.tracks[name].tolist() == expected.tracks[name].tolist()


def test_pandas_and_pyarrow_read_the_folder_as_one_table(parts):
    expected = load_feature_table(parts).tracks["track_id"].tolist()
    assert pd.read_parquet(parts)["track_id"].tolist() == expected
    assert pyarrow.dataset.dataset(parts).to_table(columns=["track_id"])["track_id"].to_pylist() == expected


def test_a_single_file_has_the_same_content_as_the_parts(parts, small_library, tmp_path):
    out = tmp_path / "features.parquet"
    done = describe_to_disk(small_library, out, folders="genre", part_size=5, **HOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features.parquet", "features.skvae"]
    assert done.transformer.read_bytes() == (parts / "_transformer.skvae").read_bytes()
    in_parts, in_one = load_feature_table(parts), load_feature_table(out)
    pd.testing.assert_frame_equal(in_one.features, in_parts.features)
    pd.testing.assert_frame_equal(in_one.tracks, in_parts.tracks)
    assert in_one.about == in_parts.about


def test_the_folder_is_a_source_for_clustering_prediction_and_like(parts, small_library, tmp_path):
    assert is_feature_table(parts)
    run = cluster_library(load_feature_table(parts), model="pca", latent_dim=4, n_clusters=2)
    run.write(tmp_path / "run")
    predict_library(tmp_path / "run", parts, tmp_path / "labels")
    labels = pd.read_csv(tmp_path / "labels" / "clusters.csv")
    assert labels["label"].tolist() == run.clusters["label"].tolist()

    again = describe_to_disk(small_library, tmp_path / "again", like=load_transformer(parts), part_size=3)
    assert again.n_described == 15
    features = [load_feature_table(folder).features for folder in (parts, tmp_path / "again")]
    pd.testing.assert_frame_equal(*features)


def test_a_finished_folder_is_not_changed(parts, small_library):
    before = files(parts)
    done = describe_to_disk(small_library, parts, folders="genre", part_size=5, **HOW)
    assert files(parts) == before
    assert (done.n_described, done.continued) == (15, 16)
    assert done.problems["low/bad.mp3"].startswith("audio: not audio")


class StopError(Exception):
    """Interruption of a call."""


@pytest.mark.parametrize("n_finished", [0, 2])
def test_an_interrupted_call_is_resumed(parts, small_library, tmp_path, monkeypatch, n_finished):
    out = tmp_path / "features"
    describe = _describe_to_disk.describe_library

    def stop(*args, **kwargs):
        if len(list(out.glob("part-*"))) == n_finished:
            raise StopError
        return describe(*args, **kwargs)

    monkeypatch.setattr(_describe_to_disk, "describe_library", stop)
    with pytest.raises(StopError):
        describe_to_disk(small_library, out, folders="genre", part_size=5, **HOW)
    with pytest.raises(ValueError, match="`skvae features`"):
        load_feature_table(out)
    finished = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert len(finished) == n_finished

    monkeypatch.setattr(_describe_to_disk, "describe_library", describe)
    done = describe_to_disk(small_library, out, folders="genre", part_size=5, **HOW)
    assert done.continued == 5 * n_finished
    assert {name: (out / name).stat().st_mtime_ns for name in finished} == finished
    pd.testing.assert_frame_equal(load_feature_table(out).features, load_feature_table(parts).features)


@pytest.mark.slow
def test_only_missing_parts_are_computed_after_a_kill(parts, small_library, tmp_path):
    out = tmp_path / "features"
    code = (
        "import time, warnings\nfrom skvae.report.features import _describe_to_disk as _parts\n"
        "warnings.simplefilter('ignore')\n"
        "describe = _parts.describe_library\n"
        "def slowly(*args, **kwargs):\n    time.sleep(0.3)\n    return describe(*args, **kwargs)\n"
        "_parts.describe_library = slowly\n"
        f"_parts.describe_to_disk({str(small_library)!r}, {str(out)!r}, folders='genre', part_size=5, **{HOW!r})"
    )
    for n_parts in (0, 2):
        process = subprocess.Popen([sys.executable, "-c", code])
        while not (out / "_tracks.parquet").is_file() or len(list(out.glob("part-*"))) < n_parts:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert 2 <= len(there) < 4
    with pytest.raises(ValueError, match=r"is not finished\. Run the same `skvae features` command again"):
        load_feature_table(out)

    done = describe_to_disk(small_library, out, folders="genre", part_size=5, **HOW)
    assert done.continued == 5 * len(there)
    assert {name: (out / name).stat().st_mtime_ns for name in there} == there
    pd.testing.assert_frame_equal(load_feature_table(out).features, load_feature_table(parts).features)
    pd.testing.assert_frame_equal(load_feature_table(out).tracks, load_feature_table(parts).tracks)
    assert not list(out.glob("*.part"))


def interrupt(songs, out, **how):
    """Write two of three parts, as if the call had been interrupted."""
    describe = {"modality": "lyrics", "part_size": 4} | how
    describe_to_disk(songs, out, **describe)
    (out / "part-00002.parquet").unlink()
    manifest = json.loads((out / "_manifest.json").read_text("utf-8"))
    (out / "_manifest.json").write_text(json.dumps(manifest | {"finished": False}), "utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"part_size": 3}, r"computed with different settings \(part_size: 4 != 3\)"),
        ({"modality": "both"}, r"computed with different settings \(modality: 'lyrics' != 'both'\)"),
        ({"duration": 10}, r"computed with different settings \(duration: 30.0 != 10\)"),
    ],
)
def test_different_settings_raise_an_error_and_change_nothing(songs, tmp_path, options, message):
    out = tmp_path / "features"
    interrupt(songs, out)
    before = files(out)
    with pytest.raises(ValueError, match=rf"contains features {message}\. Use another folder or delete it\."):
        describe_to_disk(songs, out, **({"modality": "lyrics", "part_size": 4} | options))
    assert files(out) == before


def test_a_transformer_of_other_tracks_raises_an_error(songs, tmp_path):
    out = tmp_path / "features"
    interrupt(songs, out)
    with pytest.raises(ValueError, match="contains features computed with different settings"):
        describe_to_disk(songs, out, like=load_transformer(out), part_size=4)


def test_another_library_raises_an_error(songs, small_library, tmp_path):
    out = tmp_path / "features"
    interrupt(songs, out)
    with pytest.raises(ValueError, match=r"contains features of another library \(.*tracks.csv, not .*library"):
        describe_to_disk(small_library, out, modality="lyrics", part_size=4)
    text = songs.read_text("utf-8")
    songs.write_text(text.replace("moon", "mole"), "utf-8")
    with pytest.raises(
        ValueError, match=r"contains features of .*tracks.csv before it was changed \(files or texts are different\)"
    ):
        describe_to_disk(songs, out, modality="lyrics", part_size=4)
    songs.write_text(f"{text}more,1,2\n", "utf-8")
    with pytest.raises(
        ValueError, match=r"contains features of .*tracks.csv before it was changed \(11 tracks then, 12 tracks now\)"
    ):
        describe_to_disk(songs, out, modality="lyrics", part_size=4)


def test_a_changed_library_raises_an_error(tmp_path):
    library, out = tmp_path / "library", tmp_path / "features"
    library.mkdir()
    for name in ("a.wav", "b.wav", "b.txt"):
        (library / name).write_text("words")
    how = {"modality": "lyrics", "part_size": 1}
    describe_to_disk(library, out, **how)
    (library / "cover.jpg").write_bytes(b"")
    assert describe_to_disk(library, out, **how).continued == 2
    (library / "a.txt").write_text("words")
    with pytest.raises(ValueError, match="files or texts are different"):
        describe_to_disk(library, out, **how)
    (library / "c.wav").write_bytes(b"")
    with pytest.raises(ValueError, match="2 tracks then, 3 tracks now"):
        describe_to_disk(library, out, **how)


def test_column_types_are_the_same_in_all_parts(songs, tmp_path):
    for out in (tmp_path / "features", tmp_path / "features.parquet"):
        done = describe_to_disk(songs, out, modality="lyrics", part_size=2)
        table = pd.read_parquet(out)
        assert table["plays"].dtype == np.float64
        assert table["plays"].tolist()[4:7] == [2003.0, 2004.5, 1.0]
        assert table["note"].isna().sum() == 3
        assert {"good", "1"} <= set(table["note"].dropna())
        assert table["reason"].tolist() == [""] * 10 + ["no lyrics"]
        assert (done.n_tracks, done.n_described) == (11, 10)


def test_a_damaged_part_is_computed_again(songs, tmp_path):
    out = tmp_path / "features"
    interrupt(songs, out)
    whole = load_feature_table
    part = out / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-100])
    assert describe_to_disk(songs, out, modality="lyrics", part_size=4).continued == 4
    describe_to_disk(songs, tmp_path / "whole", modality="lyrics", part_size=4)
    pd.testing.assert_frame_equal(whole(out).features, whole(tmp_path / "whole").features)


def test_an_incomplete_folder_cannot_be_read(songs, tmp_path):
    out = tmp_path / "features"
    describe_to_disk(songs, out, part_size=4)
    (out / "part-00001.parquet").unlink()
    with pytest.raises(ValueError, match=r"contains 2 of 3 parts\. Delete the folder"):
        load_feature_table(out)
    (out / "_manifest.json").write_text("{")
    with pytest.raises(ValueError, match=r"_manifest.json is damaged\. Delete the folder"):
        load_feature_table(out)


def test_other_files_and_running_processes_are_not_disturbed(songs, tmp_path):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter.tex").write_text("mine")
    with pytest.raises(ValueError, match="contains other files"):
        describe_to_disk(songs, out)
    assert [path.name for path in out.iterdir()] == ["chapter.tex"]
    with pytest.raises(ValueError, match="is inside the music library"):
        describe_to_disk(songs, songs.with_name("features.parquet"))
    interrupt(songs, tmp_path / "features")
    with FileLock(tmp_path / "features" / ".lock"), pytest.raises(ValueError, match="Another process is writing to"):
        describe_to_disk(songs, tmp_path / "features", modality="lyrics", part_size=4)
    with pytest.raises(ValueError, match="is already a feature table"):
        describe_to_disk(tmp_path / "features", tmp_path / "more")


@pytest.mark.parametrize("name", ["features", "features.parquet"])
def test_invalid_calls_leave_no_files(songs, tmp_path, name):
    before = sorted(tmp_path.iterdir())
    with pytest.raises((ValueError, OSError), match="LyricsVectorizer"):
        describe_to_disk(songs, tmp_path / name, lyrics=str(tmp_path / "no-model"))
    with pytest.raises(ValueError, match="modality must be one of both, audio, lyrics, got 'music'"):
        describe_to_disk(songs, tmp_path / name, modality="music")
    pd.DataFrame({"track_id": ["a", "b", "a"], "lyrics": ["la", "li", "lo"]}).to_csv(songs, index=False)
    with pytest.raises(ValueError, match=r"track_id must be unique, .* repeated values: 'a'"):
        describe_to_disk(songs, tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_a_table_without_usable_tracks_is_written_with_reasons(tmp_path):
    library, out = tmp_path / "library", tmp_path / "features"
    library.mkdir()
    for name in ("a.wav", "b.wav", "c.wav"):
        (library / name).write_bytes(b"")
    with pytest.raises(NothingUsableError, match="No track has lyrics that can be used"):
        describe_to_disk(library, out, modality="lyrics")
    assert not out.exists()
    with pytest.raises(NothingUsableError, match=r"No features could be computed for any of the 3 tracks in ") as error:
        describe_to_disk(library, out, part_size=2)
    assert error.value.failures == dict.fromkeys(["a.wav", "b.wav", "c.wav"], "audio: empty file")
    assert pd.read_parquet(out)["reason"].tolist() == ["audio: empty file"] * 3


def test_ngrams_of_many_lyrics_are_fitted_on_a_sample(songs, tmp_path, monkeypatch):
    monkeypatch.setattr(_fitting, "MAX_LYRICS", 4)
    for name in ("first", "second"):
        done = describe_to_disk(songs, tmp_path / name, part_size=3)
    assert done.blocks == {"lyrics": 4}
    assert done.n_described == 10
    first, second = (load_feature_table(tmp_path / name) for name in ("first", "second"))
    pd.testing.assert_frame_equal(first.features, second.features)


def test_a_folder_without_write_permission_raises_an_error(songs, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root can write to any folder")
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(PermissionError):
        describe_to_disk(songs, tmp_path / "closed" / "features")
