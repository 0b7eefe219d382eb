"""Decibels, and filter banks of mel bands and pitch classes."""

from functools import lru_cache

import numpy as np
import scipy.sparse

N_FFT = 2048
AMIN = 1e-10
TOP_DB = 80.0


def decibels(power):
    """Decibels relative to 1, never below `AMIN` nor more than 80 dB below the largest value."""
    levels = 10 * np.log10(np.maximum(power, AMIN))
    return np.maximum(levels, levels.max() - TOP_DB)


@lru_cache
def mel_bank(sample_rate, n_bands):
    """Weights of the bins in bands equally wide on the mel scale, a sparse array [shape=(n_bands, 1025)]."""
    import librosa.filters

    # Sparse: a bin lies in two bands at most.
    return scipy.sparse.csr_array(librosa.filters.mel(sr=sample_rate, n_fft=N_FFT, n_mels=n_bands))


@lru_cache
def chroma_bank(sample_rate, tuning):
    """Weights of the bins in the twelve pitch classes [shape=(12, 1025)]; `tuning` in semitones from A4 = 440 Hz."""
    import librosa.filters

    return librosa.filters.chroma(sr=sample_rate, n_fft=N_FFT, tuning=tuning)
