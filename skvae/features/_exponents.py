"""Exponents of the Yeo-Johnson transform by maximum likelihood."""

import numpy as np
from scipy.optimize import fminbound

_EPS = np.finfo(float).eps
_TINY = np.finfo(float).tiny
# Half of the range of the exponents of floats, in nats. The variance of the transformed values then has no overflow.
_LOG_RANGE = (np.log(_TINY) - np.log(_EPS)) / 2, (np.log(np.finfo(float).max) + np.log(_EPS)) / 2


def fit_exponents(X):
    """Fit the exponent of each column.

    The exponents equal those of `sklearn.preprocessing.PowerTransformer`. The SciPy function behind it validates the
    column for each value of the likelihood. For 200 rows, this takes ten times as long as the likelihood itself.

    Parameters
    ----------
    X : ndarray of float64 of shape (n_samples, n_features)
        Standardized columns. NaN is ignored.

    Returns
    -------
    exponents : ndarray of shape (n_features,)
        Exponents. 1, which changes nothing, for columns that are constant or empty.
    """
    return np.array([_fit_exponent(column[~np.isnan(column)]) for column in X.T])


def _fit_exponent(x):
    """Maximize the likelihood of the exponent of one column without NaN."""
    if not x.size or np.ptp(x) == 0:
        return 1.0
    positive, logs = x >= 0, np.log1p(np.abs(x))
    upper, lower = logs[positive], logs[~positive]
    log_derivative = np.sum(np.sign(x) * logs)
    y = np.empty_like(x)

    def negative_log_likelihood(exponent):
        y[positive] = np.expm1(exponent * upper) / exponent if abs(exponent) > _EPS else upper
        y[~positive] = -np.expm1((2 - exponent) * lower) / (2 - exponent) if abs(exponent - 2) > _EPS else -lower
        variance = y.var()
        if variance < _TINY:
            return np.inf
        return len(x) / 2 * np.log(variance) - (exponent - 1) * log_derivative

    return fminbound(negative_log_likelihood, *_bounds(x), xtol=1.48e-8)


def _bounds(x):
    """Return the exponents between which values up to 20 times the largest one can be transformed without overflow."""
    low, high = np.array(_LOG_RANGE) / np.log1p(20 * np.max(np.abs(x)))
    if np.all(x < 0):
        return 2 - high, 2 - low
    if np.any(x < 0):
        return max(2 - high, low), min(2 - low, high)
    return low, high
