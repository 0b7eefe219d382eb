"""What a clusterer finds without any model."""

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_array

from ._evaluate import evaluate_clusters


def evaluate_baselines(X, labels, clusterer, *, n_components=0.9, scale=True, random_state=0, **settings):
    """Measure the clusters of the features themselves, and of their principal components.

    A model is worth its training where it does better than both, with the same clusterer and as many clusters. What is
    missing is filled with the mean of its column over the rows that have it, after scaling; a row that lacks everything
    is in no cluster.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The table that the model was given, without conditions; may have gaps.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,)
        As for `evaluate_clusters`.
    clusterer : clusterer
        Cloned and fitted twice: give it the number of clusters of the model.
    n_components : int or float, default=0.9
        Of the `PCA`: how many, or their share of the variance.
    scale : bool, default=True
        Whether to standardise columns. False takes them as they are, as a `BlockScaler` may have made them.
    random_state : int, RandomState instance or None, default=0
        Governs PCA and evaluation. The clusterer has its own.
    **settings
        Of `evaluate_clusters`. Give the `spaces` in which the model's clusters are measured.

    Returns
    -------
    ScoreTable
        The rows of `evaluate_clusters` for the methods "raw" and "pca".

    See Also
    --------
    evaluate_clusters : The same for given clusters.
    skvae.BlockScaler : Gives blocks equal weight, whatever their numbers of columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import load_iris
    >>> from skvae.metrics import evaluate_baselines, evaluate_clusters
    >>> X, y = load_iris(return_X_y=True)
    >>> model = KMeans(3, n_init=3, random_state=0)
    >>> clusters = model.fit_predict(X[:, 2:])
    >>> tables = [evaluate_clusters(clusters, y, names=["ami"], method="petals")]
    >>> tables += [evaluate_baselines(X, y, model, names=["ami"])]
    >>> pd.concat(tables).ranking("ami")[["rank", "method", "value"]].round(2)
       rank  method  value
    0   1.0  petals   0.86
    1   2.0     raw   0.66
    2   2.0     pca   0.66
    """
    table = check_array(X, dtype=np.float64, ensure_all_finite="allow-nan", input_name="X")
    there = ~np.isnan(table).all(axis=1)
    table = table[there][:, ~np.isnan(table[there]).all(axis=0)]
    if scale:
        table = StandardScaler().fit_transform(table)
    table = np.where(np.isnan(table), np.nanmean(table, axis=0), table)
    components = PCA(n_components, svd_solver="full", random_state=random_state).fit_transform(table)
    found = []
    for method, features in (("raw", table), ("pca", components)):
        labels_pred = np.full(len(there), -1, dtype=object)
        labels_pred[there] = clone(clusterer).fit_predict(features)
        found.append(
            evaluate_clusters(
                labels_pred, labels, **{"features": X, "method": method, "random_state": random_state} | settings
            )
        )
    return pd.concat(found, ignore_index=True)
