"""A small library with typical problems, which can be clustered in a second."""

import numpy as np
import pandas as pd
import pytest
import soundfile

RATE = 22050


def write_tone(path, pitch, seed, *, noise=0.01, seconds=1.0, rate=RATE):
    """Write a tone with noise. Pitch and noise form groups of tracks."""
    rng = np.random.default_rng(seed)
    clock = np.arange(int(seconds * rate)) / rate
    sound = 0.3 * np.sin(2 * np.pi * pitch * clock) + noise * rng.standard_normal(len(clock))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate)
    return path


@pytest.fixture(scope="session")
def small_library(tmp_path_factory):
    """Folder of 14 tracks (low tones with English lyrics, noise with Spanish lyrics, some without) and 2 bad files."""
    folder = tmp_path_factory.mktemp("library")
    for i in range(14):
        path = folder / ["low", "high"][i % 2] / f"song {i:02d}.wav"
        write_tone(path, 110 + 5 * i, i, noise=[0.01, 0.4][i % 2])
        if i >= 4:
            words = [f"the sea is deep and cold {i}", f"la luna baila en la noche {i}"][i % 2]
            path.with_suffix(".txt").write_text(words, "utf-8")
    (folder / "low" / "bad.mp3").write_text("this is no sound")
    (folder / "low" / "empty with words.mp3").write_bytes(b"")
    (folder / "low" / "empty with words.txt").write_text("the deep cold sea", "utf-8")
    return folder


@pytest.fixture
def snapshot():
    """Return a function that reads names, contents and modification times of all files in a folder."""

    def read(folder):
        return {
            path.relative_to(folder).as_posix(): (
                path.stat().st_mtime_ns,
                path.read_bytes() if path.is_file() else None,
            )
            for path in sorted(folder.rglob("*"))
        }

    return read


@pytest.fixture(scope="session")
def texts():
    """Track table without audio and with two groups of lyrics."""
    return pd.DataFrame(
        {
            "track_id": [f"t{i}" for i in range(12)],
            "audio": None,
            "lyrics": [[f"the sea is deep and cold {i}", f"la luna baila en la noche {i}"][i % 2] for i in range(12)],
            "language": ["en", "es"] * 6,
            "genre": ["a", "b", "b", "a"] * 3,
        }
    )
