"""Slope of a series of frames."""

import scipy.signal

_WIDTH = 9


def delta(series, order=1):
    """Slope (or curvature) of each row over nine frames, by least squares.

    Parameters
    ----------
    series : ndarray of shape (d, t)
        Rows of at least nine frames.
    order : {1, 2}, default=1
        1 for the slope, 2 for the second derivative.

    Returns
    -------
    change : ndarray of shape (d, t)
        In the unit of the rows, per frame or per squared frame.

    References
    ----------
    Savitzky and Golay, "Smoothing and differentiation of data by simplified least squares procedures", 1964.
    """
    return scipy.signal.savgol_filter(series, _WIDTH, polyorder=order, deriv=order, axis=1)
