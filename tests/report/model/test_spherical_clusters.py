"""Membership probabilities of spherical clusters."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs

from skvae.report.model._spherical_clusters import SphericalClusters


def membership_of(Z, labels):
    return SphericalClusters.fit(Z, labels).membership(Z, labels)


@given(seed=st.integers(0, 1000), k=st.integers(2, 4))
@settings(deadline=None, max_examples=20)
def test_membership_is_a_probability_and_one_for_distant_clusters(seed, k):
    Z, labels = make_blobs(30, n_features=3, centers=k, random_state=seed)
    membership = membership_of(Z, labels)
    assert ((membership >= 0) & (membership <= 1)).all()
    np.testing.assert_allclose(membership_of(Z + 1000 * labels[:, None], labels), 1)


def test_membership_of_identical_clusters_is_the_cluster_weight():
    Z = np.tile([[0.0], [1.0]], (6, 1))
    labels = np.repeat([0, 1, 1], 4)
    np.testing.assert_allclose(membership_of(Z, labels), np.where(labels == 0, 1 / 3, 2 / 3))


def test_membership_is_the_posterior_of_the_gaussian_mixture():
    """Bayes' rule for two spherical Gaussians with centers 1 and 9, variance 1 and equal weights."""
    Z = np.array([[0.0], [2.0], [8.0], [10.0]])
    labels = np.array([0, 0, 1, 1])
    odds = np.exp((((Z - 9) ** 2 - (Z - 1) ** 2) / 2).ravel())
    first = odds / (1 + odds)
    np.testing.assert_allclose(membership_of(Z, labels), np.where(labels == 0, first, 1 - first))
