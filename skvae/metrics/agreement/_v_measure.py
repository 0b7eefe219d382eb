"""V-measure."""

from .._metric import Metric
from ._nmi import nmi, nmi_score


def v_measure_score(labels_true, labels_pred):
    r"""Compute the V-measure, the harmonic mean of homogeneity and completeness.

    .. math:: V = \frac{2 h c}{h + c}

    The V-measure equals the normalized mutual information with the arithmetic mean.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    nmi_score : The same score, and variants with other means.
    homogeneity_score : Homogeneity alone.
    completeness_score : Completeness alone.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL, 2007.

    Examples
    --------
    >>> from skvae.metrics import v_measure_score
    >>> round(v_measure_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    0.8
    """
    return nmi_score(labels_true, labels_pred)


METRIC = Metric(v_measure_score, "higher", needs_labels=True, of_counts=nmi)
