"""A new metric needs one registry entry."""

import pickle

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import rand_score

from skvae.metrics import (
    METRICS,
    Metric,
    cluster_metrics,
    evaluate_clusters,
    get_scorer,
)

FEW = {"n_permutations": 30, "n_resamples": 60}


def test_new_metric_is_in_the_table_and_in_the_scorers(blobs, monkeypatch):
    X, y, pred = blobs
    monkeypatch.setitem(METRICS, "rand", Metric(rand_score, "higher", needs_labels=True))
    monkeypatch.setitem(METRICS, "width", Metric(lambda X, labels_pred: float(np.ptp(X)), "lower", needs_labels=False))
    assert cluster_metrics(X, pred, y)["rand"] == rand_score(y, pred)
    table = evaluate_clusters(pred, y, {"input": X}, names=["rand", "width"], **FEW)
    assert table["metric"].tolist() == ["rand", "width"]
    assert table["value"].tolist() == [rand_score(y, pred), np.ptp(X)]
    assert table["low"].notna().all()
    model = KMeans(3, n_init=1, random_state=0).fit(X)
    assert pickle.loads(pickle.dumps(get_scorer("rand")))(model, X, y) == rand_score(y, model.labels_)
