"""Labels of all rows by clusterers that predict, that do not, and that are given a sample."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, KMeans, SpectralClustering
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from skvae.cluster._subsample import fit_on_subsample
from skvae.report.model._clusterers import CLUSTERERS


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, n_features=4, centers=3, cluster_std=0.5, random_state=1)


@pytest.mark.parametrize("name", CLUSTERERS)
def test_every_clusterer_finds_what_is_apart(name, blobs):
    Z, truth = blobs
    labels, predictor = fit_on_subsample(CLUSTERERS[name](3, 0), Z, sample_size=60)
    assert adjusted_rand_score(truth, labels) == 1
    np.testing.assert_array_equal(predictor.predict(Z), labels)
    assert sorted(set(labels)) == [0, 1, 2]


@pytest.mark.parametrize("name", ["agglomerative", "spectral"])
def test_above_the_sample_size_the_others_follow_their_nearest(name, blobs):
    Z, truth = blobs
    labels, predictor = fit_on_subsample(CLUSTERERS[name](3, 0), Z, sample_size=30, random_state=0)
    assert adjusted_rand_score(truth, labels) == 1
    np.testing.assert_array_equal(predictor.predict(Z), labels)


def test_labels_are_those_of_the_fitted_clusterer(blobs):
    clusterer = KMeans(3, n_init=1, random_state=0)
    np.testing.assert_array_equal(fit_on_subsample(clusterer, blobs[0], sample_size=2)[0], clusterer.labels_)


def test_what_compares_no_pairs_is_given_all_rows_and_noise_stays_noise(blobs):
    clusterer = DBSCAN(eps=0.8)
    labels, predictor = fit_on_subsample(clusterer, blobs[0], sample_size=2)
    assert len(clusterer.labels_) == 60
    assert (labels == -1).any()
    np.testing.assert_array_equal(labels, clusterer.labels_)
    np.testing.assert_array_equal(predictor.predict(blobs[0]), labels)


def test_no_more_neighbours_than_rows_are_asked_for(blobs):
    clusterer = SpectralClustering(2, affinity="nearest_neighbors", n_neighbors=30, random_state=0)
    fit_on_subsample(clusterer, blobs[0], sample_size=12, random_state=0)
    assert clusterer.n_neighbors == 11
