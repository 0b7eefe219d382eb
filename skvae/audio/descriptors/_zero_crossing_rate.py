"""Zero-crossing rate."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

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
    # The sum over a frame is the sum over four hops. A crossing into the first sample of a frame is not counted.
    crossings = np.append(negative[1:] != negative[:-1], False)
    hops = crossings[: len(crossings) // HOP * HOP].reshape(-1, HOP).sum(axis=1)
    counts = sliding_window_view(hops, N_FFT // HOP).sum(axis=1) - crossings[N_FFT - 1 :: HOP]
    return (counts / N_FFT)[None]
