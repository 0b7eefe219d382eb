"""Root mean square."""

import numpy as np

from ..spectrum._constants import N_FFT
from ._registry import descriptor


@descriptor("1")
def rms(spectrum):
    """Loudness: root mean square of the samples of a frame, relative to full scale [shape=(1, t)].

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    frames = spectrum.frames(spectrum.samples, "constant")
    return np.sqrt(np.einsum("tn,tn->t", frames, frames) / N_FFT)[None]
