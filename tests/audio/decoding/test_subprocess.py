"""Decoders that hang, crash or write messages, and worker processes that end: each affects only its own row."""

import io
import os
import signal
import subprocess
import sys
import time

import faulty_decoders
import joblib
import numpy as np
import pytest

from skvae.audio import AudioEmbedder, AudioFeatureExtractor, AudioSegment, ExtractionWarning
from skvae.audio.decoding import _subprocess
from skvae.audio.decoding._errors import AudioError
from skvae.audio.decoding._files import FileObject

EXTRACTOR = AudioFeatureExtractor(["rms"], statistics=["mean"], on_error="ignore", timeout=60.0)

REASONS = {
    "hangs": "not decoded within timeout=1.5 s",
    "ignores signals": "not decoded within timeout=1.5 s",
    "crashes": "the decoder crashed or was stopped: Segmentation fault",
    "aborts": "the decoder crashed or was stopped: Aborted",
    "is killed": "the decoder crashed or was stopped: Killed",
    "exits": "the decoder ended its process with status 3",
}


@pytest.fixture
def songs(make_signal, write):
    """Paths of three recordings."""
    return [write(f"{i}.wav", make_signal(i)) for i in range(3)]


@pytest.fixture
def faulty(songs, make_signal, write, monkeypatch):
    """Songs, and files whose names select the failure of the decoder."""
    monkeypatch.setattr(_subprocess._decode, "decode", faulty_decoders.decode)
    paths = [write(f"{name}.wav", make_signal(9)) for name in faulty_decoders.FAULTS]
    return [songs[0], *paths[:3], *songs[1:], *paths[3:], songs[0]]


def file_stem(path):
    return os.path.basename(path).removesuffix(".wav")


@pytest.mark.parametrize("n_threads", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_failure_of_a_decoder_affects_one_row(faulty, n_threads, capfd):
    """Each failure is reported with its reason."""
    expected = EXTRACTOR.transform(faulty[:1])
    extractor = AudioFeatureExtractor(["rms"], statistics=["mean"], timeout=1.5)
    with (
        joblib.parallel_config(backend="threading", n_jobs=n_threads),
        pytest.warns(ExtractionWarning, match=r"^6 of 11 recordings failed. Their rows are NaN: row 1 ") as caught,
    ):
        table = extractor.fit_transform(faulty)
    assert len(caught) == 1
    failures = {row: (path, reason) for row, path, reason in extractor.failed_.itertuples(index=False)}
    for row, path in enumerate(faulty):
        if file_stem(path) in REASONS:
            assert failures[row] == (path, REASONS[file_stem(path)])
            assert np.isnan(table[row])
        else:
            assert row not in failures
            assert np.isfinite(table[row])
    np.testing.assert_array_equal(table[[0, -1]], np.repeat(expected, 2, axis=0))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "names",
    [("crashes", "aborts", "is killed"), pytest.param(("hangs", "ignores signals", "exits"), marks=pytest.mark.slow)],
    ids=["crashes", "hangs"],
)
def test_decoder_failures_with_embedder_and_cache(names, faulty, tmp_path):
    faulty = [path for path in faulty if file_stem(path) in names or file_stem(path) not in REASONS]
    embedder = AudioEmbedder(lambda y, rate: [np.abs(y).max()], on_error="ignore", timeout=1.5)
    assert np.isnan(embedder.fit_transform(faulty)).sum() == 3
    extractor = AudioFeatureExtractor(["rms"], on_error="ignore", memory=tmp_path / "cache", timeout=1.5)
    for _ in range(2):  # failures are not stored, so that they are tried again
        assert len(extractor.extract(faulty[:2]).failures) == 1


@pytest.mark.parametrize("make_row", [str, AudioSegment])
def test_decoder_failure_raises_an_error_on_request(make_row, faulty):
    crashing = next(path for path in faulty if file_stem(path) == "crashes")
    with pytest.raises(ValueError, match=r"^row 1 \(.*\): the decoder crashed or was stopped: Segmentation fault$"):
        AudioFeatureExtractor(["rms"], on_error="raise").transform([faulty[0], make_row(crashing), faulty[0]])


