"""Initial partitions: labels, memberships and subsamples."""

import numpy as np
import pytest
from scipy.stats import median_abs_deviation
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from skvae.cluster import _initialization
from skvae.cluster._initialization import PARTITIONS, compute_initial_partition


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(200, n_features=5, centers=3, cluster_std=0.7, random_state=2)


@pytest.mark.parametrize("init", PARTITIONS)
@pytest.mark.parametrize("subsample", [60, 1000, None])
def test_clusters_are_found_with_and_without_a_subsample(init, subsample, blobs):
    X, y = blobs
    labels, memberships = compute_initial_partition(X, 3, init=init, n_init=2, seed=0, subsample=subsample)
    assert adjusted_rand_score(y, labels) == 1
    assert memberships.shape == (200, 3)
    assert np.allclose(memberships.sum(axis=1), 1)
    assert np.array_equal(memberships.argmax(axis=1), labels)


# Parameter `covariance_type` that may lead to each covariance type.
PARAMETERS = {"full": "full", "tied": "full", "diag": "diag"}


def three_components(Z, kind, n_init):
    """Fit the best mixture of a covariance type, with the lower bound of the variances in `partition_gmm`."""
    floor = 1e-3 * np.square(median_abs_deviation(Z, scale="normal")).mean()
    return GaussianMixture(3, covariance_type=kind, n_init=n_init, reg_covar=floor, random_state=0).fit(Z)


@pytest.mark.parametrize("kind", PARAMETERS)
def test_components_share_a_covariance_if_the_clusters_do(kind):
    rng = np.random.default_rng(0)
    y, shapes = np.arange(600) % 3, rng.normal(size=(1 if kind == "tied" else 3, 8, 8))
    Z = 3 * rng.normal(size=(3, 8))[y] + np.einsum("nij,nj->ni", shapes[y % len(shapes)], rng.normal(size=(600, 8)))
    _, memberships = compute_initial_partition(Z, 3, init="gmm", n_init=2, seed=0, covariance_type=PARAMETERS[kind])
    found = {other: three_components(Z, other, n_init=2).predict_proba(Z) for other in PARAMETERS}
    assert [other for other in found if np.array_equal(memberships, found[other])] == [kind]


@pytest.mark.parametrize("kind", PARAMETERS)
def test_components_of_one_row_are_avoided(kind):
    Z = np.random.default_rng(1).normal(size=(40, 3))
    assert np.bincount(three_components(Z, kind, n_init=10).predict(Z)).min() == 1
    labels, _ = compute_initial_partition(Z, 3, init="gmm", n_init=10, seed=0, covariance_type=PARAMETERS[kind])
    assert np.bincount(labels).min() > 1


def test_components_of_one_row_are_used_if_necessary():
    Z = np.random.default_rng(0).normal(size=(5, 3))
    labels, _ = compute_initial_partition(Z, 4, init="gmm", n_init=2, seed=0)
    assert np.unique(labels).tolist() == [0, 1, 2, 3]


def test_rows_of_the_subsample_keep_their_memberships_in_the_graph():
    X = np.random.default_rng(0).normal(size=(200, 3))  # The table has no clusters, so the memberships are mixed.
    rows = _initialization.sample_rows(200, 60, 0)
    labels, memberships = compute_initial_partition(X, 3, init="umap", n_init=1, seed=0, subsample=60)
    alone, shares = compute_initial_partition(X[rows], 3, init="umap", n_init=1, seed=0)
    assert np.array_equal(labels[rows], alone)
    assert np.array_equal(memberships[rows], shares)
    others = np.setdiff1d(np.arange(200), rows)
    assert np.array_equal(memberships[others].argmax(axis=1), labels[others])
    assert np.isin((memberships[others] * 10).round(9), np.arange(11)).all()  # Fractions of the ten nearest neighbors.


@pytest.mark.parametrize("subsample", [60, 1000])
def test_no_cluster_is_empty_if_a_component_has_no_row(subsample, blobs, monkeypatch):
    monkeypatch.setattr(_initialization, "partition_graph", lambda graph, Z, *rest: np.arange(len(Z)) % 2)
    labels, memberships = compute_initial_partition(blobs[0], 3, init="umap", n_init=1, seed=0, subsample=subsample)
    assert np.unique(labels).tolist() == [0, 1, 2]
    assert np.array_equal(memberships, np.eye(3)[labels])
