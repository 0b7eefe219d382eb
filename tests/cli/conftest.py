"""Fixtures of the command line tests: a small library, and a function that runs a command."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from typer.testing import CliRunner

from skvae.cli import main

SAMPLE_RATE = 22050


@pytest.fixture(scope="session")
def skvae():
    """Return a function that runs a command and returns its result."""

    def run(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


@pytest.fixture(scope="session")
def read_tree():
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
def write_tone():
    """Return a function that writes a tone with some noise; the seed determines its pitch."""

    def write(path, seed, *, seconds=1.0, sample_rate=SAMPLE_RATE, channels=1):
        rng = np.random.default_rng(seed)
        t = np.arange(int(seconds * sample_rate))[:, None] / sample_rate
        y = 0.3 * np.sin(2 * np.pi * (110 + 20 * seed) * t) + 0.02 * rng.standard_normal((len(t), channels))
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, y, sample_rate)

    return write


@pytest.fixture(scope="session")
def playlist_paths():
    """Return a function that lists the paths of all playlists of a run, resolved like in a player."""

    def read(out):
        for playlist in (out / "playlists").glob("*.m3u8"):
            for line in playlist.read_text("utf-8").splitlines():
                if line and not line.startswith("#"):
                    yield playlist.parent / line

    return read


@pytest.fixture(scope="session")
def library(tmp_path_factory, write_tone):
    """Folder of twelve tracks, with folders for language and genre, lyrics for six tracks, and one empty file."""
    folder = tmp_path_factory.mktemp("music")
    for i in range(12):
        path = folder / ["en", "es"][i % 2] / ["rock", "jazz", "folk"][i % 3] / f"গান {i} it's.wav"
        write_tone(path, i)
        if i < 6:
            path.with_suffix(".lrc").write_text(
                f"[00:01.00]{['deep cold sea', 'luna de la noche'][i % 2]} {i}", "utf-8"
            )
    (folder / "en" / "empty.flac").write_bytes(b"")
    return folder


@pytest.fixture(scope="session")
def table(library):
    """Track table of the same tracks, in another folder."""
    path = library.parent / f"{library.name}-table" / "tracks.csv"
    path.parent.mkdir()
    songs = sorted(library.rglob("*.wav"))
    rows = [{"audio": Path("..", library.name, song.relative_to(library)), "genre": song.parent.name} for song in songs]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def fast():
    """Options that make the command `cluster` fast."""
    return ["--max-epochs", "5", "--latent-dim", "4", "--n-jobs", "1"]


@pytest.fixture(scope="session")
def audio_model(tmp_path_factory):
    """Folder of a small pretrained audio model with random weights."""
    from audio_models import save_model

    return save_model("hubert", tmp_path_factory.mktemp("models") / "tiny, hubert")


@pytest.fixture(scope="session")
def run(skvae, library, fast, read_tree, tmp_path_factory):
    """Folder of a run on the library, and the console output. Copy the folder before changing it."""
    before = read_tree(library)
    out = tmp_path_factory.mktemp("run") / "new" / "out"
    result = skvae("cluster", library, "--out", out, "--folders", "language,genre", *fast)
    assert result.exit_code == 0, result.output
    assert read_tree(library) == before
    return out, result.stdout


@pytest.fixture(scope="session")
def features(skvae, library, tmp_path_factory):
    """Feature table file of the library, and the console output."""
    path = tmp_path_factory.mktemp("features") / "new" / "features.parquet"
    audio = ["--audio-model", "descriptors"]
    result = skvae("features", library, "--out", path, "--folders", "language,genre", "--n-jobs", "1", *audio)
    assert result.exit_code == 0, result.output
    return path, result.stdout
