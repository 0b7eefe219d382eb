"""Statistics of the frames of a texture window."""

import re

import numpy as np


def skew(values, axis):
    """Return the third standardized moment, 0 for constant values."""
    return _standardized_moment(values, axis, 3)


def kurtosis(values, axis):
    """Return the excess kurtosis: fourth standardized moment minus 3, 0 for constant values."""
    return _standardized_moment(values, axis, 4, 3.0)


def _standardized_moment(values, axis, power, normal=0.0):
    """Return a standardized moment minus that of the normal distribution."""
    mean = values.mean(axis=axis, keepdims=True)
    deviations = values - mean
    variance = (deviations**2).mean(axis=axis)
    varies = variance > (np.finfo(values.dtype).eps * np.squeeze(mean, axis)) ** 2
    moment = (deviations**power).mean(axis=axis)
    standardized = np.divide(moment, variance ** (power / 2), out=np.full_like(moment, normal), where=varies)
    return standardized - normal


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
"""Functions of (values, axis) by name."""


def parse_statistic(name):
    """Parse the name of a statistic.

    Parameters
    ----------
    name : str
        Name in `STATISTICS`, or "q00" to "q99" for a percentile. The prefix "delta_" selects the slope of the frames.

    Returns
    -------
    of_delta : bool
        Whether the statistic is that of the slope.
    function : callable or None
        Function of (values, axis). None for an unknown name.
    """
    base_name = str(name).removeprefix("delta_")
    function = STATISTICS.get(base_name)
    if function is None and re.fullmatch(r"q\d\d", base_name):
        percent = int(base_name[1:])

        def function(values, axis):
            return np.percentile(values, percent, axis=axis)

    return base_name != name, function
