"""Extraction on a Dask cluster, also if worker processes are killed."""

import io
import os
import re
import signal
import sys
import threading
import time

import joblib
import numpy as np
import pytest
import soundfile

from skvae import AudioEmbedder, AudioFeatureExtractor
from skvae.audio.execution._parallel import parallel_map

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install dask distributed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client():
    """Client of a cluster with two worker processes. A task is canceled after two workers ended."""
    import dask

    settings = {"distributed.scheduler.allowed-failures": 1, "distributed.nanny.pre-spawn-environ.OMP_NUM_THREADS": "1"}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        yield client


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """Paths of 24 recordings, a missing file and a text file."""
    folder = tmp_path_factory.mktemp("recordings")
    paths = [folder / f"{i:02d}.wav" for i in range(25)]
    for seed, path in enumerate(paths[:-1]):
        soundfile.write(path, 0.1 * np.random.default_rng(seed).standard_normal(4 * 22050), 22050)
    (folder / "text.mp3").write_text("no sound")
    return [str(path) for path in (*paths, folder / "text.mp3")]


def kill_a_busy_worker(client):
    """Kill a worker process that is processing a recording."""
    while not any(client.processing().values()):
        time.sleep(0.01)
    busy = next(address for address, tasks in client.processing().items() if tasks)
    os.kill(client.run(os.getpid, workers=[busy])[busy], signal.SIGKILL)


def test_dask_gives_the_same_features_and_shows_progress(client, paths, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    sys.stderr.isatty = lambda: True
    table, failures, seconds = AudioFeatureExtractor(on_error="ignore", verbose=1).extract(paths)
    shown = [int(number) for number in re.findall(r"(\d+)/26", sys.stderr.getvalue())]
    assert shown == sorted(shown)
    assert shown[-1] <= 26  # the bar is removed at the end, so its last state may not be shown
    assert len(set(shown)) > 3
    with joblib.parallel_config(backend="sequential"):
        alone = AudioFeatureExtractor(on_error="ignore").extract(paths)
    np.testing.assert_array_equal(table, alone.table)
    np.testing.assert_array_equal(seconds, alone.seconds)
    assert failures.equals(alone.failures)
    assert failures["row"].tolist() == [24, 25]


def test_models_run_on_the_cluster_and_functions_do_not(client, paths, models):
    """The workers of the cluster load a pretrained model. A function runs in this process, and they only decode."""
    lock = threading.Lock()

    def function(samples, rate):
        with lock:  # a lock cannot be pickled
            return [samples.std(), os.getpid()]

    for model in (models["hubert"], function):
        embedder = AudioEmbedder(model, window=2.0, on_error="ignore").fit([])
        table, failures, _ = embedder.extract(paths)
        with joblib.parallel_config(backend="sequential"):
            alone = embedder.extract(paths)
        np.testing.assert_allclose(table, alone.table, rtol=0, atol=1e-5 * alone.table.abs().max(axis=None))
        assert failures.equals(alone.failures)


def test_no_row_is_lost_if_a_worker_is_killed(client, paths):
    workers = set(client.run(os.getpid).values())
    killer = threading.Thread(target=kill_a_busy_worker, args=[client])
    killer.start()
    table, failures, _ = AudioFeatureExtractor(on_error="ignore").extract(paths)
    killer.join()
    client.wait_for_workers(2)
    assert workers != set(client.run(os.getpid).values())
    with joblib.parallel_config(backend="sequential"):
        alone = AudioFeatureExtractor(on_error="ignore").extract(paths)
    np.testing.assert_array_equal(table, alone.table)
    assert failures.equals(alone.failures)


def test_recording_that_ends_every_worker_fails_with_a_reason(client):
    def work(source):
        if source == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return source

    rows = list(parallel_map(work, list(range(12)), None, lambda reason: reason))
    assert "but all those workers died" in rows[5]
    assert [row for row in rows if row != rows[5]] == [i for i in range(12) if i != 5]
