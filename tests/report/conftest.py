"""A library small enough to be clustered in a second, with all that goes wrong in real ones."""

import numpy as np
import pandas as pd
import pytest
import soundfile

RATE = 22050


def write_tone(path, pitch, seed, *, noise=0.01, seconds=1.0, rate=RATE):
    """Write a sung-like tone, so that pitch and noise make groups."""
    rng = np.random.default_rng(seed)
    clock = np.arange(int(seconds * rate)) / rate
    sound = 0.3 * np.sin(2 * np.pi * pitch * clock) + noise * rng.standard_normal(len(clock))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate)
    return path


@pytest.fixture(scope="session")
def small_library(tmp_path_factory):
    """Folder of 14 songs, half low tones in English and half noises in Spanish, some without lyrics; and bad files."""
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
    """Function that reads everything about a tree: names, contents, times."""

    def read(folder):
        return {
            path.relative_to(folder).as_posix(): (
                path.stat().st_mtime_ns,
                path.read_bytes() if path.is_file() else None,
            )
            for path in sorted(folder.rglob("*"))
        }

    return read


@pytest.fixture
def texts():
    """Track table without audio: two groups of lyrics."""
    return pd.DataFrame(
        {
            "track_id": [f"t{i}" for i in range(12)],
            "audio": None,
            "lyrics": [[f"the sea is deep and cold {i}", f"la luna baila en la noche {i}"][i % 2] for i in range(12)],
            "language": ["en", "es"] * 6,
            "genre": ["a", "b", "b", "a"] * 3,
        }
    )
