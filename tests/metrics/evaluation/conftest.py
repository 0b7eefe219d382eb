"""Fixtures of the evaluation: a clustering and its scores."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from skvae.metrics import evaluate_clusters


@pytest.fixture(scope="session")
def blobs():
    """Table, true labels and clusters."""
    X, y = make_blobs(150, n_features=4, centers=3, cluster_std=2.5, random_state=3)
    return X, y, KMeans(3, n_init=3, random_state=0).fit_predict(X)


@pytest.fixture(scope="session")
def table(blobs):
    """Scores with an informative and a random label, in two spaces."""
    X, y, pred = blobs
    labels = {"genre": np.array(["rock", "jazz", "folk"])[y], "coin": np.random.default_rng(0).integers(2, size=150)}
    return evaluate_clusters(pred, labels, {"input": X, "halved": X[:, :2]}, n_permutations=30, n_resamples=60)
