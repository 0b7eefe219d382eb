"""The command skvae compare, and studies on Dask."""

import joblib
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from skvae.cli import main
from skvae.experiments import compare

STUDY = """
representations: [raw, multimodal-vae-late, conditional-vae-mood]
clusterers: [kmeans]
settings: {max_epochs: 2}
latent_dim: 2
metrics: [ami, silhouette]
seeds: 2
"""


def skvae(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    genre = np.arange(30) % 2
    table = pd.DataFrame(3 * genre[:, None] + rng.normal(size=(30, 3)), columns=["audio__0", "audio__1", "lyrics__0"])
    (tmp_path / "songs").mkdir()
    table.assign(track_id=range(30), genre=genre).to_csv(tmp_path / "songs" / "songs.csv", index=False)
    (tmp_path / "study.yaml").write_text(STUDY + "source: songs/songs.csv\n")
    return tmp_path


@pytest.mark.slow
def test_a_study_runs_and_merges_with_another(folder):
    done = skvae("compare", folder / "study.yaml", "--out", folder / "one", "--seeds", 1, "--n-jobs", 1, "--keep")
    assert done.exit_code == 0, done.output
    assert "study: 30 rows, 9 representations" in done.output
    assert "conditional-vae-mood, seed 0 and 2 more: the condition column 'mood' is not in the table" in done.output
    assert "AMI with genre" in done.output
    assert (folder / "one" / "figures" / "heatmap.png").is_file()
    assert (folder / "one" / "runs" / "raw@audio" / "0" / "model.skvae").is_file()
    two = skvae("compare", folder / "study.yaml", "--out", folder / "two", "--n-jobs", 1)
    assert two.exit_code == 0, two.output
    done = skvae("compare", "--merge", folder / "one", folder / "two", "--out", folder / "both")
    assert done.exit_code == 0, done.output
    assert len(pd.read_csv(folder / "both" / "results.csv")) == len(pd.read_csv(folder / "two" / "results.csv"))


@pytest.mark.slow
def test_songs_are_generated_once(folder):
    text = "{representations: [raw], clusterers: [kmeans], seeds: 1, alone: false, metrics: [ami], n_clusters: 2, "
    text += "source: {make_songs: {n_songs: 8, duration: 1}}, describe: {duration: 1, excerpts: 1}}"
    (folder / "made.yaml").write_text(text)
    for _ in range(2):  # the second run uses the existing songs
        done = skvae("compare", folder / "made.yaml", "--out", folder / "made", "--n-jobs", 1)
        assert done.exit_code == 0, done.output
    assert "made: 8 rows, 1 representations" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hrad"], "the study file 'hrad' does not exist. Did you mean 'hard'"),
        (["bad.yaml"], "bad.yaml, line 1: seeds: must be a valid integer"),
        (["study.yaml", "--out", "songs/songs.csv"], "is a file"),
        (["--merge", "songs"], "contains no comparison"),
        (["study.yaml", "easy"], "must be one study without --merge"),
    ],
)
def test_invalid_arguments_exit_with_code_2(folder, monkeypatch, arguments, message):
    monkeypatch.chdir(folder)
    (folder / "bad.yaml").write_text("{representations: [raw], clusterers: [kmeans], seeds: few}")
    done = skvae("compare", "--out", "out", *arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning")
def test_dask_gives_the_same_table(folder):
    distributed = pytest.importorskip("distributed")
    table = pd.read_csv(folder / "songs" / "songs.csv").drop(columns="track_id")
    options = {"seeds": 1, "settings": {"max_epochs": 2}, "latent_dim": 2, "metrics": ["ami"], "alone": False}
    plain = compare(table, ["pca", "vae"], **options)
    with (
        distributed.Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"),
        joblib.parallel_config(backend="dask"),
    ):
        comparison = compare(table, ["pca", "vae"], **options)
    seconds = ["fit_seconds", "cluster_seconds"]
    pd.testing.assert_frame_equal(comparison.table_.drop(columns=seconds), plain.table_.drop(columns=seconds))
