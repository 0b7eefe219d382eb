"""Whether a sure membership is a right one."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from ..agreement._labels import check_labels
from ._confidence import check_memberships


class ReliabilityCurve(NamedTuple):
    """How often memberships of some confidence are right; made by `reliability_curve`.

    Attributes
    ----------
    confidence : ndarray of shape (n_bins,)
        Mean confidence of the rows in each bin; bins without rows are left out.
    accuracy : ndarray of shape (n_bins,)
        Share of these rows that are right.
    counts : ndarray of int of shape (n_bins,)
        Number of these rows.
    mean_confidence : float
        Of all rows.
    mean_accuracy : float
        Of all rows: where every row has memberships, the clustering accuracy.
    calibration_error : float
        Expected calibration error, between 0 and 1, lower is better.
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
    r"""Compare the confidence of soft assignments with how often they are right.

    The confidence of a row is its largest membership; it is right where that cluster is matched with the row's true
    label, one to one, as in `clustering_accuracy_score`. Rows are binned by confidence [1]_; with :math:`B` the bins
    and :math:`n` rows, the expected calibration error [2]_ [3]_ is

    .. math:: \sum_B \frac{|B|}{n} \, |\text{accuracy}(B) - \text{confidence}(B)|

    Labels that clusters never aimed at, such as genres, are not what memberships are probabilities of: a model that is
    calibrated for its own clusters is overconfident of them.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    memberships : array-like of shape (n_samples, n_clusters)
        Probabilities, rows that sum to 1, as `predict_proba` returns them. Rows that are all NaN are left out.
    n_bins : int, default=10
        Number of bins.
    strategy : {"uniform", "quantile"}, default="uniform"
        Bins of equal width between 0 and 1, or of equally many rows.

    Returns
    -------
    curve : ReliabilityCurve
        Confidence, accuracy and number of rows of each bin, and the expected calibration error.

    Raises
    ------
    ValueError
        If a label is missing, there are more or fewer labels than rows, or memberships are no probabilities.

    See Also
    --------
    skvae.plots.ReliabilityDisplay : Draws the curve.
    membership_metrics : Confidence alone.

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
            f"labels_true has {len(labels_true)} rows and memberships {len(kept)}; both must be of the same rows"
        )
    true, pred = check_labels(labels_true[kept], memberships.argmax(axis=1))
    table = contingency_matrix(true, pred)
    matched = np.full(table.shape[1], -1)
    labels, clusters = linear_sum_assignment(table, maximize=True)
    matched[clusters] = labels
    right, confidence = matched[pred] == true, memberships.max(axis=1)
    shares = np.linspace(0, 1, n_bins + 1)
    edges = shares if strategy == "uniform" else np.percentile(confidence, 100 * shares)
    bins = np.searchsorted(edges[1:-1], confidence)
    counts, sure, hits = (np.bincount(bins, values, minlength=n_bins) for values in (None, confidence, right))
    there = counts > 0
    return ReliabilityCurve(
        sure[there] / counts[there],
        hits[there] / counts[there],
        counts[there],
        float(confidence.mean()),
        float(right.mean()),
        float(np.abs(hits - sure).sum() / len(confidence)),
    )
