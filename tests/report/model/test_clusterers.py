"""Numbers of clusters, memberships and neighbours: laws, and what happens above the stated sample sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs

from skvae.report.model import _clusterers
from skvae.report.model._clusterers import RoundClusters, choose_n_clusters, nearest_rows


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, n_features=4, centers=3, cluster_std=0.5, random_state=1)


def soft_membership(Z, labels):
    return RoundClusters.fit(Z, labels).membership(Z, labels)


@given(seed=st.integers(0, 1000), k=st.integers(2, 4))
@settings(deadline=None, max_examples=20)
def test_membership_is_a_probability_and_high_where_clusters_are_apart(seed, k):
    Z, labels = make_blobs(30, n_features=3, centers=k, random_state=seed)
    membership = soft_membership(Z, labels)
    assert ((membership >= 0) & (membership <= 1)).all()
    # Apart, it grows towards certainty; on top of each other, it falls to the cluster's share.
    apart = Z + 1000 * labels[:, None]
    np.testing.assert_allclose(soft_membership(apart, labels), 1)


def test_membership_of_indistinct_clusters_is_their_share():
    Z = np.tile([[0.0], [1.0]], (6, 1))
    labels = np.repeat([0, 1, 1], 4)
    np.testing.assert_allclose(soft_membership(Z, labels), np.where(labels == 0, 1 / 3, 2 / 3))


def test_membership_agrees_with_its_mixture():
    """Bayes' rule written out for two round Gaussians of one variance."""
    Z = np.array([[0.0], [2.0], [8.0], [10.0]])
    labels = np.array([0, 0, 1, 1])
    odds = np.exp((((Z - 9) ** 2 - (Z - 1) ** 2) / 2).ravel())  # variance 1 about centres 1 and 9, equal shares
    first = odds / (1 + odds)
    np.testing.assert_allclose(soft_membership(Z, labels), np.where(labels == 0, first, 1 - first))


@given(seed=st.integers(0, 1000), n=st.integers(2, 12))
@settings(deadline=None, max_examples=20)
def test_nearest_are_the_nearest_others(seed, n):
    Z = np.random.default_rng(seed).standard_normal((n, 2))
    nearest = nearest_rows(Z)
    distance = np.linalg.norm(Z[:, None] - Z, axis=2)
    np.fill_diagonal(distance, np.inf)
    np.testing.assert_array_equal(nearest, np.argsort(distance, axis=1)[:, : min(3, n - 1)])


def test_nearest_of_equal_rows_never_holds_the_row_itself():
    nearest = nearest_rows(np.zeros((8, 2)))
    assert nearest.shape == (8, 3)
    assert not (nearest == np.arange(8)[:, None]).any()


def test_nearest_come_from_a_sample_above_its_size(monkeypatch):
    monkeypatch.setattr(_clusterers, "SAMPLE_NEIGHBOURS", 10)
    Z = np.random.default_rng(0).standard_normal((50, 2))
    nearest = nearest_rows(Z, random_state=0)
    assert len(np.unique(nearest)) <= 10
    assert not (nearest == np.arange(50)[:, None]).any()


def test_the_true_number_is_chosen(blobs, monkeypatch):
    found = choose_n_clusters(blobs[0], random_state=0)
    assert found.n_clusters == 3
    assert sorted(set(found.curve["n_clusters"])) == list(range(2, 13))
    monkeypatch.setattr(_clusterers, "SAMPLE_N_CLUSTERS", 30)
    found = choose_n_clusters(blobs[0], random_state=0)
    assert found.n_clusters == 3
    assert found.curve["n_clusters"].max() == 6


def test_of_few_rows_two_is_tried():
    found = choose_n_clusters(np.arange(8.0).reshape(4, 2), random_state=0)
    assert found.n_clusters == found.low == found.high == 2
