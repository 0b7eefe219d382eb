"""Does it all work on this machine."""

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from ..datasets import load_tracks
from .run._cluster_library import cluster_library

RATE = 22050


def self_check():
    """Describe, train, cluster and draw a few made sounds in a temporary folder.

    Returns
    -------
    float
        Seconds that it took.

    Raises
    ------
    RuntimeError
        If low tones and high noises end up in one cluster, or a file is not written.
    """
    import soundfile

    start = time.perf_counter()
    rng = np.random.default_rng(0)
    clock = np.arange(2 * RATE) / RATE
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for i in range(16):
            tone = np.sin(2 * np.pi * (110 + 10 * i) * clock)
            sound = 0.3 * tone if i % 2 else 0.1 * rng.standard_normal(len(clock))
            soundfile.write(Path(folder, f"{i}.wav"), sound, RATE)
            rows.append({"audio": f"{i}.wav", "lyrics": ["hush of the wind", "hum of the bell"][i % 2], "genre": i % 2})
        table = Path(folder, "tracks.csv")
        pd.DataFrame(rows).to_csv(table, index=False)
        run = cluster_library(load_tracks(table), n_clusters=2, max_epochs=50)
        files = run.write(Path(folder, "out"))
        lost = [path.name for path in files if not path.is_file()]
    if lost or run.metrics["ami"].iloc[-2] < 0.99:
        raise RuntimeError(
            f"the check failed: {f'{lost} not written' if lost else 'tones and noises are not told apart'}"
        )
    return time.perf_counter() - start
