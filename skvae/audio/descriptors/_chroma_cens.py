"""Chroma energy normalized statistics (CENS)."""

import numpy as np
import scipy.ndimage
import scipy.signal

from ._pitch_classes import fold_octaves, normalize_columns, pitch_class_names
from ._registry import descriptor


@descriptor("1", pitch_class_names("chroma_cens"))
def chroma_cens(spectrum):
    """Harmony: constant-Q chroma, quantized to five levels and smoothed over 43 frames [shape=(12, t)].

    Each frame is scaled to a sum of squares of 1.

    References
    ----------
    Mueller and Ewert, "Chroma toolbox: MATLAB implementations for extracting variants of chroma-based audio features",
    ISMIR 2011.
    """
    magnitude = fold_octaves(spectrum)
    shares = normalize_columns(magnitude, magnitude.sum(axis=0))
    steps = 0.25 * np.sum([shares > step for step in (0.4, 0.2, 0.1, 0.05)], axis=0, dtype=np.float32)
    window = scipy.signal.get_window("hann", 43, fftbins=False)
    smooth = scipy.ndimage.convolve1d(steps, window / window.sum(), axis=1, mode="constant")
    return normalize_columns(smooth, np.sqrt((smooth**2).sum(axis=0)))
