"""Stability under resampling, and the trustworthiness of maps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from skvae.metrics import stability_score, trustworthiness_score


class ByChance(ClusterMixin, BaseEstimator):
    """Throws dice."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None):
        self.labels_ = np.random.RandomState(self.random_state).randint(4, size=len(X))
        return self


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(150, centers=3, cluster_std=0.5, random_state=1)[0]


def test_stability_of_what_is_there_and_of_dice(blobs):
    assert stability_score(blobs, KMeans(3, n_init=3)) == pytest.approx(1)
    assert stability_score(blobs, KMeans(7, n_init=1)) < 0.9
    assert abs(stability_score(blobs, ByChance())) < 0.03
    assert stability_score(blobs, KMeans(7, n_init=1)) == stability_score(blobs, KMeans(7, n_init=1))


def test_calling_everything_noise_is_not_stable(blobs):
    assert np.isnan(stability_score(blobs, DBSCAN(eps=1e-6)))
    assert np.isnan(stability_score(blobs, KMeans(1)))
    assert stability_score(blobs, DBSCAN(eps=1.5)) > 0.9


def test_stability_names_wrong_input(blobs):
    with pytest.raises(ValueError, match="X has 1 rows"):
        stability_score(blobs[:1], KMeans(2))
    with pytest.raises(ValueError, match="'clusterer' parameter"):
        stability_score(blobs, PCA())


@settings(deadline=None, max_examples=25)
@given(n=st.integers(8, 60), k=st.integers(1, 3), seed=st.integers(0, 100))
def test_trustworthiness_agrees_with_scikit_learn(n, k, seed):
    rng = np.random.default_rng(seed)
    X, Z = rng.normal(size=(n, 5)), rng.normal(size=(n, 2))
    assert trustworthiness_score(X, Z, n_neighbors=k) == pytest.approx(trustworthiness(X, Z, n_neighbors=k))
    assert trustworthiness_score(X, X @ np.diag([-2.0] * 5), n_neighbors=k) == pytest.approx(1)


def test_trustworthiness_of_a_map_and_of_dice():
    X = load_digits().data[:400]
    plane = PCA(2).fit_transform(X)
    good = trustworthiness_score(X, plane)
    assert good > 0.8
    assert trustworthiness_score(X, np.random.default_rng(0).normal(size=(400, 2))) == pytest.approx(0.5, abs=0.05)
    sampled = trustworthiness_score(X, plane, sample_size=200, random_state=1)
    assert sampled == trustworthiness_score(X, plane, sample_size=200, random_state=1) != good
    assert sampled == pytest.approx(good, abs=0.1)


def test_trustworthiness_with_gaps():
    X = load_digits().data[:100]
    plane = PCA(2).fit_transform(X)
    gaps, partly = np.vstack([X, np.full((3, 64), np.nan)]), X.copy()
    partly[::4, :10] = np.nan
    assert trustworthiness_score(gaps, np.vstack([plane, np.zeros((3, 2))])) == trustworthiness_score(X, plane)
    assert trustworthiness_score(partly, plane) == pytest.approx(trustworthiness_score(X, plane), abs=0.05)


def test_trustworthiness_names_wrong_input():
    X = np.random.default_rng(0).normal(size=(20, 3))
    with pytest.raises(ValueError, match="n_neighbors=15 with 20 rows; it must be less than half"):
        trustworthiness_score(X, X)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        trustworthiness_score(X, X[1:], n_neighbors=3)
