"""Purity."""

import numpy as np
from sklearn.metrics.cluster import contingency_matrix

from ._labels import check_labels


def purity_score(labels_true, labels_pred):
    """Share of the rows whose true label is the commonest one of their cluster.

    More clusters never lower purity, and a cluster for every row has purity 1: compare it between clusterings of
    equally many clusters only.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The number -1 marks a row in no cluster, which counts as an error.

    Returns
    -------
    purity : float
        Between 0 and 1, higher is better. Without rows marked -1, at least the share of the commonest true label.

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
    >>> purity_score(["rock", "rock", "rock", "jazz"], [0, 0, -1, 1])
    0.75
    """
    true, pred = check_labels(labels_true, labels_pred)
    kept = pred != -1
    if not kept.any():
        return 0.0
    return float(np.max(contingency_matrix(true[kept], pred[kept]), axis=0).sum() / len(true))
