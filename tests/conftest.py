"""Shared fixtures: a closed network, one thread, and the real data where it is present."""

import os
import socket
from pathlib import Path

# Before numpy and torch: two OpenMP pools that spin beside each other make small fits many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest


def pytest_configure(config):
    """Compile librosa's loops before workers do so at the same time, which ruins numba's cache (its issue 10128)."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        import librosa.beat
        import librosa.core.pitch  # noqa: F401


@pytest.fixture(autouse=True)
def closed_network(monkeypatch):
    """No test reaches the network; local sockets stay open for joblib and Dask."""
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else None
        if host not in (None, "127.0.0.1", "localhost", "::1"):
            raise OSError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def shared_data():
    """Folder of real songs, tables and texts; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("SKVAE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set SKVAE_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def cc_songs(shared_data):
    """Folder of the 27 Creative Commons songs: tracks.csv, audio/, lyrics/."""
    return shared_data / "cc_songs"
