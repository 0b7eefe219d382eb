"""Zero-crossing rate."""

import numpy as np

from ..spectrum._constants import HOP, N_FFT
from ._registry import descriptor


@descriptor("1")
def zero_crossing_rate(spectrum):
    """Fraction of the samples of a frame at which the sign changes [shape=(1, t)].

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    padded = np.pad(spectrum.samples, N_FFT // 2, mode="edge")
    negative = padded < -1e-10
    # The number of crossings in a frame is the difference of two cumulative counts. A crossing into the first sample
    # is not counted.
    crossings = np.concatenate([[0], np.cumsum(negative[1:] != negative[:-1])])
    return ((crossings[N_FFT - 1 :] - crossings[: 1 - N_FFT])[::HOP] / N_FFT)[None]
