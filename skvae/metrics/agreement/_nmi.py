"""Normalized mutual information."""

from functools import partial

import numpy as np

from .._metric import Metric
from ._contingency import count_pairs, entropies
from ._labels import check_labels

MEANS = {
    "arithmetic": lambda a, b: (a + b) / 2,
    "geometric": lambda a, b: np.sqrt(a * b),
    "min": min,
    "max": max,
}


def nmi_score(labels_true, labels_pred, *, average="arithmetic"):
    r"""Compute the normalized mutual information (NMI) of clusters and true labels.

    .. math:: NMI = \frac{I(C; K)}{\operatorname{mean}(H(C), H(K))}

    where :math:`C` are the true labels and :math:`K` the clusters. The NMI increases with the number of clusters, even
    if the clusters are random.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.
    average : {"arithmetic", "geometric", "min", "max"}, default="arithmetic"
        Mean of the two entropies. "arithmetic" gives the V-measure. "min" gives one cluster per row the score 1.

    Returns
    -------
    score : float
        Score between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        If a label is missing, if `labels_true` and `labels_pred` have different lengths, or if `average` is unknown.

    See Also
    --------
    ami_score : Mutual information adjusted for chance.

    References
    ----------
    A. Strehl and J. Ghosh, "Cluster ensembles: a knowledge reuse framework for combining multiple partitions", Journal
    of Machine Learning Research 3, 2002 (geometric).

    T. O. Kvålseth, "Entropy and correlation: some comments", IEEE Transactions on Systems, Man, and Cybernetics 17,
    1987 (arithmetic, min, max).

    Examples
    --------
    >>> from skvae.metrics import nmi_score
    >>> genres, clusters = ["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]
    >>> [round(nmi_score(genres, clusters, average=name), 2) for name in ("arithmetic", "geometric", "min", "max")]
    [0.8, 0.82, 1.0, 0.67]
    """
    true, pred = check_labels(labels_true, labels_pred)
    if average not in MEANS:
        raise ValueError(f"average must be one of {', '.join(MEANS)}, got {average!r}.")
    return nmi(count_pairs(true, pred), average)


def nmi(counts, average="arithmetic"):
    """Compute the normalized mutual information of a contingency table."""
    entropy_true, entropy_pred, information = entropies(counts)
    if entropy_true == entropy_pred == 0:
        return 1.0
    return float(information / MEANS[average](entropy_true, entropy_pred)) if information else 0.0


def _variant(average):
    function, of_counts = partial(nmi_score, average=average), partial(nmi, average=average)
    return Metric(function, "higher", needs_labels=True, of_counts=of_counts)


METRIC = Metric(nmi_score, "higher", needs_labels=True, of_counts=nmi)
GEOMETRIC, MIN, MAX = (_variant(average) for average in ("geometric", "min", "max"))
