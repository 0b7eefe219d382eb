"""Parallel processing: compilation of librosa, worker processes that end, and threads that work ahead."""

import os
import subprocess
import sys
import threading
import time
import warnings

import faulty_decoders
import joblib
import numpy as np
import pytest

from skvae.audio import AudioFeatureExtractor
from skvae.audio.execution._parallel import map_ahead, parallel_map, uses_processes


@pytest.mark.slow
def test_librosa_is_compiled_before_workers_start(tmp_path):
    """Workers that write the numba cache at the same time can corrupt it (numba, issue 10128)."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    # The worker processes find no files, so they compile nothing.
    code = (
        "from skvae import AudioFeatureExtractor\n"
        "AudioFeatureExtractor(n_jobs=2, on_error='ignore').transform(['missing.mp3', 'other.mp3'])"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    loops = ["_localmax", "_localmin", "__peak_pick", "_zc_wrapper", "_pi_wrapper"]
    assert {path.name.split(".")[1].rsplit("-")[0] for path in tmp_path.rglob("guf-*.nbi")} == set(loops)


def test_end_of_a_worker_process_affects_one_source():
    """All worker processes of joblib end together. Only the source that caused it is lost."""
    sources = list("abcdefghijklmnop")
    for place in (0, 6):
        sources[place] = faulty_decoders.Deadly("dies")
    made = list(parallel_map(str.upper, sources, 2, lambda reason: reason.split(":")[0]))
    assert made == ["the worker process ended" if s == "dies" else s.upper() for s in sources]


@pytest.mark.slow
def test_end_of_a_worker_process_affects_one_row(make_signal, write):
    songs = [write(f"{i}.wav", make_signal(i)) for i in range(3)]
    extractor = AudioFeatureExtractor(["rms"], statistics=["mean"], on_error="ignore", timeout=60.0)
    X = [*songs, faulty_decoders.Deadly("dies.wav"), *songs]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table, failures, _ = extractor.set_params(n_jobs=2).extract(X)
    assert failures[["row", "path"]].to_numpy().tolist() == [[3, "dies.wav"]]
    assert failures["reason"][0].startswith("the worker process ended: A worker process")
    expected = extractor.set_params(n_jobs=None).transform(songs * 2)
    np.testing.assert_array_equal(table.drop(index=3), expected)


@pytest.mark.parametrize("n_jobs", [1, 3])
def test_threads_return_results_in_order(n_jobs):
    def slowest_first(i):
        time.sleep(0.02 if i % 3 == 0 else 0)
        return i, threading.current_thread() is threading.main_thread()

    results = list(map_ahead(slowest_first, range(12), n_jobs, None))
    assert [i for i, _ in results] == list(range(12))
    assert all(is_main == (n_jobs == 1) for _, is_main in results)


def test_threads_work_ahead_of_the_caller_up_to_a_limit():
    started = []

    def work(i):
        started.append(i)
        return i

    results = map_ahead(work, range(100), 2, None)
    assert next(results) == 0
    while len(started) < 6:  # the test fails by its time limit
        time.sleep(0.001)
    time.sleep(0.05)
    assert started == [0, 1, 2, 3, 4, 5]
    results.close()  # the caller stops early
    assert len(started) == 6


def test_error_in_a_thread_is_raised():
    def work(i):
        return 1 / (i - 5)

    with pytest.raises(ZeroDivisionError):
        list(map_ahead(work, range(100), 2, None))


def test_processes_are_used_only_by_backends_that_start_them():
    assert uses_processes(2)
    assert not uses_processes(1)
    assert not uses_processes(None)
    with joblib.parallel_config(n_jobs=2):
        assert uses_processes(None)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert not uses_processes(None)
