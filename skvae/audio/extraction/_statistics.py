"""How the frames of a texture window are summarised, and the slope of their course."""

import re

import numpy as np


def skew(values, axis):
    """Third standardised moment; 0 for values that are all the same."""
    return _standardised_moment(values, axis, 3)


def kurtosis(values, axis):
    """Fourth standardised moment less 3, that of a normal distribution; 0 for values that are all the same."""
    return _standardised_moment(values, axis, 4, 3.0)


def _standardised_moment(values, axis, power, normal=0.0):
    mean = values.mean(axis=axis, keepdims=True)
    deviations = values - mean
    variance = (deviations**2).mean(axis=axis)
    varies = variance > (np.finfo(values.dtype).eps * np.squeeze(mean, axis)) ** 2
    moment = (deviations**power).mean(axis=axis)
    standardised = np.divide(moment, variance ** (power / 2), out=np.full_like(moment, normal), where=varies)
    return standardised - normal


STATISTICS = {
    "mean": np.mean,
    "std": np.std,
    "var": np.var,
    "skew": skew,
    "kurtosis": kurtosis,
    "median": np.median,
    "min": np.min,
    "max": np.max,
}
"""What a statistic is called, and the function of (values, axis) that computes it."""


def split(name):
    """Take a statistic's name apart.

    Parameters
    ----------
    name : str
        One of `STATISTICS`, or "q00" to "q99" for a quantile in percent; "delta_" before it for that of the slope.

    Returns
    -------
    of_delta : bool
        Whether it is taken of the slope.
    function : callable or None
        Of (values, axis); None for a name that is none.
    """
    plain = str(name).removeprefix("delta_")
    function = STATISTICS.get(plain)
    if function is None and re.fullmatch(r"q\d\d", plain):
        percent = int(plain[1:])

        def function(values, axis):
            return np.percentile(values, percent, axis=axis)

    return plain != name, function
