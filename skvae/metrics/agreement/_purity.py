"""Purity."""

import numpy as np

from .._metric import Metric
from ._contingency import count_pairs
from ._labels import check_labels


def purity_score(labels_true, labels_pred):
    r"""Compute the purity of clusters.

    The purity is the fraction of rows whose true label is the most frequent one in their cluster.

    .. math:: purity = \frac{1}{n} \sum_k \max_c |C_c \cap K_k|

    where :math:`C_c` are the rows with true label :math:`c` and :math:`K_k` the rows of cluster :math:`k`.

    Splitting a cluster never lowers the purity, and one cluster per row has purity 1. Purities are therefore only
    comparable between clusterings with the same number of clusters.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    purity : float
        Score between the fraction of rows with the most frequent true label and 1. Higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    clustering_accuracy_score : Matches each true label with at most one cluster.

    References
    ----------
    Manning, Raghavan and Schütze (2008). Introduction to Information Retrieval, section 16.3. Cambridge.

    Examples
    --------
    >>> from skvae.metrics import purity_score
    >>> purity_score(["rock", "rock", "rock", "jazz"], [0, 0, 1, 1])
    0.75
    """
    return purity(count_pairs(*check_labels(labels_true, labels_pred)))


def purity(counts):
    """Compute the purity of a contingency table."""
    largest = np.zeros(len(counts.in_pred), dtype=int)
    np.maximum.at(largest, counts.pred, counts.n_rows)
    return float(largest.sum() / counts.n_rows.sum())


METRIC = Metric(purity_score, "higher", needs_labels=True, of_counts=purity)
