"""Purity."""

from ._contingency import count, purity
from ._labels import check_labels


def purity_score(labels_true, labels_pred):
    r"""Share of the rows whose true label is the commonest one of their cluster.

    .. math:: purity = \frac{1}{n} \sum_k \max_c |C_c \cap K_k|

    with :math:`C` the true labels and :math:`K` the clusters. Splitting clusters never lowers purity, and a cluster for
    every row has purity 1: compare it between clusterings of equally many clusters only.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    purity : float
        Between the share of the commonest true label and 1, higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    clustering_accuracy_score : Every true label has one cluster.

    References
    ----------
    Manning, Raghavan and Schütze (2008). Introduction to Information Retrieval, section 16.3. Cambridge.

    Examples
    --------
    >>> from skvae.metrics import purity_score
    >>> purity_score(["rock", "rock", "rock", "jazz"], [0, 0, 1, 1])
    0.75
    """
    return purity(count(*check_labels(labels_true, labels_pred)))
