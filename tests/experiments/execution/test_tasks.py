"""Clusterers and networks in a comparison, and reuse of stored results."""

import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from skvae.experiments import compare
from skvae.experiments.execution import _tasks


def test_equal_fits_run_once(songs, tmp_path, options):
    setup = options | {"alone": False, "out_dir": tmp_path}
    # Three names of the default VAE.
    first = compare(songs, ["vae", "beta-vae-1", "multimodal-vae-poe"], **setup)
    assert len({name for key, name in first.entries_.items() if len(key) == 2}) == 1
    stored = {path: path.stat().st_mtime_ns for path in tmp_path.glob("cache/units/*/*.npz")}
    again = compare(songs, ["vae", "beta-vae-1", "multimodal-vae-poe"], **setup)
    assert stored == {path: path.stat().st_mtime_ns for path in tmp_path.glob("cache/units/*/*.npz")}
    pd.testing.assert_frame_equal(first.table_, again.table_)  # including the durations


def test_the_number_of_tasks_is_printed_without_a_terminal(songs, options, capsys):
    compare(songs, ["raw", "pca"], alone=False, **options | {"seeds": 1, "verbose": 1})
    printed = capsys.readouterr().err.splitlines()
    assert "latent representations: 2 tasks" in printed
    compare(songs, ["raw"], alone=False, **options | {"seeds": 1})
    assert "tasks" not in capsys.readouterr().err


def test_damaged_results_are_computed_again(songs, tmp_path, without_seconds, options):
    setup = options | {"alone": False, "out_dir": tmp_path}
    first = compare(songs, ["pca"], **setup)
    for path in tmp_path.glob("cache/units/*/*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    pd.testing.assert_frame_equal(without_seconds(first), without_seconds(compare(songs, ["pca"], **setup)))


@pytest.mark.slow
def test_umap_is_a_separate_space(songs, options):
    comparison = compare(songs, ["raw"], ["hdbscan", "hdbscan@umap", "kmeans@umap"], alone=False, **options)
    assert comparison.errors_.empty, comparison.errors_
    within = comparison.table_.query("label == '' and clusterer != ''")
    assert set(within.loc[within["space"] == "umap", "clusterer"]) == {"hdbscan@umap", "kmeans@umap"}


def test_vade_assigns_clusters(songs, options):
    vade = {"kind": "vade", "settings": {"init": "gmm"}}
    comparison = compare(songs, [vade], ["kmeans"], alone=False, n_clusters="genre", **options)
    assert comparison.table_["clusterer"].unique().tolist() == ["", "kmeans", "own"]
    assert set(comparison.labels("vade", "own", 0)) <= {0, 1, 2}


def test_a_pipeline_that_ends_in_a_clusterer_assigns_clusters(songs, options):
    both = make_pipeline(SimpleImputer(), KMeans(3, n_init=1))
    comparison = compare(songs, [("distances", both)], ["kmeans"], alone=False, **options)
    assert comparison.latent("distances", 0).shape == (48, 3)
    assert set(comparison.labels("distances", "own", 0)) == {0, 1, 2}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_every_clusterer_and_network_gives_scores(songs, options):
    names = ["kmeans", "minibatch-kmeans", "agglomerative", "agglomerative-average", "dbscan", "hdbscan", "spectral"]
    comparison = compare(
        songs, ["raw", "conv1d-vae", "conv2d-vae", "autoencoder"], [*names, "gmm", "birch"], alone=False, **options
    )
    assert comparison.errors_.empty, comparison.errors_
    measured = comparison.table_.query("representation == 'raw' and metric == 'ami' and label == 'genre'")
    assert measured.set_index("clusterer")["value"].notna().to_dict() == dict.fromkeys([*names, "gmm", "birch"], True)


def test_a_subsampled_clusterer_warns_and_labels_every_row(songs, monkeypatch, options):
    monkeypatch.setattr(_tasks, "MAX_PAIRWISE_ROWS", 30)
    comparison = compare(songs, ["raw"], ["kmeans", "agglomerative"], alone=False, **options)
    assert comparison.errors_.empty, comparison.errors_
    (warning,) = comparison.warnings_["reason"]
    assert "AgglomerativeClustering compares all pairs of rows. It was fitted on 30 of 48 rows" in warning
    assert (comparison.table_["n_noise"] == 0).all()
