"""Completeness."""

from .._metric import Metric
from ._contingency import count_pairs, entropies
from ._labels import check_labels


def completeness_score(labels_true, labels_pred):
    r"""Compute the completeness of clusters with respect to true labels.

    Clusters are complete if all rows of each true label are in the same cluster.

    .. math:: c = 1 - \frac{H(K \mid C)}{H(K)}

    where :math:`C` are the true labels and :math:`K` the clusters. A single cluster has completeness 1. This includes
    the case that all rows are noise.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score between 0 and 1. Higher is better. The score is 1 if there is a single cluster.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    homogeneity_score : The same with true labels and clusters exchanged.
    v_measure_score : Harmonic mean of homogeneity and completeness.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL, 2007.

    Examples
    --------
    >>> from skvae.metrics import completeness_score
    >>> round(completeness_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    0.67
    """
    return completeness(count_pairs(*check_labels(labels_true, labels_pred)))


def completeness(counts):
    """Compute the completeness of a contingency table."""
    _, entropy_pred, information = entropies(counts)
    return information / entropy_pred if entropy_pred else 1.0


METRIC = Metric(completeness_score, "higher", needs_labels=True, of_counts=completeness)
