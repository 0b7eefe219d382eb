"""All metrics of one clustering and their chance levels."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs

from skvae.metrics import METRICS, chance_metrics, cluster_metrics

WITH_LABELS = [name for name, metric in METRICS.items() if metric.needs_labels]
INTERNAL = [name for name in METRICS if name not in WITH_LABELS]


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, centers=3, cluster_std=0.5, random_state=0)


def test_all_metrics_are_computed(blobs):
    X, y = blobs
    values = cluster_metrics(X, y, np.array(["rock", "jazz", "folk"])[y])
    assert list(values) == list(METRICS)
    assert all(isinstance(value, float) for value in values.values())
    for name in WITH_LABELS:
        assert values[name] == pytest.approx(1)
    assert values["silhouette"] > 0.5
    assert cluster_metrics(X, y, y, names=["ami", "silhouette"]) == {
        "ami": pytest.approx(1),
        "silhouette": values["silhouette"],
    }
    assert list(chance_metrics(X, y, y, names=["purity"])) == ["purity"]
    with pytest.raises(ValueError, match=r"unknown metric: 'arj'. Available metrics: silhouette"):
        cluster_metrics(X, y, names=["arj"])


def test_undefined_metrics_are_nan(blobs):
    X, y = blobs
    gaps = np.where(np.arange(120).reshape(60, 2) % 11 == 0, np.nan, X)

    def undefined(values):
        return {name for name, value in values.items() if np.isnan(value)}

    assert undefined(cluster_metrics(X, y)) == set(METRICS) - set(INTERNAL)
    assert undefined(cluster_metrics(X, y, [None] * 60)) == set(METRICS) - set(INTERNAL)
    assert undefined(cluster_metrics(None, y, y)) == set(INTERNAL)
    assert undefined(cluster_metrics(X, [0] * 60, y)) == set(INTERNAL)
    assert undefined(cluster_metrics(gaps, y, y)) == {"calinski_harabasz", "davies_bouldin"}


def test_rows_without_a_true_label_are_used_by_internal_metrics_only(blobs):
    X, y = blobs
    genres = np.array(["rock", "jazz", "folk"], dtype=object)[y]
    genres[::2] = None
    values = cluster_metrics(X, y, pd.Series(genres))
    assert values["ami"] == pytest.approx(1)
    assert values["silhouette"] == cluster_metrics(X, y)["silhouette"]
    with pytest.raises(ValueError, match="labels_true has 59 rows, but labels_pred has 60 rows"):
        cluster_metrics(X, y, genres[:-1])


def test_labeling_difficult_rows_as_noise_does_not_improve_the_scores(blobs):
    """The ARI would be perfect and the silhouette better without the difficult rows."""
    X, y = blobs
    hard = np.arange(60) % 3 == 0
    true = np.where(hard, y[::-1], y)
    hidden = np.where(hard, -1, y)
    values = cluster_metrics(X, hidden, true)
    assert values == cluster_metrics(X, np.where(hard, 3, y), true)
    assert values["ari"] < cluster_metrics(X[~hard], y[~hard], true[~hard])["ari"] == pytest.approx(1)
    assert values["silhouette"] < cluster_metrics(X, y)["silhouette"]


def test_direction_of_each_metric_is_correct(blobs):
    X, y = blobs
    good, bad = cluster_metrics(X, y, y), chance_metrics(X, y, y)
    for name, metric in METRICS.items():
        assert (good[name] > bad[name]) == (metric.direction == "higher")
        assert metric.direction in ("higher", "lower")


def test_chance_levels_are_reproducible_and_near_their_expectation(blobs):
    X, y = blobs
    values = chance_metrics(X, y, y, n_permutations=20)
    assert values == chance_metrics(X, y, y, n_permutations=20)
    assert abs(values["ari"]) < 0.05
    assert abs(values["ami"]) < 0.05
    assert 1 / 3 < values["purity"] < 0.55
    assert abs(values["silhouette"]) < 0.1
