"""Adjusted mutual information."""

from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array
from sklearn.metrics.cluster import expected_mutual_information

from .._metric import Metric
from ._contingency import count_pairs, entropies
from ._labels import check_labels


def ami_score(labels_true, labels_pred):
    r"""Compute the adjusted mutual information (AMI) of clusters and true labels.

    .. math:: AMI = \frac{I(C; K) - E[I(C; K)]}{\frac{1}{2} (H(C) + H(K)) - E[I(C; K)]}

    where :math:`C` are the true labels, :math:`K` the clusters, and :math:`E` the expectation over random assignments
    of the rows to clusters of the same sizes.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score of at most 1. Random clusters have a score of 0 on average. Higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    ari_score : Counts pairs of rows, which gives large clusters a larger weight.

    References
    ----------
    N. X. Vinh, J. Epps and J. Bailey, "Information theoretic measures for clusterings comparison: variants, properties,
    normalization and correction for chance", Journal of Machine Learning Research 11, 2010.

    Examples
    --------
    >>> from skvae.metrics import ami_score
    >>> ami_score(["rock", "rock", "jazz", "jazz"], [1, 1, 0, 0])
    1.0
    >>> round(ami_score(["rock", "rock", "jazz", "jazz"], [0, 1, 2, 3]), 2)
    0.0
    """
    return ami(count_pairs(*check_labels(labels_true, labels_pred)))


def ami(counts):
    """Compute the adjusted mutual information of a contingency table."""
    entropy_true, entropy_pred, information = entropies(counts)
    if entropy_true == 0 or entropy_pred == 0:
        return float(entropy_true == entropy_pred)
    expected = _expected_information(*(tuple(np.sort(n[n > 0]).tolist()) for n in (counts.in_true, counts.in_pred)))
    largest = (entropy_true + entropy_pred) / 2
    # The quotient is 0 / 0 if random clusters reach the maximum, for example with one cluster per row.
    if largest - expected < 1e-12 * max(1.0, largest):
        return float(information >= largest * (1 - 1e-12))
    return float((information - expected) / (largest - expected))


@lru_cache(maxsize=32)
def _expected_information(in_true, in_pred):
    """Compute the expected mutual information of random clusters, given the sizes of labels and clusters."""
    n = sum(in_true)
    # scikit-learn uses only the sums of the table. This table has the given sums.
    rows, columns = np.repeat(np.arange(len(in_true)), in_true), np.repeat(np.arange(len(in_pred)), in_pred)
    table = csr_array((np.ones(n, dtype=np.int64), (rows, columns)), shape=(len(in_true), len(in_pred)))
    return float(expected_mutual_information(table, n))


METRIC = Metric(ami_score, "higher", needs_labels=True, of_counts=ami)
