"""Running study files, and resuming after an interruption."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from skvae.experiments import Comparison, parse_study, run_study

VALID = "representations: [raw]\nclusterers: [kmeans]\n"
INTERRUPTED = """
representations: [pca, vae, beta-vae-4]
alone: false
clusterers: [kmeans]
seeds: 2
latent_dim: 2
settings: {max_epochs: 30}
metrics: [ami]
"""


@pytest.fixture(scope="module")
def feature_file(tmp_path_factory):
    """CSV file with features and labels of 60 songs."""
    rng = np.random.default_rng(0)
    genre = np.arange(60) % 3
    values = 2 * rng.normal(size=(3, 8))[genre] + rng.normal(size=(60, 8))
    table = pd.DataFrame(values, columns=[f"audio__{i}" for i in range(4)] + [f"lyrics__{i}" for i in range(4)])
    table.insert(0, "track_id", [f"song-{i}" for i in range(60)])
    path = tmp_path_factory.mktemp("songs") / "songs.csv"
    table.assign(genre=genre, language=np.arange(60) % 2).to_csv(path, index=False)
    return path


def test_the_source_is_relative_to_the_study_file(feature_file, tmp_path):
    path = feature_file.parent / "study.yaml"
    path.write_text(VALID + "source: songs.csv\nseeds: 1\nmetrics: [ami]\nalone: false\n")
    found = run_study(path, tmp_path / "out")
    assert found.about_["labels"] == ["genre", "language"]
    assert found.table_.query("metric == 'ami' and label == 'genre'")["value"].iloc[0] > 0.3
    with pytest.raises(ValueError, match="has no source"):
        run_study(parse_study(VALID), tmp_path / "out")


@pytest.mark.slow
def test_a_killed_study_resumes_and_gives_the_same_results(feature_file, tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(INTERRUPTED)
    out = tmp_path / "out"
    options = ["compare", study, "--source", feature_file, "--out", out, "--n-jobs", "2"]
    code = f"from skvae.cli import main; main({[str(option) for option in options]})"
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    deadline = time.monotonic() + 200
    while len(found := list(out.glob("cache/units/*/*.npz"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)  # including the workers
    process.communicate()
    assert found
    assert not (out / "results.csv").exists()
    before = {path: path.stat().st_mtime_ns for path in out.glob("cache/units/*/*.npz")}
    resumed = run_study(study, out, source=feature_file, n_jobs=1)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    complete = run_study(study, tmp_path / "complete", source=feature_file, n_jobs=1)
    assert len(list(out.glob("cache/units/*/*.npz"))) == len(list((tmp_path / "complete").glob("cache/units/*/*.npz")))
    seconds = ["fit_seconds", "cluster_seconds"]
    pd.testing.assert_frame_equal(resumed.table_.drop(columns=seconds), complete.table_.drop(columns=seconds))
    assert resumed.errors_.empty
    assert len(Comparison.load(out).table_) == len(complete.table_)
