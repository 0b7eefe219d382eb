"""Clustering accuracy."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from .._metric import Metric
from ._contingency import count_pairs
from ._labels import check_labels


def clustering_accuracy_score(labels_true, labels_pred):
    r"""Compute the accuracy of clusters.

    Each cluster is matched with at most one true label. The accuracy is the fraction of rows whose cluster is matched
    with their true label.

    .. math:: accuracy = \frac{1}{n} \max_m \sum_k |C_{m(k)} \cap K_k|

    where :math:`C_c` are the rows with true label :math:`c`, :math:`K_k` the rows of cluster :math:`k`, and :math:`m` a
    one-to-one matching. The Hungarian method finds the best matching. Rows of a cluster or of a
    true label without a match count as errors.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    accuracy : float
        Score between 0 and 1. Higher is better. The accuracy is never larger than the purity.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    purity_score : Matches each cluster with its most frequent true label.

    References
    ----------
    Yang, Xu, Nie, Yan and Zhuang (2010). Image clustering using local discriminant models and global integration.
    IEEE Transactions on Image Processing 19(10).

    Examples
    --------
    >>> from skvae.metrics import clustering_accuracy_score
    >>> clustering_accuracy_score(["rock", "rock", "jazz", "jazz"], [1, 1, 0, 0])
    1.0
    >>> clustering_accuracy_score(["rock", "rock", "jazz", "jazz"], [1, 2, 0, 0])
    0.75
    """
    return accuracy(count_pairs(*check_labels(labels_true, labels_pred)))


def accuracy(counts):
    """Compute the clustering accuracy of a contingency table."""
    table = np.zeros((len(counts.in_true), len(counts.in_pred)), dtype=int)
    table[counts.true, counts.pred] = counts.n_rows
    return float(table[linear_sum_assignment(table, maximize=True)].sum() / counts.n_rows.sum())


METRIC = Metric(clustering_accuracy_score, "higher", needs_labels=True, of_counts=accuracy)
