"""Environment variables and fixtures of all tests: blocked network, and folders of shared data."""

import os
import socket
from pathlib import Path

# Set before NumPy and PyTorch are imported. Two OpenMP pools with spinning threads make small fits many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest


def pytest_configure(config):
    """Hide GPUs from tests that are not marked `gpu`, and compile librosa's loops before the workers start.

    Workers that compile at the same time can corrupt numba's cache (numba issue 10128).
    """
    if config.option.markexpr != "gpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # before torch is imported: device="auto" selects the CPU
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        import librosa.beat
        import librosa.core.pitch  # noqa: F401


@pytest.fixture(autouse=True)
def block_network(monkeypatch):
    """Block connections to other hosts. Local sockets stay open for joblib and Dask."""
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else None
        if host not in (None, "127.0.0.1", "localhost", "::1"):
            raise OSError(f"Tests must not use the network, but a test connected to {host}.")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of real songs, tables and texts. Skip the test if the folder does not exist."""
    folder = Path(os.environ.get("SKVAE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"{folder} does not exist. Set SKVAE_SHARED_DATA to the folder of the shared data.")
    return folder


@pytest.fixture(scope="session")
def cc_songs(shared_data):
    """Return the folder of 27 Creative Commons songs: tracks.csv, audio/, lyrics/."""
    return shared_data / "cc_songs"
