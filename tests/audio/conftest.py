import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

GAMES = ["/usr/share/games", "/usr/share/hyperrogue"]


@pytest.fixture(scope="session")
def make_signal():
    """Function that returns four seconds similar to music: a chord with a beat and noise, which depend on the seed."""

    def signal(seed=0, seconds=4.0, rate=22050):
        rng = np.random.default_rng(seed)
        time = np.arange(round(seconds * rate)) / rate
        pitches = 440 * 2 ** (rng.integers(-24, 12, size=3) / 12)
        phase = 2 * np.pi * time
        tones = sum(np.sin(pitch * k * phase) / k for pitch in pitches for k in (1, 2, 3))
        beat = np.exp(-5 * (time * rng.uniform(1, 3) % 1))
        return (0.1 * tones * beat + rng.normal(scale=0.02, size=len(time))).astype(np.float32)

    return signal


@pytest.fixture
def write(tmp_path):
    """Function that writes samples into a temporary file and returns its path as str."""

    def write(name, samples, rate=22050, **options):
        path = str(tmp_path / name)
        soundfile.write(path, samples, rate, **options)
        return path

    return write


@pytest.fixture
def uneven_songs(make_signal, write):
    """Paths of three recordings of 4, 2.5 and 0.8 seconds."""
    return [write(f"{i}.wav", make_signal(i, seconds=s), subtype="FLOAT") for i, s in enumerate((4, 2.5, 0.8))]


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Folders of saved tiny models by family."""
    from audio_models import FAMILIES, save_model

    return {name: save_model(name, tmp_path_factory.mktemp(name)) for name in FAMILIES}


@pytest.fixture(scope="session")
def free_music():
    """Paths of music longer than a minute, in the folder SKVAE_MUSIC or in installed games."""
    folders = [os.environ["SKVAE_MUSIC"]] if "SKVAE_MUSIC" in os.environ else GAMES
    found = [path for folder in folders for path in Path(folder).rglob("*") if path.suffix in {".ogg", ".opus", ".mp3"}]
    long = [path for path in sorted(found) if soundfile.info(path).duration > 60]
    if not long:
        pytest.skip(
            "no music: set SKVAE_MUSIC to a folder of music, or install Debian packages such as wesnoth-1.16-music, "
            "warzone2100-music, supertux-data, hyperrogue-music, singularity-music and fretsonfire-songs-sectoid"
        )
    return long
