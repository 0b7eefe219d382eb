"""Filter banks of mel bands and pitch classes, and decibels."""

from functools import lru_cache

import numpy as np
import scipy.sparse

from ._constants import AMIN, N_FFT, TOP_DB


def decibels(power):
    """Convert power to decibels relative to 1. Values below `AMIN` or 80 dB below the maximum are clipped."""
    levels = 10 * np.log10(np.maximum(power, AMIN))
    return np.maximum(levels, levels.max() - TOP_DB)


@lru_cache
def mel_bank(sample_rate, n_bands):
    """Return the weights of the bins in mel bands as a sparse array [shape=(n_bands, 1025)]."""
    import librosa.filters

    # Sparse, since each bin belongs to at most two bands.
    return scipy.sparse.csr_array(librosa.filters.mel(sr=sample_rate, n_fft=N_FFT, n_mels=n_bands))


@lru_cache
def chroma_bank(sample_rate, tuning):
    """Return the weights of the bins in the 12 pitch classes [shape=(12, 1025)]. Tuning in semitones from A4=440 Hz."""
    import librosa.filters

    return librosa.filters.chroma(sr=sample_rate, n_fft=N_FFT, tuning=tuning)
