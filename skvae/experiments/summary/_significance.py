"""Significance tests and confidence intervals over seeds."""

import numpy as np
from scipy.stats import rankdata
from scipy.stats import t as student

LEVEL = 0.05
TOLERANCE = 1e-9  # relative; smaller differences are rounding errors of sums


def paired_test(scores, others):
    """Compute the p-value of the exact two-sided Wilcoxon signed-rank test of paired scores.

    Unlike `scipy.stats.wilcoxon`, the test is also exact if several differences have the same absolute value.

    Parameters
    ----------
    scores, others : array-like of shape (n_seeds,)
        Scores of two methods with the same seeds. Pairs with NaN are ignored.

    Returns
    -------
    p : float
        p-value. Zero differences are ignored, and p is 1 if all differences are zero. NaN if both methods have the
        same score with every seed, because the seeds then provide no evidence, or if the methods share no seed.

    References
    ----------
    Wilcoxon, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1(6), 1945.

    Examples
    --------
    >>> from skvae.experiments.summary._significance import paired_test
    >>> paired_test([0.31, 0.36, 0.33, 0.30, 0.35, 0.37], [0.21, 0.22, 0.28, 0.24, 0.20, 0.26])
    0.03125
    """
    a, b = np.asarray(scores, dtype=float), np.asarray(others, dtype=float)
    both = np.isfinite(a) & np.isfinite(b)
    a, b = a[both], b[both]
    tolerance = max(np.abs([*a, *b]), default=0) * TOLERANCE
    if len(a) == 0 or (len(a) > 1 and np.ptp(a) <= tolerance and np.ptp(b) <= tolerance):
        return np.nan
    differences = (a - b)[np.abs(a - b) > tolerance]
    if not len(differences):
        return 1.0
    # Under the null hypothesis both signs of each difference are equally likely. The loop adds one rank at a time to
    # the distribution of the sum of positive ranks. Tied differences have half ranks, hence the factor 2.
    ranks = np.rint(2 * rankdata(np.abs(differences))).astype(int)
    probabilities = np.zeros(ranks.sum() + 1)
    probabilities[0] = 1
    for rank in ranks:
        probabilities = (probabilities + np.concatenate([np.zeros(rank), probabilities[:-rank]])) / 2
    total = ranks[differences > 0].sum()
    return float(min(1, 2 * min(probabilities[: total + 1].sum(), probabilities[total:].sum())))


def holm(p):
    """Adjust p-values for multiple tests with Holm's step-down method.

    Parameters
    ----------
    p : array-like of shape (n_tests,)
        p-values. NaN values are ignored.

    Returns
    -------
    adjusted : ndarray of shape (n_tests,)
        Adjusted p-values: for the i-th smallest of `m` values, the maximum of ``(m - j + 1) p_j`` over j up to i,
        and at most 1.

    References
    ----------
    Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6(2), 1979.

    Examples
    --------
    >>> from skvae.experiments.summary._significance import holm
    >>> holm([0.01, 0.04, 0.03, float("nan")]).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    adjusted = np.array(p, dtype=float)
    tested = np.flatnonzero(~np.isnan(adjusted))
    order = tested[np.argsort(adjusted[tested])]
    n_left = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(adjusted[order] * n_left))
    return adjusted


def seeds_needed(n_comparisons=1, *, level=LEVEL):
    """Compute the smallest number of seeds with which a difference can be significant.

    Parameters
    ----------
    n_comparisons : int, default=1
        Number of methods tested against the same method, for Holm's correction.
    level : float, default=0.05
        Significance level.

    Returns
    -------
    n_seeds : int
        Smallest number with ``2 ** (1 - n_seeds) * n_comparisons <= level``.

    Raises
    ------
    ValueError
        If `n_comparisons` is less than 1.

    Examples
    --------
    >>> from skvae.experiments import seeds_needed
    >>> seeds_needed(), seeds_needed(10)
    (6, 9)
    """
    if n_comparisons < 1:
        raise ValueError(f"n_comparisons must be at least 1, got n_comparisons={n_comparisons}")
    return int(np.ceil(1 - np.log2(level / n_comparisons)))


def half_width(sd, n, confidence=0.95):
    """Compute half the width of Student's confidence interval of a mean. NaN if `n` is 1."""
    n = np.maximum(n, 1)
    return student.ppf((1 + confidence) / 2, n - 1) * sd / np.sqrt(n)
