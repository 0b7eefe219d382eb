"""Scores of clusters within a table, without true labels.

One rule for all: rows labelled -1 and rows that are all NaN are left out, and a score that is not defined, with less
than two clusters or as many clusters as rows, is NaN.
"""

import numpy as np
from sklearn import metrics
from sklearn.metrics.pairwise import nan_euclidean_distances
from sklearn.utils import check_array, check_consistent_length, check_random_state

from ._labels import encode_clusters

SAMPLE_SIZE = 5000  # rows; the distances of 5000 rows with gaps take about 0.5 GB and 3 s


def silhouette_score(X, labels_pred, *, sample_size=SAMPLE_SIZE, random_state=0):
    """Mean silhouette of the clusters of a table that may have gaps.

    Where values are missing, the distance of two rows is that over the columns which both have, scaled to all columns
    (`sklearn.metrics.pairwise.nan_euclidean_distances`); two rows without a column in common are as far apart as the
    mean of the other pairs.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        May contain NaN.
    labels_pred : array-like of shape (n_samples,)
    sample_size : int or None, default=5000
        Of more rows than this, a random sample is measured; None measures all.
    random_state : int, RandomState instance or None, default=0
        Draws the sample.

    Returns
    -------
    score : float
        Between -1 and 1, higher is better.
    """
    X, labels = _measured_rows(X, labels_pred)
    if sample_size is not None and len(X) > sample_size:
        sample = np.sort(check_random_state(random_state).choice(len(X), sample_size, replace=False))
        X, labels = X[sample], labels[sample]
    if not _is_defined(labels):
        return np.nan
    if not np.isnan(X).any():
        return float(metrics.silhouette_score(X, labels))
    distances = nan_euclidean_distances(X)
    unknown = np.isnan(distances)
    if unknown.any():
        distances[unknown] = distances[~unknown & ~np.eye(len(X), dtype=bool)].mean()
    return float(metrics.silhouette_score(distances, labels, metric="precomputed"))


def calinski_harabasz_score(X, labels_pred):
    """Calinski-Harabasz index (0 and above, higher is better); NaN where `X` has gaps."""
    return _within(metrics.calinski_harabasz_score, X, labels_pred)


def davies_bouldin_score(X, labels_pred):
    """Davies-Bouldin index (0 and above, lower is better); NaN where `X` has gaps."""
    return _within(metrics.davies_bouldin_score, X, labels_pred)


def _within(score, X, labels_pred):
    X, labels = _measured_rows(X, labels_pred)
    return float(score(X, labels)) if _is_defined(labels) and not np.isnan(X).any() else np.nan


def _measured_rows(X, labels_pred):
    X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="X")
    labels = encode_clusters(labels_pred)
    check_consistent_length(X, labels)
    kept = (labels != -1) & ~np.isnan(X).all(axis=1)
    return X[kept], labels[kept]


def _is_defined(labels):
    return 2 <= len(np.unique(labels)) <= len(labels) - 1
