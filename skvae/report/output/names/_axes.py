"""Words for high and low values of a quantity, such as "loud" and "quiet"."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ._word_source import WordSource

MIN_DEVIATION = 0.4
"""Minimum difference between cluster and library for a word, in standard deviations."""
MAX_CORRELATION = 0.8
"""Two quantities with a larger absolute correlation are not used together in one name."""
MIN_SPREAD = 1e-6
"""Smallest ratio of standard deviation and mean that is not attributed to rounding of float32 values."""


class Axis(NamedTuple):
    """Quantity with a word for high values.

    Attributes
    ----------
    values : Series of float of shape (n_songs,)
        Values in standard deviations of the library. NaN if unknown.
    high : str
        Word for high values.
    low : str or None
        Word for low values. None if low values have no word.
    """

    values: pd.Series
    high: str
    low: str | None


def standardize(table):
    """Standardize columns. Columns that are constant or empty are removed."""
    table = table.astype(np.float64).replace([np.inf, -np.inf], np.nan)
    mean, spread = table.mean(), table.std(ddof=0)
    varying = spread > MIN_SPREAD * mean.abs()
    return ((table - mean) / spread).loc[:, varying]


def make_axis_source(axes, labels, **options):
    """Return the words for high and low values, or None if there are no axes.

    Parameters
    ----------
    axes : list of Axis
        Quantities.
    labels : ndarray of int of shape (n_songs,)
        Cluster labels.
    **options
        Further parameters of `WordSource`.

    Returns
    -------
    WordSource or None
        Words. The score is the mean of the cluster, with the opposite sign for low values.
    """
    if not axes:
        return None
    scores, values = {}, {}
    for axis in axes:
        mean = axis.values.groupby(labels).mean().fillna(0).round(9)
        for word, sign in ((axis.high, 1), (axis.low, -1)):
            if word is not None and word not in scores:
                scores[word], values[word] = sign * mean, axis.values

    def overlap(first, second):
        return abs(values[first].corr(values[second])) > MAX_CORRELATION

    return WordSource(pd.DataFrame(scores), MIN_DEVIATION, overlap=overlap, **options)
