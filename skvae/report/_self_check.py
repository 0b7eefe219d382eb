"""Test of the installation with generated audio."""

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from ..datasets import load_tracks
from .run._cluster_library import cluster_library

SAMPLE_RATE = 22050


def self_check():
    """Check the installation by clustering generated tones and noise in a temporary folder.

    Returns
    -------
    float
        Duration of the check in seconds.

    Raises
    ------
    RuntimeError
        If tones and noise are not in different clusters, or a file is not written.
    """
    import soundfile

    start = time.perf_counter()
    rng = np.random.default_rng(0)
    t = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for i in range(16):
            tone = np.sin(2 * np.pi * (110 + 10 * i) * t)
            y = 0.3 * tone if i % 2 else 0.1 * rng.standard_normal(len(t))
            soundfile.write(Path(folder, f"{i}.wav"), y, SAMPLE_RATE)
            rows.append({"audio": f"{i}.wav", "lyrics": ["hush of the wind", "hum of the bell"][i % 2], "genre": i % 2})
        table = Path(folder, "tracks.csv")
        pd.DataFrame(rows).to_csv(table, index=False)
        run = cluster_library(load_tracks(table), n_clusters=2, max_epochs=50)
        files = run.write(Path(folder, "out"))
        missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise RuntimeError(f"The check failed: these files were not written: {', '.join(missing)}")
    if (ami := run.metrics["ami"].iloc[-2]) < 0.99:
        raise RuntimeError(f"The check failed: tones and noise are not in different clusters (AMI {ami:.2f})")
    return time.perf_counter() - start
