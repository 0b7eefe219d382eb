"""Silhouette, Calinski-Harabasz and Davies-Bouldin scores."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import make_blobs

from skvae.metrics import METRICS

SCORES = {name: metric.function for name, metric in METRICS.items() if not metric.needs_labels}
every_score = pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, centers=3, cluster_std=0.5, random_state=0)


@every_score
def test_scores_equal_those_of_scikit_learn(score, blobs):
    X, y = blobs
    name = next(name for name, function in SCORES.items() if function is score)
    expected = getattr(metrics, f"{name}_score")(X, y)
    assert score(X, y) == pytest.approx(expected)
    assert score(X, [f"cluster {label}" for label in y]) == pytest.approx(expected)


@every_score
def test_noise_is_one_cluster_and_empty_rows_are_ignored(score, blobs):
    X, y = blobs
    some = np.arange(60) % 5 == 0
    assert score(X, np.where(some, -1, y)) == pytest.approx(score(X, np.where(some, 3, y)))
    gaps = np.where(some[:, None], np.nan, X)
    assert score(gaps, y) == pytest.approx(score(X[~some], y[~some]))


@every_score
@pytest.mark.parametrize("labels", [[0] * 60, [-1] * 60, range(60)], ids=["one", "noise", "each"])
def test_undefined_scores_are_nan(score, labels, blobs):
    assert np.isnan(score(blobs[0], labels))


@every_score
def test_invalid_input_raises(score, blobs):
    X, y = blobs
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        score(X, y[:-1])
    with pytest.raises(ValueError, match="labels_pred is missing"):
        score(X, [None, *y[1:]])
    with pytest.raises(ValueError, match="infinity"):
        score(np.where(X[0] == X, np.inf, X), y)


def test_silhouette_with_missing_values_equals_a_manual_computation():
    # The squared distance over one of two columns counts twice. Rows 2 and 4 have no common column.
    X = np.array([[0, 0], [0, 1], [3, np.nan], [3, 3], [np.nan, 4]], dtype=float)
    labels = [0, 0, 1, 1, 1]
    distances = np.array(
        [
            [0, 1, np.sqrt(18), np.sqrt(18), np.sqrt(32)],
            [1, 0, np.sqrt(18), np.sqrt(13), np.sqrt(18)],
            [np.sqrt(18), np.sqrt(18), 0, 0, np.nan],
            [np.sqrt(18), np.sqrt(13), 0, 0, np.sqrt(2)],
            [np.sqrt(32), np.sqrt(18), np.nan, np.sqrt(2), 0],
        ]
    )
    known = distances[np.triu_indices(5, 1)]
    distances[np.isnan(distances)] = known[~np.isnan(known)].mean()
    expected = metrics.silhouette_score(distances, labels, metric="precomputed")
    assert SCORES["silhouette"](X, labels) == pytest.approx(expected)


def test_sampled_silhouette_is_accurate_and_reproducible():
    X, y = make_blobs(1500, centers=4, cluster_std=2.0, random_state=1)
    silhouette = SCORES["silhouette"]
    sampled = silhouette(X, y, sample_size=500)
    assert sampled == silhouette(X, y, sample_size=500)
    assert sampled != silhouette(X, y, sample_size=500, random_state=1)
    assert sampled == pytest.approx(silhouette(X, y, sample_size=None), abs=0.03)