def test_files_that_the_parent_process_reads(songs):
    """A file that is too slow fails. Other exceptions of a file are raised."""

    class Slow(io.BytesIO):
        def read(self, size=-1):
            time.sleep(0.6)
            return super().read(size)

    class Stopping(io.BytesIO):
        def read(self, size=-1):
            raise KeyboardInterrupt

    with open(songs[0], "rb") as file:
        content = file.read()
    X = [Slow(content), io.BytesIO(content), AudioSegment(io.BytesIO(content), 1.0, 2.0), Slow(content)]
    failures = AudioFeatureExtractor(["rms"], timeout=0.5).extract(X).failures
    assert failures["row"].tolist() == [0, 3]
    assert set(failures["reason"]) == {"not decoded within timeout=0.5 s"}
    with pytest.raises(KeyboardInterrupt):
        EXTRACTOR.transform([Stopping(content)])
    np.testing.assert_array_equal(
        EXTRACTOR.transform([FileObject(io.BytesIO(content))]), EXTRACTOR.transform(songs[:1])
    )


def test_timeout_none_decodes_in_the_same_process(songs, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    monkeypatch.setattr(_subprocess, "_idle", _subprocess._idle.copy())
    _subprocess._idle.clear()
    assert np.isfinite(AudioFeatureExtractor(["rms"], timeout=None).transform(songs)).all()
    assert np.isfinite(EXTRACTOR.transform([np.ones(22050)])).all()  # samples need no decoder


@pytest.mark.parametrize("timeout", [0, -1, np.inf, np.nan, "5"])
def test_invalid_timeouts_raise_errors(timeout, songs):
    with pytest.raises(ValueError, match="The 'timeout' parameter of AudioFeatureExtractor must be"):
        AudioFeatureExtractor(timeout=timeout).fit(songs)


def test_helper_process_is_reused(songs):
    with _subprocess._acquire_helper() as helper:
        process = helper._process.pid
    for _ in range(3):
        EXTRACTOR.transform(songs)
        with _subprocess._acquire_helper() as helper:
            assert helper._process.pid == process
    os.kill(process, signal.SIGKILL)  # while it is idle
    helper._process.wait()
    assert np.isfinite(EXTRACTOR.transform(songs)).all()


def test_helper_process_imports_only_the_decoders():
    """It starts in a tenth of a second. pandas alone needs half a second."""
    code = f"import sys; import {_subprocess.__name__}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "scipy", "sklearn", "joblib", "librosa", "torch"} & set(loaded)


def test_helper_process_that_cannot_be_started(monkeypatch, capfd):
    monkeypatch.setattr(_subprocess, "_idle", _subprocess._idle.copy())
    _subprocess._idle.clear()
    monkeypatch.setattr(_subprocess, "get_executable", lambda: "/bin/false")
    with pytest.raises(RuntimeError, match=r"^The process for decoding could not be started. Use timeout=None"):
        _subprocess.call_in_subprocess(os.path.getsize, "a.wav", timeout=5.0)


def test_other_errors_are_raised():
    with pytest.raises(FileNotFoundError):
        _subprocess.call_in_subprocess(os.path.getsize, "missing.wav", timeout=60.0)
    with pytest.raises(AudioError, match=r"^not decoded within timeout=0\.3 s$"):
        _subprocess.call_in_subprocess(faulty_decoders.decode, "hangs.wav", timeout=0.3)


SCRIPT = """
import os, sys
from skvae.audio.decoding import _subprocess
with _subprocess._acquire_helper() as helper:
    print(helper._process.pid, flush=True)
if sys.argv[1] == "work":
    import faulty_decoders
    _subprocess.call_in_subprocess(faulty_decoders.decode, "hangs.wav", timeout=1.0 if len(sys.argv) > 2 else 60.0)
os._exit(0)
"""


@pytest.mark.parametrize("kill_in", ["idle", "work"])
def test_helper_process_ends_with_its_parent(kill_in):
    """An idle helper notices the end of its parent. A helper that hangs ends at the time limit."""
    command = [sys.executable, "-c", SCRIPT, *(("work", "1") if kill_in == "work" else ("idle",))]
    path = os.pathsep.join(sys.path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}) as parent:
        helper = int(parent.stdout.readline())
        if kill_in == "work":
            time.sleep(0.5)
            parent.kill()
        deadline = time.monotonic() + 20
        while is_running(helper) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not is_running(helper)


def is_running(process):
    try:
        os.kill(process, 0)
        with open(f"/proc/{process}/stat") as file:  # a zombie process has ended
            return ") Z " not in file.read()
    except (ProcessLookupError, FileNotFoundError):
        return False
