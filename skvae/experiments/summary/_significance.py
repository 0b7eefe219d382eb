"""Whether the difference of two methods is more than the luck of their seeds."""

import numpy as np
from scipy.stats import rankdata

LEVEL = 0.05
SAME = 1e-9  # of the scores' size: less is the order of a sum, not a difference


def paired_test(scores, others):
    """Wilcoxon's signed-rank test of paired scores, two-sided.

    Parameters
    ----------
    scores, others : array-like of shape (n_seeds,)
        Scores of two methods on the same seeds. Pairs with a NaN do not take part.

    Returns
    -------
    p : float
        Exact, also where differences are equal; zeros are left out, and of zeros only it is 1. NaN where both methods
        score the same on every seed, or no seed is common: the seeds then hold no evidence.

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
    scale = max(np.abs([*a, *b]), default=0) * SAME
    if len(a) == 0 or (len(a) > 1 and np.ptp(a) <= scale and np.ptp(b) <= scale):
        return np.nan
    differences = (a - b)[np.abs(a - b) > scale]
    if not len(differences):
        return 1.0
    # Under the null each sign is a fair coin: rank by rank, the share of signs that sum to each total.
    ranks = np.rint(2 * rankdata(np.abs(differences))).astype(int)  # twice, as equal differences share half ranks
    ways = np.zeros(ranks.sum() + 1)
    ways[0] = 1
    for rank in ranks:
        ways = (ways + np.concatenate([np.zeros(rank), ways[:-rank]])) / 2
    total = ranks[differences > 0].sum()
    return float(min(1, 2 * min(ways[: total + 1].sum(), ways[total:].sum())))


def holm(p):
    """Correct p-values of several tests by Holm's step-down rule; NaN stand for no test.

    Parameters
    ----------
    p : array-like of shape (n_tests,)
        p-values.

    Returns
    -------
    adjusted : ndarray of shape (n_tests,)
        The i-th smallest of `m` becomes the largest of ``(m - j + 1) p_j`` over j up to i, at most 1.

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
    left = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(adjusted[order] * left))
    return adjusted


def seeds_needed(n_comparisons=1, *, level=LEVEL):
    """Find the fewest seeds with which a difference can be significant at all.

    Parameters
    ----------
    n_comparisons : int, default=1
        Methods that are tested against the same one, for which Holm's rule corrects.
    level : float, default=0.05
        Level of significance.

    Returns
    -------
    n_seeds : int
        Smallest number with ``2 ** (1 - n_seeds) * n_comparisons <= level``.

    Raises
    ------
    ValueError
        If `n_comparisons` is below 1.

    Examples
    --------
    >>> from skvae.experiments import seeds_needed
    >>> seeds_needed(), seeds_needed(10)
    (6, 9)
    """
    if n_comparisons < 1:
        raise ValueError(f"n_comparisons={n_comparisons}: nothing is compared; give 1 or more")
    return int(np.ceil(1 - np.log2(level / n_comparisons)))
