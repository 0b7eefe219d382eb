"""Adjusted Rand index."""

from .._metric import Metric
from ._contingency import count_pairs, count_row_pairs
from ._labels import check_labels


def ari_score(labels_true, labels_pred):
    r"""Compute the adjusted Rand index (ARI) of clusters and true labels.

    .. math:: ARI = \frac{RI - E[RI]}{1 - E[RI]}

    where the Rand index :math:`RI` is the fraction of pairs of rows that both labelings put together or both labelings
    separate. :math:`E` is the expectation over random assignments of the rows to clusters of the same sizes.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score between -0.5 and 1. Random clusters have a score of 0 on average. Higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    ami_score : Based on mutual information, which gives small clusters a larger weight.

    References
    ----------
    L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2, 1985.

    Examples
    --------
    >>> from skvae.metrics import ari_score
    >>> round(ari_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    0.57
    """
    return ari(count_pairs(*check_labels(labels_true, labels_pred)))


def ari(counts):
    """Compute the adjusted Rand index of a contingency table."""
    n = int(counts.n_rows.sum())
    in_true, in_pred, in_both = (count_row_pairs(n) for n in (counts.in_true, counts.in_pred, counts.n_rows))
    if in_true == in_pred == in_both:
        return 1.0
    expected = in_true * in_pred / (n * (n - 1) // 2)
    return float((in_both - expected) / ((in_true + in_pred) / 2 - expected))


METRIC = Metric(ari_score, "higher", needs_labels=True, of_counts=ari)
