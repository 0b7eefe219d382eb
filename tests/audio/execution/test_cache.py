"""AudioCache: changed files, damaged entries, full disks, simultaneous processes and killed processes."""

import errno
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import joblib
import numpy as np
import pytest
import soundfile
from sklearn.base import clone

from skvae.audio import AudioCache, AudioFeatureExtractor, AudioSegment
from skvae.audio.execution import _cache, _rows, _runner
from skvae.audio.extraction import _extractor

EXTRACTOR = AudioFeatureExtractor(["rms"], statistics=["mean"], on_error="raise")


@pytest.fixture
def song(make_signal, write):
    """Path of a recording that was modified an hour ago."""
    return settled(write("song.wav", make_signal()))


@pytest.fixture
def work(monkeypatch):
    """Lists of the recordings that were hashed and decoded in this process."""
    hashed, decoded = [], []
    digest, decode = _cache.content_digest, _rows.decode_in_subprocess
    monkeypatch.setattr(_cache, "content_digest", lambda source: hashed.append(source) or digest(source))
    monkeypatch.setattr(
        _rows, "decode_in_subprocess", lambda source, **kw: decoded.append(source) or decode(source, **kw)
    )
    return hashed, decoded


def settled(path, age=3600.0):
    """Set the modification time of a file to the past, and return its path."""
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def rows(cache):
    """Return the files of the rows in a cache."""
    return [path for path in Path(cache, "audio", "rows").rglob("*") if path.is_file()]


def extract(X, cache, **settings):
    """Return the values of the single column, computed with a cache."""
    return clone(EXTRACTOR).set_params(memory=cache, **settings).transform(X)[:, 0]


def test_unchanged_files_are_not_read(song, write, make_signal, tmp_path, work):
    hashed, decoded = work
    expected = extract([song], tmp_path)
    np.testing.assert_array_equal(extract([song, Path(song), os.path.relpath(song)], tmp_path), np.repeat(expected, 3))
    assert [hashed, decoded] == [[song], [song]]
    settled(song, age=60)  # with another time, the file is hashed, but not decoded
    assert extract([song], tmp_path) == extract([song], tmp_path) == expected
    assert [hashed, decoded] == [[song] * 2, [song]]
    segment = AudioSegment(song, offset=1.0)
    assert extract([segment], tmp_path) == extract([segment], tmp_path) != expected
    assert [hashed, decoded[1:]] == [[song] * 2, [segment]]
    write("song.wav", make_signal(1))  # another size or time
    assert extract([song], tmp_path) != expected


def test_only_unknown_recordings_are_sent_to_workers(write, make_signal, tmp_path, monkeypatch):
    songs = [settled(write(f"{i}.wav", make_signal(i))) for i in range(4)]
    expected = extract(songs, tmp_path / "first")
    extract(songs[1:3], tmp_path / "second")
    sent, parallel_map = [], _runner.parallel_map
    monkeypatch.setattr(_runner, "parallel_map", lambda f, X, *rest: sent.append(X) or parallel_map(f, X, *rest))
    values = clone(EXTRACTOR).set_params(memory=tmp_path / "second", on_error="ignore").transform([*songs, None])[:, 0]
    np.testing.assert_array_equal(values, [*expected, np.nan])
    assert sent == [[songs[0], songs[3]]]


def test_known_rows_need_no_workers(song, tmp_path, monkeypatch):
    expected = extract([song], tmp_path)
    monkeypatch.setattr(joblib, "Parallel", None)
    monkeypatch.setattr(_extractor, "compile_librosa", None)
    assert extract([song], tmp_path, n_jobs=2) == expected


