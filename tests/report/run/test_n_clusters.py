"""Automatic choice of the number of clusters."""

import numpy as np
from sklearn.datasets import make_blobs

from skvae.report.run import _n_clusters
from skvae.report.run._n_clusters import choose_n_clusters


def test_the_number_of_blobs_is_found(monkeypatch):
    Z, _ = make_blobs(60, n_features=4, centers=3, cluster_std=0.5, random_state=1)
    found = choose_n_clusters(Z, random_state=0)
    assert found.n_clusters == 3
    assert sorted(set(found.curve["n_clusters"])) == list(range(2, 13))
    monkeypatch.setattr(_n_clusters, "SAMPLE_N_CLUSTERS", 30)
    found = choose_n_clusters(Z, random_state=0)
    assert found.n_clusters == 3
    assert found.curve["n_clusters"].max() == 6


def test_only_two_clusters_are_tried_for_few_rows():
    found = choose_n_clusters(np.arange(8.0).reshape(4, 2), random_state=0)
    assert found.n_clusters == found.low == found.high == 2
