"""Labels of all rows from clusterers with and without a predict method, and from subsamples."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, KMeans, SpectralClustering
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from skvae.cluster._subsample import fit_on_subsample
from skvae.report.run._clusterers import CLUSTERERS


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, n_features=4, centers=3, cluster_std=0.5, random_state=1)


@pytest.mark.parametrize("name", CLUSTERERS)
def test_each_clusterer_finds_separate_clusters(name, blobs):
    Z, truth = blobs
    labels, predictor = fit_on_subsample(CLUSTERERS[name](3, 0), Z, sample_size=60)
    assert adjusted_rand_score(truth, labels) == 1
    np.testing.assert_array_equal(predictor.predict(Z), labels)
    assert sorted(set(labels)) == [0, 1, 2]


@pytest.mark.parametrize("name", ["agglomerative", "spectral"])
def test_rows_outside_the_subsample_get_the_label_of_the_nearest_row(name, blobs):
    Z, truth = blobs
    labels, predictor = fit_on_subsample(CLUSTERERS[name](3, 0), Z, sample_size=30, random_state=0)
    assert adjusted_rand_score(truth, labels) == 1
    np.testing.assert_array_equal(predictor.predict(Z), labels)


def test_labels_equal_those_of_the_clusterer(blobs):
    clusterer = KMeans(3, n_init=1, random_state=0)
    np.testing.assert_array_equal(fit_on_subsample(clusterer, blobs[0], sample_size=2)[0], clusterer.labels_)


def test_other_clusterers_use_all_rows_and_keep_noise(blobs):
    clusterer = DBSCAN(eps=0.8)
    labels, predictor = fit_on_subsample(clusterer, blobs[0], sample_size=2)
    assert len(clusterer.labels_) == 60
    assert (labels == -1).any()
    np.testing.assert_array_equal(labels, clusterer.labels_)
    np.testing.assert_array_equal(predictor.predict(blobs[0]), labels)


def test_number_of_neighbors_is_limited_by_the_subsample(blobs):
    clusterer = SpectralClustering(2, affinity="nearest_neighbors", n_neighbors=30, random_state=0)
    fit_on_subsample(clusterer, blobs[0], sample_size=12, random_state=0)
    assert clusterer.n_neighbors == 11
