"""First partitions: labels, memberships, and tables of more rows than a graph has."""

import numpy as np
import pytest
from scipy.stats import median_abs_deviation
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from skvae.cluster import _initialization
from skvae.cluster._initialization import PARTITIONS, first_partition


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(200, n_features=5, centers=3, cluster_std=0.7, random_state=2)


@pytest.mark.parametrize("init", PARTITIONS)
@pytest.mark.parametrize("subsample", [60, 1000, None])
def test_groups_are_found_in_all_rows_or_in_a_sample(init, subsample, blobs):
    X, y = blobs
    labels, memberships = first_partition(X, 3, init=init, n_init=2, seed=0, subsample=subsample)
    assert adjusted_rand_score(y, labels) == 1
    assert memberships.shape == (200, 3)
    assert np.allclose(memberships.sum(axis=1), 1)
    assert np.array_equal(memberships.argmax(axis=1), labels)


# The `covariance_type` that each kind of mixture is found under.
ASKED = {"full": "full", "tied": "full", "diag": "diag"}


def three_components(Z, kind, n_init):
    """The likeliest mixture of a kind, with the floor of `partition_gmm`."""
    floor = 1e-3 * np.square(median_abs_deviation(Z, scale="normal")).mean()
    return GaussianMixture(3, covariance_type=kind, n_init=n_init, reg_covar=floor, random_state=0).fit(Z)


@pytest.mark.parametrize("kind", ASKED)
def test_components_share_a_covariance_where_it_is_one(kind):
    rng = np.random.default_rng(0)
    y, shapes = np.arange(600) % 3, rng.normal(size=(1 if kind == "tied" else 3, 8, 8))
    Z = 3 * rng.normal(size=(3, 8))[y] + np.einsum("nij,nj->ni", shapes[y % len(shapes)], rng.normal(size=(600, 8)))
    _, memberships = first_partition(Z, 3, init="gmm", n_init=2, seed=0, covariance_type=ASKED[kind])
    found = {other: three_components(Z, other, n_init=2).predict_proba(Z) for other in ASKED}
    assert [other for other in found if np.array_equal(memberships, found[other])] == [kind]


@pytest.mark.parametrize("kind", ASKED)
def test_no_component_closes_on_a_single_row_where_a_start_does_without(kind):
    Z = np.random.default_rng(1).normal(size=(40, 3))
    assert np.bincount(three_components(Z, kind, n_init=10).predict(Z)).min() == 1
    labels, _ = first_partition(Z, 3, init="gmm", n_init=10, seed=0, covariance_type=ASKED[kind])
    assert np.bincount(labels).min() > 1


def test_single_rows_are_components_where_there_are_hardly_more_rows():
    Z = np.random.default_rng(0).normal(size=(5, 3))
    labels, _ = first_partition(Z, 4, init="gmm", n_init=2, seed=0)
    assert np.unique(labels).tolist() == [0, 1, 2, 3]


def test_a_sampled_row_keeps_the_neighbourhood_that_it_has_in_the_graph():
    X = np.random.default_rng(0).normal(size=(200, 3))  # no groups: neighbourhoods are mixed
    rows = _initialization.sample_rows(200, 60, 0)
    labels, memberships = first_partition(X, 3, init="umap", n_init=1, seed=0, subsample=60)
    alone, shares = first_partition(X[rows], 3, init="umap", n_init=1, seed=0)
    assert np.array_equal(labels[rows], alone)
    assert np.array_equal(memberships[rows], shares)
    others = np.setdiff1d(np.arange(200), rows)
    assert np.array_equal(memberships[others].argmax(axis=1), labels[others])
    assert np.isin((memberships[others] * 10).round(9), np.arange(11)).all()  # shares of ten nearest


@pytest.mark.parametrize("subsample", [60, 1000])
def test_a_component_without_a_row_leaves_no_group_empty(subsample, blobs, monkeypatch):
    monkeypatch.setattr(_initialization, "partition_graph", lambda graph, Z, *rest: np.arange(len(Z)) % 2)
    labels, memberships = first_partition(blobs[0], 3, init="umap", n_init=1, seed=0, subsample=subsample)
    assert np.unique(labels).tolist() == [0, 1, 2]
    assert np.array_equal(memberships, np.eye(3)[labels])