def test_verify_finds_changes_without_a_new_time(song, make_signal, tmp_path, work):
    """The file changes, but its size and modification time do not."""
    before, then = extract([song], tmp_path), os.stat(song)
    soundfile.write(song, make_signal(1), 22050)
    os.utime(song, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert os.stat(song).st_size == then.st_size
    assert extract([song], tmp_path) == before
    after = extract([song], AudioCache(tmp_path, verify=True))
    assert after == EXTRACTOR.transform([song])[:, 0] != before
    assert extract([song], AudioCache(tmp_path)) == after  # the new digest was stored


def test_recently_modified_files_are_hashed_again(song, write, make_signal, tmp_path, work):
    """Two changes within the resolution of the file system clock have the same time."""
    settled(song, age=0)
    before = extract([song], tmp_path)
    assert extract([song], tmp_path) == before
    assert work == ([song] * 2, [song])
    settled(song, age=-3600)
    extract([song], tmp_path)
    assert extract([song], tmp_path) == before
    assert len(work[0]) == 4


def test_files_that_change_during_decoding_are_not_stored(song, make_signal, tmp_path, monkeypatch):
    decode = _rows.decode_in_subprocess

    def changed(source, **settings):
        soundfile.write(song, make_signal(1, seconds=2), 22050)
        return decode(source, **settings)

    monkeypatch.setattr(_rows, "decode_in_subprocess", changed)
    extract([song], tmp_path)
    assert not rows(tmp_path)
    monkeypatch.setattr(
        _rows, "decode_in_subprocess", lambda source, **kw: (*decode(source, **kw), os.remove(song))[:2]
    )
    assert extract([song], tmp_path) > 0  # the row is returned
    assert not rows(tmp_path)


def test_each_setting_has_its_own_rows(song, tmp_path, work):
    for changed in (
        {"features": ["zero_crossing_rate"]},
        {"offset": 1.0},
        {"duration": 2.0},
        {"statistics": ["max"]},
        {"window": None},
        {"sample_rate": 16000},
        {"duration": 2.0, "excerpts": 2},
        {"statistics": None, "n_frames": 20},
        {"statistics": None, "n_frames": 20, "padding": "silence"},
    ):
        first = clone(EXTRACTOR).set_params(memory=tmp_path, **changed).transform([song])
        again = clone(EXTRACTOR).set_params(memory=tmp_path, **changed).transform([song])
        np.testing.assert_array_equal(first, again)
    assert len(work[1]) == len(rows(tmp_path)) == 9


def test_seconds_are_stored(song, tmp_path):
    extractor = clone(EXTRACTOR).set_params(memory=tmp_path)
    assert extractor.extract([song]).seconds[0] == extractor.extract([song]).seconds[0] == pytest.approx(4, abs=0.01)


def pickled(path):
    array = np.empty((), object)
    array[()] = {"never": "loaded"}
    np.save(path.open("wb"), array, allow_pickle=True)


def flipped(path):
    content = bytearray(path.read_bytes())
    content[-2] ^= 16
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-3]),
        lambda path: path.write_bytes(path.read_bytes()[:20]),
        lambda path: path.write_bytes(bytes(path.stat().st_size)),
        lambda path: path.write_bytes(b"\x93NUMPY\x01\x00\xff\xff{{{"),
        lambda path: np.save(path.open("wb"), np.zeros(5)),
        lambda path: (path.unlink(), path.mkdir()),
        flipped,
        pickled,
    ],
    ids=["empty", "truncated", "truncated header", "zeros", "header", "other array", "folder", "flipped bit", "pickle"],
)
@pytest.mark.filterwarnings("ignore:memory=.*could not be stored:UserWarning")  # if the entry is a folder
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_damaged_entries_are_computed_again(damage, song, tmp_path, work):
    expected = extract([song], tmp_path)
    (path,) = rows(tmp_path)
    damage(path)
    assert extract([song], tmp_path) == expected
    assert work[1] == [song] * 2
    if path.is_file():
        assert extract([song], tmp_path) == expected
        assert work[1] == [song] * 2


@pytest.mark.parametrize("damage", [b"", b"damaged", b"\xff\xfe", b"0" * 64 + b" 1 2", bytes(90)])
def test_damaged_index_entries_are_written_again(damage, song, tmp_path, work):
    expected = extract([song], tmp_path)
    (path,) = [path for path in Path(tmp_path, "audio", "files").rglob("*") if path.is_file()]
    path.write_bytes(damage)
    assert extract([song], tmp_path) == extract([song], tmp_path) == expected
    assert work == ([song] * 2, [song])


