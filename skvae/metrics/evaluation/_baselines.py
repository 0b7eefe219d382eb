"""Evaluation of baselines without a model."""

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_array

from ._evaluate import evaluate_clusters


def evaluate_baselines(X, labels, clusterer, *, n_components=0.9, scale=True, random_state=0, **settings):
    """Evaluate the clusters of the raw features and of their principal components.

    A model is useful if it scores better than both baselines with the same clusterer and the same number of clusters.
    Missing values are replaced by the mean of their column, after scaling. Rows without any value get the label -1.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Input table of the model, without condition columns. May contain NaN.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,)
        True labels, as in `evaluate_clusters`.
    clusterer : clusterer
        Clusterer with the same number of clusters as the model. It is cloned for each baseline.
    n_components : int or float, default=0.9
        Number of principal components, or the fraction of the variance that they must explain.
    scale : bool, default=True
        Whether to standardize the columns. Use False if `BlockScaler` has already scaled them.
    random_state : int, RandomState instance or None, default=0
        Seed for the PCA and the evaluation. The clusterer has a separate seed.
    **settings
        Parameters of `evaluate_clusters`. Pass the same `spaces` as for the model.

    Returns
    -------
    scores : ScoreTable
        Rows of `evaluate_clusters` for the methods "raw" and "pca".

    See Also
    --------
    evaluate_clusters : Evaluates the clusters of a model.
    skvae.BlockScaler : Gives blocks the same weight, independent of their numbers of columns.

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
    kept = ~np.isnan(table).all(axis=1)
    table = table[kept][:, ~np.isnan(table[kept]).all(axis=0)]
    if scale:
        table = StandardScaler().fit_transform(table)
    table = np.where(np.isnan(table), np.nanmean(table, axis=0), table)
    components = PCA(n_components, svd_solver="full", random_state=random_state).fit_transform(table)
    scores = []
    for method, features in (("raw", table), ("pca", components)):
        labels_pred = np.full(len(kept), -1, dtype=object)
        labels_pred[kept] = clone(clusterer).fit_predict(features)
        defaults = {"features": X, "method": method, "random_state": random_state}
        scores.append(evaluate_clusters(labels_pred, labels, **(defaults | settings)))
    return pd.concat(scores, ignore_index=True)
