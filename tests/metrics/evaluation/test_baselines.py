"""Baselines without a model."""

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from skvae.metrics import evaluate_baselines, evaluate_clusters

FEW = {"n_permutations": 30, "n_resamples": 60}


def test_baselines_are_ranked_together_with_the_model(blobs):
    X, y, pred = blobs
    gaps = X.copy()
    gaps[::5, :2] = np.nan
    gaps[0] = np.nan
    settings = {"spaces": {"input": X}, "names": ["ami", "silhouette"], **FEW}
    table = pd.concat(
        [
            evaluate_clusters(pred, y, method="model", **settings),
            evaluate_baselines(gaps, y, KMeans(3, n_init=3, random_state=0), n_components=2, **settings),
        ]
    )
    assert table["method"].unique().tolist() == ["model", "raw", "pca"]
    assert table["n_noise"].unique().tolist() == [0, 1]
    assert (table["n_clusters"] == 3).all()
    ranking = table.ranking("ami")
    assert ranking["rank"].notna().all()
    assert ranking["value"].is_monotonic_decreasing
    assert (ranking["value"] > 0.2).all()
    assert table.ranking("silhouette")["rank"].notna().all()