def test_full_disk_disables_the_cache(make_signal, tmp_path, monkeypatch):
    """The extraction warns once and leaves no partial entry. Rows are stored again when the disk has free space."""
    X = [make_signal(i, seconds=1.0) for i in range(4)]

    def full(file, *args, **kwargs):
        file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(np, "save", full)
        with pytest.warns(UserWarning, match=r"4 of 4 rows .* not be stored \(No space left on device\)$") as warned:
            values = extract(X, tmp_path)
    assert len(warned) == 1
    assert warned[0].filename == __file__
    np.testing.assert_array_equal(values, EXTRACTOR.transform(X)[:, 0])
    assert not rows(tmp_path)
    assert not list(Path(tmp_path, "audio", "partial").iterdir())
    extract(X, tmp_path)
    assert len(rows(tmp_path)) == 4


def test_folder_that_cannot_be_created(make_signal, tmp_path):
    X = [make_signal(i, seconds=1.0) for i in range(4)]
    (tmp_path / "file").touch()
    with pytest.warns(UserWarning, match=r"4 of 4 rows .* not be stored") as warned:
        values = extract(X, tmp_path / "file" / "cache", n_jobs=2)
    assert len(warned) == 1
    np.testing.assert_array_equal(values, EXTRACTOR.transform(X)[:, 0])


def test_joblib_memory_selects_the_folder(song, tmp_path, work):
    expected = extract([song], joblib.Memory(tmp_path, verbose=0))
    assert extract([song], tmp_path) == expected
    assert extract([song], joblib.Memory(None)) == expected
    assert work == ([song], [song] * 2)


def test_partial_files_are_removed_after_a_day(song, tmp_path):
    extract([song], tmp_path)
    partial = tmp_path / "audio" / "partial"
    (partial / "old").write_bytes(b"half")
    (partial / "young").write_bytes(b"half")
    settled(partial / "old", age=2 * 24 * 3600)
    extract([song], tmp_path)
    assert [path.name for path in partial.iterdir()] == ["young"]


RUN = """
import sys
from pathlib import Path
from skvae.audio import AudioFeatureExtractor
songs = sorted(Path(sys.argv[1]).glob("*.wav"))
table = AudioFeatureExtractor(["mfcc", "chroma"], memory=sys.argv[2], n_jobs=int(sys.argv[3])).transform(songs)
print(float(table.sum(dtype="float64")), flush=True)
"""


@pytest.fixture
def library(make_signal, tmp_path):
    """Function that writes a number of short songs into a folder."""

    def write(n_songs):
        folder = tmp_path / "library"
        folder.mkdir()
        sound = make_signal(seconds=60.0)
        for i in range(n_songs):
            soundfile.write(folder / f"{i:03d}.wav", sound[2000 * i :][:22050], 22050)
        return folder

    return write


def start(*arguments):
    command = [sys.executable, "-W", "error", "-c", RUN, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.slow
def test_two_processes_share_a_cache(library, tmp_path):
    folder = library(40)
    both = [start(folder, tmp_path / "cache", 1) for _ in range(2)]
    results = [run.communicate(timeout=120)[0] for run in both]
    assert [run.returncode for run in both] == [0, 0]
    assert results[0] == results[1]
    assert len(rows(tmp_path / "cache")) == 40
    table = AudioFeatureExtractor(["mfcc", "chroma"]).transform(sorted(folder.glob("*.wav")))
    assert float(results[0]) == float(table.sum(dtype="float64"))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="kills by POSIX signals")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_killed_process_leaves_all_finished_rows(n_jobs, library, tmp_path, work):
    """Finished rows are not computed again."""
    folder, cache = library(500), tmp_path / "cache"
    run = start(folder, cache, n_jobs)
    until = time.monotonic() + 120
    while len(rows(cache)) < 50:
        assert run.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.communicate()[0] == ""
    assert run.returncode == -signal.SIGKILL
    done = len(rows(cache))
    assert 50 <= done < 500
    songs = sorted(folder.glob("*.wav"))
    extractor = AudioFeatureExtractor(["mfcc", "chroma"], memory=cache)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = extractor.transform(songs)
    assert len(work[1]) == 500 - done
    np.testing.assert_array_equal(table[:20], extractor.set_params(memory=None).transform(songs[:20]))
