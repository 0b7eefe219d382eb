"""Command `skvae cluster`."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile

from skvae import AudioFeatureExtractor
from skvae.cli._library import load_source


def test_clustering_a_folder_writes_all_results(run, library, playlist_paths):
    out, _ = run
    clusters = pd.read_csv(out / "clusters.csv", keep_default_na=False)
    tracks = {path.relative_to(library).as_posix() for path in library.rglob("*") if path.suffix in (".wav", ".flac")}
    assert sorted(clusters["track_id"]) == sorted(tracks)
    assert clusters.query("label < 0")[["track_id", "reason"]].to_numpy().tolist() == [
        ["en/empty.flac", "audio: empty file; no lyrics"]
    ]
    assert set(clusters["language"]) == {"en", "es"}

    assert sorted(path.resolve() for path in playlist_paths(out)) == sorted(library.resolve().rglob("*.wav"))
    for name in ("latent.npz", "map.png", "history.png", "metrics.csv", "model/pipeline.skvae"):
        assert (out / name).stat().st_size > 0
    assert json.loads((out / "run.json").read_text("utf-8"))["settings"]["random_state"] == 0


def test_the_console_shows_counts_failures_and_scores(run):
    out, output = run
    assert "12 of 13 tracks in 2 clusters, 1 could not be used" in output
    assert "en/empty.flac: audio: empty file; no lyrics" in output
    metrics = pd.read_csv(out / "metrics.csv", dtype=str, keep_default_na=False)
    assert metrics["method"].tolist() == ["raw + KMeans", "PCA + KMeans", "VAE + KMeans", "chance"]
    metrics = metrics.loc[:, (metrics != "").any()].replace("", "-")
    for row in metrics.to_numpy():
        assert " ".join(row).split() in [line.split() for line in output.splitlines()]


def test_standard_error_has_one_line_per_stage(skvae, features, fast, tmp_path):
    result = skvae("cluster", features[0], "--out", tmp_path / "out", *fast)
    assert result.exit_code == 0, result.output
    stages = [line.split(": ") for line in result.stderr.splitlines() if not line.startswith("Note")]
    assert [name for name, _ in stages] == ["scaling", "training", "comparison", "map", "writing"]
    assert re.fullmatch(r"5 epochs, 2 clusters, \d+(.\d)? s", dict(stages)["training"])
    timings = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["timings"]
    assert list(timings) == [name for name, _ in stages]


def test_a_cached_run_on_a_table_gives_the_same_result(skvae, table, tmp_path):
    options = ["--model", "pca", "--n-clusters", "auto", "--memory", tmp_path / "cache", "--n-jobs", "1"]
    for name in ("first", "second"):
        result = skvae("cluster", table, "--out", tmp_path / name, *options)
        assert result.exit_code == 0, result.output
    assert "has lyrics: clustering uses audio only" in result.stdout
    assert (tmp_path / "first" / "clusters.csv").read_bytes() == (tmp_path / "second" / "clusters.csv").read_bytes()
    curve = pd.read_csv(tmp_path / "first" / "n_clusters.csv")
    assert list(curve) == ["criterion", "n_clusters", "value", "error"]
    assert set(curve["criterion"]) == {"bic", "icl", "stability", "gap"}
    assert (tmp_path / "first" / "n_clusters.png").is_file()
    assert any((tmp_path / "cache").iterdir())


@pytest.mark.parametrize("source", ["table", "folder"])
def test_scores_against_a_condition_are_marked_as_leaked(source, skvae, library, features, fast, tmp_path):
    out = tmp_path / "out"
    arguments = [library, "--folders", "language"] if source == "folder" else [features[0]]
    result = skvae("cluster", *arguments, "--out", out, "--condition", "language", *fast)
    assert result.exit_code == 0, result.output
    assert pd.read_csv(out / "metrics.csv")["leaked"][2] == "ami_language"
    assert "leaked" in result.stdout


def test_a_note_mentions_a_track_table_in_the_folder(library, tmp_path, capsys):
    folder = shutil.copytree(library, tmp_path / "music")
    load_source(folder, None)
    assert "tracks.csv" not in capsys.readouterr().err
    (folder / "tracks.csv").write_text("audio\n")
    load_source(folder, None)
    assert "contains tracks.csv, which is not used. To use it, pass this file." in capsys.readouterr().err


@pytest.mark.slow
def test_real_songs_from_a_table(skvae, playlist_paths, cc_songs, tmp_path):
    result = skvae("cluster", cc_songs / "tracks.csv", "--out", tmp_path / "out", "--n-jobs", "2")
    assert result.exit_code == 0, result.output
    assert "27 of 27 tracks in 5 clusters" in result.stdout
    paths = [path.resolve() for path in playlist_paths(tmp_path / "out")]
    assert sorted(paths) == sorted((cc_songs / "audio").resolve().iterdir())


@pytest.mark.slow
def test_damaged_files_are_reported_and_do_not_change_the_other_tracks(skvae, cc_songs, write_tone, tmp_path):
    library = tmp_path / "library"
    shutil.copytree(cc_songs / "audio", library)
    cache = tmp_path / "cache"
    alone = skvae("cluster", library, "--out", tmp_path / "alone", "--n-jobs", "2", "--memory", cache)
    assert alone.exit_code == 0, alone.output
    songs = sorted(path.name for path in library.iterdir())

    unusable = {"text.mp3", "empty.ogg", "blink.wav", "silence.wav"}
    (library / "text.mp3").write_text("this file contains text instead of audio\n" * 20)
    (library / "empty.ogg").write_bytes(b"")
    write_tone(library / "blink.wav", 1, seconds=0.1)
    soundfile.write(library / "silence.wav", np.zeros(5 * 22050), 22050)
    complete = (
        (library / songs[3]).with_suffix(".mp3") if songs[3].endswith(".mp3") else library / "doromusis-vernderung.mp3"
    )
    (library / "truncated.mp3").write_bytes(complete.read_bytes()[: complete.stat().st_size // 3])
    write_tone(library / "eight channels.wav", 2, seconds=4, sample_rate=96000, channels=8)
    write_tone(library / "বাংলা গান.wav", 3, seconds=4)
    write_tone(library / 'it\'s "quoted" & spaced.wav', 4, seconds=4)

    result = skvae("cluster", library, "--out", tmp_path / "out", "--n-jobs", "2", "--memory", cache)
    assert result.exit_code == 0, result.output
    assert "Traceback" not in result.output
    clusters = pd.read_csv(tmp_path / "out" / "clusters.csv", keep_default_na=False, index_col="track_id")
    assert sorted(clusters.index) == sorted(path.name for path in library.iterdir())
    assert set(clusters.index[clusters["label"] < 0]) == unusable
    assert (clusters.loc[sorted(unusable), "reason"] != "").all()
    before = pd.read_csv(tmp_path / "alone" / "clusters.csv", keep_default_na=False, index_col="track_id")
    assert (clusters.loc[songs, "seconds"] == before.loc[songs, "seconds"]).all()
    paths = [str(library / name) for name in clusters.index]
    extractor = AudioFeatureExtractor(excerpts=5, on_error="ignore", memory=str(cache))
    mixed = extractor.extract(paths).table.set_index(clusters.index).loc[songs]
    pd.testing.assert_frame_equal(
        mixed.reset_index(drop=True), extractor.extract([str(cc_songs / "audio" / name) for name in songs]).table
    )
