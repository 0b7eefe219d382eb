"""Slope of a series of frames."""

import scipy.signal

_WIDTH = 9
"""Number of frames of the window."""


def delta(series, order=1):
    """Estimate the slope or the second derivative of each row by least squares over nine frames.

    Parameters
    ----------
    series : ndarray of shape (d, t)
        Rows of at least nine frames.
    order : {1, 2}, default=1
        1 for the slope, 2 for the second derivative.

    Returns
    -------
    change : ndarray of shape (d, t)
        Derivative in the unit of the rows, per frame or per squared frame.

    References
    ----------
    Savitzky and Golay, "Smoothing and differentiation of data by simplified least squares procedures", 1964.
    """
    return scipy.signal.savgol_filter(series, _WIDTH, polyorder=order, deriv=order, axis=1)
