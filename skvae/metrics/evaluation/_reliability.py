"""Calibration of cluster membership probabilities."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from ..agreement._labels import check_labels
from ._confidence import check_memberships


class ReliabilityCurve(NamedTuple):
    """Accuracy of memberships as a function of their confidence, returned by `reliability_curve`.

    Attributes
    ----------
    confidence : ndarray of shape (n_bins,)
        Mean confidence of the rows in each bin. Empty bins are omitted.
    accuracy : ndarray of shape (n_bins,)
        Fraction of correct rows in each bin.
    counts : ndarray of int of shape (n_bins,)
        Number of rows in each bin.
    mean_confidence : float
        Mean confidence of all rows.
    mean_accuracy : float
        Fraction of correct rows. If all rows have memberships, this is the clustering accuracy.
    calibration_error : float
        Expected calibration error between 0 and 1. Lower is better.

    See Also
    --------
    reliability_curve : Computes the curve.

    Examples
    --------
    >>> from skvae.metrics import reliability_curve
    >>> curve = reliability_curve(["rock", "jazz"], [[0.9, 0.1], [0.3, 0.7]])
    >>> curve.mean_accuracy, round(curve.mean_confidence, 2)
    (1.0, 0.8)
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    counts: np.ndarray
    mean_confidence: float
    mean_accuracy: float
    calibration_error: float


@validate_params(
    {"n_bins": [Interval(Integral, 1, None, closed="left")], "strategy": [StrOptions({"uniform", "quantile"})]},
    prefer_skip_nested_validation=True,
)
def reliability_curve(labels_true, memberships, *, n_bins=10, strategy="uniform"):
    r"""Compare the confidence of cluster memberships with their accuracy.

    The confidence of a row is its largest membership. A row is correct if this cluster is matched with the true label
    of the row. The matching is one to one, as in `clustering_accuracy_score`.

    Rows are grouped into bins by their confidence [1]_. The expected calibration error [2]_ [3]_ of :math:`n` rows in
    bins :math:`B` is

    .. math:: \sum_B \frac{|B|}{n} \, |\text{accuracy}(B) - \text{confidence}(B)|

    Memberships are probabilities of clusters, not of labels such as genres. A model with calibrated memberships for its
    clusters is therefore overconfident for labels that differ from the clusters.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    memberships : array-like of shape (n_samples, n_clusters)
        Probabilities of the clusters, as returned by `predict_proba`. Rows sum to 1. Rows with only NaN are ignored.
    n_bins : int, default=10
        Number of bins.
    strategy : {"uniform", "quantile"}, default="uniform"
        "uniform" uses bins of equal width between 0 and 1, "quantile" bins with equal numbers of rows.

    Returns
    -------
    curve : ReliabilityCurve
        Confidence, accuracy and number of rows of each bin, and the expected calibration error.

    Raises
    ------
    ValueError
        If a label is missing, if the numbers of rows differ, or if memberships are not probabilities.

    See Also
    --------
    skvae.plots.ReliabilityDisplay : Draws the curve.
    membership_metrics : Summary of the confidence.

    References
    ----------
    .. [1] M. H. DeGroot and S. E. Fienberg, "The comparison and evaluation of forecasters", The Statistician 32, 1983.
    .. [2] M. Pakdaman Naeini, G. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
       binning", AAAI 2015.
    .. [3] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    >>> from skvae.metrics import reliability_curve
    >>> memberships = [[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]
    >>> curve = reliability_curve(["rock", "rock", "jazz", "rock"], memberships)
    >>> curve.confidence, curve.accuracy, round(curve.calibration_error, 3)
    (array([0.6, 0.8, 0.9]), array([0., 1., 1.]), 0.25)
    """
    memberships, kept = check_memberships(memberships)
    labels_true = np.asarray(labels_true, dtype=object)
    if len(labels_true) != len(kept):
        raise ValueError(
            f"labels_true has {len(labels_true)} rows, but memberships has {len(kept)} rows. "
            "Both must have the same number of rows."
        )
    true, pred = check_labels(labels_true[kept], memberships.argmax(axis=1))
    correct, confidence = _match_clusters(true, pred)[pred] == true, memberships.max(axis=1)
    quantiles = np.linspace(0, 1, n_bins + 1)
    edges = quantiles if strategy == "uniform" else np.percentile(confidence, 100 * quantiles)
    bins = np.searchsorted(edges[1:-1], confidence)
    counts, sum_confidence, n_correct = (
        np.bincount(bins, weights, minlength=n_bins) for weights in (None, confidence, correct)
    )
    filled = counts > 0
    return ReliabilityCurve(
        sum_confidence[filled] / counts[filled],
        n_correct[filled] / counts[filled],
        counts[filled],
        float(confidence.mean()),
        float(correct.mean()),
        float(np.abs(n_correct - sum_confidence).sum() / len(confidence)),
    )


def _match_clusters(true, pred):
    """Return the true label that is matched with each cluster, or -1 for clusters without a match."""
    table = contingency_matrix(true, pred)
    matched = np.full(table.shape[1], -1)
    labels, clusters = linear_sum_assignment(table, maximize=True)
    matched[clusters] = labels
    return matched
