"""Contingency table of true labels and clusters.

Metrics of agreement depend on this table only. Resamples and permutations therefore need one pass over the rows,
without the input validation of the public functions.
"""

from typing import NamedTuple

import numpy as np


class Contingency(NamedTuple):
    """Sparse contingency table: one entry for each pair of true label and cluster that occurs.

    Attributes
    ----------
    n_rows : ndarray of shape (n_pairs,)
        Number of rows of each pair.
    true : ndarray of shape (n_pairs,)
        True label of each pair.
    pred : ndarray of shape (n_pairs,)
        Cluster of each pair.
    in_true : ndarray of shape (n_labels,)
        Number of rows of each true label.
    in_pred : ndarray of shape (n_clusters,)
        Number of rows of each cluster.
    """

    n_rows: np.ndarray
    true: np.ndarray
    pred: np.ndarray
    in_true: np.ndarray
    in_pred: np.ndarray


def count_pairs(true, pred):
    """Compute the contingency table of two labelings, given as codes 0, 1, ... Some codes may not occur."""
    n_pred = int(pred.max()) + 1
    pairs, n_rows = np.unique(true.astype(np.int64) * n_pred + pred, return_counts=True)
    return Contingency(n_rows, pairs // n_pred, pairs % n_pred, np.bincount(true), np.bincount(pred))


def count_row_pairs(n_rows):
    """Return the number of pairs of rows within the same group, as a Python integer that cannot overflow."""
    n_rows = n_rows.astype(np.int64)
    return int(np.sum(n_rows * (n_rows - 1) // 2))


def entropies(counts):
    """Return the entropy of the true labels, the entropy of the clusters and their mutual information, in nats."""
    n = counts.n_rows.sum()
    true, pred, pairs = (_entropy(n_rows, n) for n_rows in (counts.in_true, counts.in_pred, counts.n_rows))
    information = true + pred - pairs
    if information < 1e-12 * max(1.0, pairs):  # rounding error of equal numbers
        return true, pred, 0.0
    return true, pred, min(information, true, pred)


def _entropy(n_rows, n):
    shares = n_rows[n_rows > 0] / n
    return float(max(-np.sum(shares * np.log(shares)), 0.0))
