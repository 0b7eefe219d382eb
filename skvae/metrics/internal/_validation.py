"""Validation shared by the internal metrics.

Rows with the label -1 (noise) form one additional cluster. Rows with only NaN are ignored. A score is NaN if it is
undefined: with fewer than two clusters, or with as many clusters as rows.
"""

import numpy as np
from sklearn import metrics
from sklearn.metrics.pairwise import nan_euclidean_distances
from sklearn.utils import check_array, check_consistent_length

from ..agreement._labels import encode_labels

SAMPLE_SIZE = 5000  # rows; the distances of 5000 rows with missing values take about 0.5 GB and 3 s


def check_clustering(X, labels_pred):
    """Validate a table and its clusters, and return the rows that are not completely NaN.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Table, may contain NaN.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels.

    Returns
    -------
    X : ndarray of shape (n_rows, n_features)
        Rows with at least one value.
    labels : ndarray of shape (n_rows,), int
        Codes of their clusters.
    """
    X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="X")
    labels, _ = encode_labels(labels_pred, "labels_pred")
    check_consistent_length(X, labels)
    kept = ~np.isnan(X).all(axis=1)
    return X[kept], labels[kept]


def is_defined(labels):
    """Return whether internal metrics are defined: at least two clusters and fewer clusters than rows."""
    return 2 <= len(np.unique(labels)) <= len(labels) - 1


def score_complete_table(score, X, labels_pred):
    """Call a scikit-learn metric, or return NaN if it is undefined or if a value is missing."""
    X, labels = check_clustering(X, labels_pred)
    return float(score(X, labels)) if is_defined(labels) and not np.isnan(X).any() else np.nan


def pairwise_distances(X):
    """Compute the Euclidean distances of all pairs of rows of a table that may contain NaN.

    Distances use the columns that both rows have. Pairs of rows without a common column get the mean distance of the
    other pairs.
    """
    if not np.isnan(X).any():
        return metrics.pairwise_distances(X)
    distances = nan_euclidean_distances(X)
    unknown = np.isnan(distances)
    if unknown.any():
        distances[unknown] = distances[~unknown & ~np.eye(len(X), dtype=bool)].mean()
    return distances
