"""Pairs of rows on which clusters and true labels agree."""

from ._contingency import ari, count, fowlkes_mallows
from ._labels import check_labels


def ari_score(labels_true, labels_pred):
    r"""Share of the pairs of rows on which clusters and true labels agree, adjusted for chance.

    .. math:: ARI = \frac{RI - E[RI]}{1 - E[RI]}

    with the Rand index :math:`RI` the share of the pairs that both put together or both keep apart, and :math:`E` the
    mean over clusters of these sizes, dealt out at random.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        0 on average for clusters dealt out at random, at most 1, at least -0.5; higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    ami_score : Measures information, and heeds small clusters more.

    References
    ----------
    L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2, 1985.

    Examples
    --------
    >>> from skvae.metrics import ari_score
    >>> round(ari_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    0.57
    """
    return ari(count(*check_labels(labels_true, labels_pred)))


def fowlkes_mallows_score(labels_true, labels_pred):
    r"""Geometric mean of precision and recall over pairs of rows.

    .. math:: FM = \frac{TP}{\sqrt{(TP + FP) (TP + FN)}}

    with :math:`TP` the pairs together in both, :math:`FP` those together in the clusters alone, and :math:`FN` those
    together in the true labels alone. It is not adjusted for chance: a single cluster has about the root of the share
    of pairs with equal true labels.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        Between 0 and 1, higher is better; 0 where no pair is together in both.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    ari_score : Pairs of rows, adjusted for chance.

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
    return fowlkes_mallows(count(*check_labels(labels_true, labels_pred)))
