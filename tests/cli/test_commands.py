"""The command line: exit codes, what is written, and that the library stays as it was."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from typer.testing import CliRunner

from skvae import AudioFeatureExtractor
from skvae.cli import main

FAST = ["--epochs", "5", "--latent-dim", "4", "--jobs", "1"]
RATE = 22050


def skvae(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def snapshot(folder):
    """Names, contents and times of a tree."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in sorted(folder.rglob("*"))
    }


def write_sound(path, seed, *, seconds=1.0, rate=RATE, channels=1):
    rng = np.random.default_rng(seed)
    clock = np.arange(int(seconds * rate))[:, None] / rate
    sound = 0.3 * np.sin(2 * np.pi * (110 + 20 * seed) * clock) + 0.02 * rng.standard_normal((len(clock), channels))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate)


def playlist_paths(out):
    """Every path of every playlist, as a player that opens it there resolves it."""
    for playlist in (out / "playlists").glob("*.m3u8"):
        for line in playlist.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield playlist.parent / line


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Twelve songs in folders by language and genre, half with words, and one bad file among them."""
    folder = tmp_path_factory.mktemp("music")
    for i in range(12):
        path = folder / ["en", "es"][i % 2] / ["rock", "jazz", "folk"][i % 3] / f"গান {i} it's.wav"
        write_sound(path, i)
        if i < 6:
            path.with_suffix(".lrc").write_text(
                f"[00:01.00]{['deep cold sea', 'luna de la noche'][i % 2]} {i}", "utf-8"
            )
    (folder / "en" / "empty.flac").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def table(library):
    """The same songs as a table in a folder of its own."""
    path = library.parent / f"{library.name}-table" / "tracks.csv"
    path.parent.mkdir()
    songs = sorted(library.rglob("*.wav"))
    rows = [{"audio": Path("..", library.name, song.relative_to(library)), "genre": song.parent.name} for song in songs]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_cluster_a_folder(library, tmp_path):
    before = snapshot(library)
    out = tmp_path / "new" / "out"
    result = skvae("cluster", library, "--out", out, "--folders", "language,genre", *FAST)
    assert result.exit_code == 0, result.output
    assert snapshot(library) == before

    clusters = pd.read_csv(out / "clusters.csv", keep_default_na=False)
    songs = {path.relative_to(library).as_posix() for path in library.rglob("*") if path.suffix in (".wav", ".flac")}
    assert sorted(clusters["track_id"]) == sorted(songs)
    assert clusters.query("label < 0")[["track_id", "reason"]].to_numpy().tolist() == [
        ["en/empty.flac", "audio: empty file; no lyrics"]
    ]
    assert set(clusters["language"]) == {"en", "es"}

    assert sorted(path.resolve() for path in playlist_paths(out)) == sorted(library.resolve().rglob("*.wav"))
    for name in ("latent.npz", "map.png", "history.png", "metrics.csv", "model/pipeline.skvae"):
        assert (out / name).stat().st_size > 0
    assert json.loads((out / "run.json").read_text("utf-8"))["settings"]["random_state"] == 0

    assert "12 of 13 tracks in 2 clusters, 1 set aside" in result.stdout
    assert "en/empty.flac: audio: empty file; no lyrics" in result.stdout
    metrics = pd.read_csv(out / "metrics.csv", dtype=str, keep_default_na=False)
    assert metrics["method"].tolist() == ["raw + KMeans", "PCA + KMeans", "VAE + KMeans", "chance"]
    metrics = metrics.loc[:, (metrics != "").any()].replace("", "-")
    for row in metrics.to_numpy():
        assert " ".join(row).split() in [line.split() for line in result.stdout.splitlines()]


def test_cluster_a_table_with_a_cache(table, tmp_path):
    options = ["--model", "pca", "--clusters", "auto", "--cache", tmp_path / "cache", "--jobs", "1"]
    for name in ("first", "second"):
        result = skvae("cluster", table, "--out", tmp_path / name, *options)
        assert result.exit_code == 0, result.output
    assert "no song has lyrics: clustering uses audio only" in result.stdout
    assert (tmp_path / "first" / "clusters.csv").read_bytes() == (tmp_path / "second" / "clusters.csv").read_bytes()
    curve = pd.read_csv(tmp_path / "first" / "n_clusters.csv")
    assert list(curve) == ["criterion", "n_clusters", "value", "error"]
    assert set(curve["criterion"]) == {"bic", "icl", "stability", "gap"}
    assert (tmp_path / "first" / "n_clusters.png").is_file()
    assert any((tmp_path / "cache").iterdir())


def test_condition_is_marked(library, tmp_path):
    out = tmp_path / "out"
    result = skvae("cluster", library, "--out", out, "--folders", "language", "--condition", "language", *FAST)
    assert result.exit_code == 0, result.output
    assert pd.read_csv(out / "metrics.csv")["leaked"][2] == "ami_language"
    assert "leaked" in result.stdout


def test_predict_and_append(library, tmp_path):
    out, more = tmp_path / "out", tmp_path / "more"
    assert skvae("cluster", library, "--out", out, "--folders", "language,genre", *FAST).exit_code == 0
    before = (out / "clusters.csv").read_bytes()
    for i in range(3):
        write_sound(more / f"new {i}.wav", i + 20)
    (more / "bad.wav").write_bytes(b"")
    untouched = snapshot(more)

    result = skvae("predict", out, more, "--out", tmp_path / "new", "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert "3 of 4 songs labelled, 1 set aside" in result.stdout
    assert "bad.wav: audio: empty file; no lyrics" in result.stdout
    assert (out / "clusters.csv").read_bytes() == before
    assert sorted(path.resolve() for path in playlist_paths(tmp_path / "new")) == sorted(more.resolve().glob("new*"))

    for added in ("4 songs added", "0 songs added"):
        result = skvae("predict", out / "model", more, "--append", out, "--jobs", "1")
        assert result.exit_code == 0, result.output
        assert added in result.stdout
        assert snapshot(more) == untouched
    assert "new 1.wav: is in the run already" in result.stdout
    table = (out / "clusters.csv").read_bytes()
    assert table.startswith(before)
    assert len(pd.read_csv(out / "clusters.csv")) == 13 + 4
    songs = [path.resolve() for path in playlist_paths(out)]
    assert sorted(songs) == sorted([*library.resolve().rglob("*.wav"), *more.resolve().glob("new*")])


def test_features_are_a_source(library, tmp_path):
    before = snapshot(library)
    path = tmp_path / "new" / "features.parquet"
    result = skvae("features", library, "--out", path, "--folders", "language,genre", "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert "12 of 13 tracks described by 125 columns of audio, 6 columns of lyrics" in result.stdout
    assert "en/empty.flac: audio: empty file; no lyrics" in result.stdout
    assert snapshot(library) == before
    table = pd.read_parquet(path)
    assert {"track_id", "audio", "title", "language", "genre", "audio__rms_mean", "lyrics__svd00"} <= set(table)
    assert [(path.parent / song).resolve() for song in table["audio"]] == sorted(
        song.resolve() for song in library.rglob("*.*") if song.suffix in (".wav", ".flac")
    )

    result = skvae("cluster", path, "--out", tmp_path / "run", "--condition", "language", *FAST)
    assert result.exit_code == 0, result.output
    assert "columns not used as features: track_id, audio, title (identifies the track)" in result.stdout
    assert "12 of 13 tracks in 2 clusters, 1 set aside" in result.stdout
    assert len(list(playlist_paths(tmp_path / "run"))) == 12

    again = tmp_path / "again.parquet"
    songs = ["features", library, "--folders", "language", "--out", again, "--like", path, "--jobs", "1"]
    assert skvae(*songs).exit_code == 0
    result = skvae("predict", tmp_path / "run", again, "--out", tmp_path / "labels")
    assert result.exit_code == 0, result.output
    labels = [pd.read_csv(folder / "clusters.csv")["label"] for folder in (tmp_path / "run", tmp_path / "labels")]
    pd.testing.assert_series_equal(*labels)


def test_features_in_parts_go_on_and_refuse_what_differs(library, tmp_path):
    arguments = ["features", library, "--out", tmp_path / "features", "--part-size", "5", "--jobs", "1"]
    for words in ("12 of 13 tracks described by", "went on after 13 tracks that an earlier run had described"):
        result = skvae(*arguments)
        assert result.exit_code == 0, result.output
        assert words in result.stdout
        assert "en/empty.flac: audio: empty file; no lyrics" in result.stdout
        assert "features/_transformer.skvae describes other songs alike" in result.stdout
    result = skvae(*arguments, "--duration", "5")
    assert result.exit_code == 2
    assert "was begun with duration=30.0, and duration=5.0 is asked for" in result.output
    some = ["features", library, "--out", tmp_path / "more.parquet", "--like", tmp_path / "features", "--jobs", "1"]
    assert skvae(*some).exit_code == 0
    result = skvae("cluster", tmp_path / "features", "--out", tmp_path / "run", "--model", "pca")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["cluster", "no-such-folder", "--out", "out"], "does not exist"),
        (["cluster"], "Missing"),
        (["cluster", "LIBRARY"], "--out"),
        (["cluster", "LIBRARY", "--out", "out", "--clusters", "1"], "must be 2 or more, or auto"),
        (["cluster", "LIBRARY", "--out", "out", "--clusters", "many"], "must be 2 or more, or auto"),
        (["cluster", "LIBRARY", "--out", "out", "--clusters", "12", *FAST], "does not fit the 12 tracks"),
        (["cluster", "LIBRARY", "--out", "out", "--model", "dec"], "dec"),
        (["cluster", "LIBRARY", "--out", "out", "--beta", "0"], "greater than 0"),
        (["cluster", "LIBRARY", "--out", "out", "--condition", "mood"], "condition='mood'"),
        (["cluster", "LIBRARY", "--out", "out", "--folders", "audio"], "folders"),
        (["cluster", "LIBRARY", "--out", "LIBRARY"], "lies in the library"),
        (["cluster", "LIBRARY", "--out", "LIBRARY/deep/out"], "lies in the library"),
        (["cluster", "LIBRARY", "--out", "out", "--cache", "LIBRARY/cache"], "lies in the library"),
        (["cluster", "TABLE", "--out", "TABLE/.."], "lies in the library"),
        (["cluster", "TABLE", "--out", "LIBRARY/en/rock"], "lies in the library"),
        (["cluster", "TABLE", "--out", "TABLE"], ""),
        (["features", "LIBRARY", "--out", "features.csv"], "must end in .parquet"),
        (["features", "LIBRARY", "--out", "LIBRARY/features.parquet"], "lies in the library"),
        (["features", "LIBRARY", "--out", "out/f.parquet", "--like", "TABLE"], "which `skvae features` writes"),
        (["predict", "LIBRARY", "LIBRARY", "--out", "out"], "holds no model"),
        (["predict", "LIBRARY", "LIBRARY"], "--append"),
        (["predict", "LIBRARY", "LIBRARY", "--out", "LIBRARY/out"], "lies in the library"),
        (["demo", "--out", "out", "--songs", "3"], "--songs"),
        (["no-such-command"], "No such command"),
    ],
)
def test_bad_arguments_are_a_sentence_and_code_2(arguments, words, library, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = snapshot(library)
    result = skvae(*(a.replace("LIBRARY", str(library)).replace("TABLE", str(table)) for a in arguments))
    assert result.exit_code == 2, result.output
    assert words in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    assert not (tmp_path / "out").exists()
    assert snapshot(library) == before


def test_nothing_usable_is_code_3(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    result = skvae("cluster", empty, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "contains no audio files" in result.output
    (empty / "tracks.csv").write_text("audio\n")
    result = skvae("cluster", empty / "tracks.csv", "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "has no rows" in result.output
    for i in range(25):
        (empty / f"{i:02d}.wav").write_bytes(b"")
    result = skvae("cluster", empty, "--out", tmp_path / "out", "--jobs", "1")
    assert result.exit_code == 3
    assert "none of the 25 songs has usable audio or lyrics; at least 4 are required" in result.output
    assert "00.wav: audio: empty file; no lyrics" in result.output
    assert "and 5 more" in result.output


def test_lyrics_model_that_is_not_there_is_a_sentence(library, tmp_path):
    arguments = ["--lyrics-model", tmp_path / "no-model", "--modality", "lyrics"]
    result = skvae("cluster", library, "--out", tmp_path / "out", *arguments)
    assert result.exit_code == 2
    assert "LyricsVectorizer" in result.output
    assert "Traceback" not in result.output


def test_help_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom skvae.cli import main\n"
        "assert CliRunner().invoke(main, ['cluster', '--help']).exit_code == 0\n"
        "print(*{'torch', 'sklearn', 'pandas', 'numpy', 'librosa', 'matplotlib', 'umap'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout.split()
    assert loaded == []


def test_version_and_info():
    import skvae as package

    assert skvae("--version").stdout == f"skvae {package.__version__}\n"
    result = skvae("info")
    assert result.exit_code == 0
    for word in ("python", "torch", "scikit-learn", "processors", "optional part"):
        assert word in result.stdout


def test_info_names_what_is_missing_and_how_to_install_it(monkeypatch):
    from skvae.report import _environment

    installed = _environment._installed
    monkeypatch.setattr(_environment, "_installed", lambda name: None if name == "py3langid" else installed(name))
    assert "pip install 'skvae[language]'" in skvae("info").stdout


@pytest.mark.slow
def test_demo_and_again_on_the_songs_that_it_made(tmp_path):
    pytest.importorskip("midirenderer", reason="skvae[demo] is not installed")
    out = tmp_path / "demo"
    for words in ("making 16 songs", "using the 16 songs"):
        result = skvae("demo", "--out", out, "--songs", "16", "--jobs", "1")
        assert result.exit_code == 0, result.output
        assert words in result.stdout
    assert len(pd.read_csv(out / "clusters.csv")) == 16
    assert all(path.is_file() for path in playlist_paths(out))
    result = skvae("demo", "--out", out, "--songs", "20")
    assert result.exit_code == 2
    assert "holds 16 songs, not 20" in result.output


@pytest.mark.slow
def test_real_songs_by_table(cc_songs, tmp_path):
    result = skvae("cluster", cc_songs / "tracks.csv", "--out", tmp_path / "out", "--jobs", "2")
    assert result.exit_code == 0, result.output
    assert "27 of 27 tracks in 5 clusters" in result.stdout
    paths = [path.resolve() for path in playlist_paths(tmp_path / "out")]
    assert sorted(paths) == sorted((cc_songs / "audio").resolve().iterdir())


@pytest.mark.slow
def test_real_songs_by_folder_among_bad_files(cc_songs, tmp_path):
    """Every bad file is flagged or clustered, none is lost, and the numbers of the others do not change."""
    library = tmp_path / "library"
    shutil.copytree(cc_songs / "audio", library)
    cache = tmp_path / "cache"
    alone = skvae("cluster", library, "--out", tmp_path / "alone", "--jobs", "2", "--cache", cache)
    assert alone.exit_code == 0, alone.output
    songs = sorted(path.name for path in library.iterdir())

    flagged = {"text.mp3", "empty.ogg", "blink.wav", "silence.wav"}
    (library / "text.mp3").write_text("this is not a sound, whatever its name says\n" * 20)
    (library / "empty.ogg").write_bytes(b"")
    write_sound(library / "blink.wav", 1, seconds=0.1)
    soundfile.write(library / "silence.wav", np.zeros(5 * RATE), RATE)
    whole = (
        (library / songs[3]).with_suffix(".mp3") if songs[3].endswith(".mp3") else library / "doromusis-vernderung.mp3"
    )
    (library / "truncated.mp3").write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    write_sound(library / "eight channels.wav", 2, seconds=4, rate=96000, channels=8)
    write_sound(library / "বাংলা গান.wav", 3, seconds=4)
    write_sound(library / 'it\'s "quoted" & spaced.wav', 4, seconds=4)

    result = skvae("cluster", library, "--out", tmp_path / "out", "--jobs", "2", "--cache", cache)
    assert result.exit_code == 0, result.output
    assert "Traceback" not in result.output
    clusters = pd.read_csv(tmp_path / "out" / "clusters.csv", keep_default_na=False, index_col="track_id")
    assert sorted(clusters.index) == sorted(path.name for path in library.iterdir())
    assert set(clusters.index[clusters["label"] < 0]) == flagged
    assert (clusters.loc[sorted(flagged), "reason"] != "").all()
    before = pd.read_csv(tmp_path / "alone" / "clusters.csv", keep_default_na=False, index_col="track_id")
    assert (clusters.loc[songs, "seconds"] == before.loc[songs, "seconds"]).all()
    paths = [str(library / name) for name in clusters.index]
    extractor = AudioFeatureExtractor(excerpts=5, on_error="ignore", memory=str(cache))
    mixed = extractor.extract(paths).table.set_index(clusters.index).loc[songs]
    pd.testing.assert_frame_equal(
        mixed.reset_index(drop=True), extractor.extract([str(cc_songs / "audio" / name) for name in songs]).table
    )
