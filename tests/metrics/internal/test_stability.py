"""Stability under resampling."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA

from skvae.metrics import stability_score


class RandomClusterer(ClusterMixin, BaseEstimator):
    """Assign random labels."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None):
        self.labels_ = np.random.RandomState(self.random_state).randint(4, size=len(X))
        return self


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(150, centers=3, cluster_std=0.5, random_state=1)[0]


def test_true_clusters_are_stable_and_random_clusters_are_not(blobs):
    assert stability_score(blobs, KMeans(3, n_init=3)) == pytest.approx(1)
    assert stability_score(blobs, KMeans(7, n_init=1)) < 0.9
    assert abs(stability_score(blobs, RandomClusterer())) < 0.03
    assert stability_score(blobs, KMeans(7, n_init=1)) == stability_score(blobs, KMeans(7, n_init=1))


def test_all_noise_and_single_clusters_are_nan(blobs):
    assert np.isnan(stability_score(blobs, DBSCAN(eps=1e-6)))
    assert np.isnan(stability_score(blobs, KMeans(1)))
    assert stability_score(blobs, DBSCAN(eps=1.5)) > 0.9


def test_invalid_input_raises(blobs):
    with pytest.raises(ValueError, match="X must have at least 3 rows for resampling, got 1"):
        stability_score(blobs[:1], KMeans(2))
    with pytest.raises(ValueError, match="'clusterer' parameter"):
        stability_score(blobs, PCA())
