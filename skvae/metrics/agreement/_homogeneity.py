"""Homogeneity."""

from .._metric import Metric
from ._contingency import count_pairs, entropies
from ._labels import check_labels


def homogeneity_score(labels_true, labels_pred):
    r"""Compute the homogeneity of clusters with respect to true labels.

    Clusters are homogeneous if each cluster contains a single true label.

    .. math:: h = 1 - \frac{H(C \mid K)}{H(C)}

    where :math:`C` are the true labels and :math:`K` the clusters. One cluster per row has homogeneity 1.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score between 0 and 1. Higher is better. The score is 1 if there is a single true label.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    completeness_score : The same with true labels and clusters exchanged.
    v_measure_score : Harmonic mean of homogeneity and completeness.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL, 2007.

    Examples
    --------
    >>> from skvae.metrics import homogeneity_score
    >>> round(homogeneity_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    1.0
    """
    return homogeneity(count_pairs(*check_labels(labels_true, labels_pred)))


def homogeneity(counts):
    """Compute the homogeneity of a contingency table."""
    entropy_true, _, information = entropies(counts)
    return information / entropy_true if entropy_true else 1.0


METRIC = Metric(homogeneity_score, "higher", needs_labels=True, of_counts=homogeneity)
