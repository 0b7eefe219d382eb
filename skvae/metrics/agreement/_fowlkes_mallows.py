"""Fowlkes-Mallows index."""

import numpy as np

from .._metric import Metric
from ._contingency import count_pairs, count_row_pairs
from ._labels import check_labels


def fowlkes_mallows_score(labels_true, labels_pred):
    r"""Compute the Fowlkes-Mallows index, the geometric mean of precision and recall over pairs of rows.

    .. math:: FM = \frac{TP}{\sqrt{(TP + FP) (TP + FN)}}

    where :math:`TP` is the number of pairs with the same true label and the same cluster. :math:`FP` counts the pairs
    with the same cluster only, and :math:`FN` the pairs with the same true label only.

    The score is not adjusted for chance. The score of a single cluster is about the square root of the fraction of
    pairs with equal true labels.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score between 0 and 1. Higher is better. The score is 0 if no pair has the same true label and the same cluster.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    ari_score : Agreement on pairs of rows, adjusted for chance.

    References
    ----------
    E. B. Fowlkes and C. L. Mallows, "A method for comparing two hierarchical clusterings", Journal of the American
    Statistical Association 78, 1983.

    Examples
    --------
    >>> from skvae.metrics import fowlkes_mallows_score
    >>> round(fowlkes_mallows_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    0.71
    """
    return fowlkes_mallows(count_pairs(*check_labels(labels_true, labels_pred)))


def fowlkes_mallows(counts):
    """Compute the Fowlkes-Mallows index of a contingency table."""
    in_true, in_pred, in_both = (count_row_pairs(n) for n in (counts.in_true, counts.in_pred, counts.n_rows))
    return float(in_both / np.sqrt(in_true) / np.sqrt(in_pred)) if in_both else 0.0


METRIC = Metric(fowlkes_mallows_score, "higher", needs_labels=True, of_counts=fowlkes_mallows)
