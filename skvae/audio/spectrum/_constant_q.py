"""Constant-Q transform."""

from functools import lru_cache
from math import ceil, log2

import numpy as np
import scipy.fft
import soxr
from numpy.lib.stride_tricks import sliding_window_view

N_OCTAVES = 7
N_BINS = 36
"""Bins per octave: three per semitone, with A4 = 440 Hz."""

_C1 = 440 * 2 ** (-45 / 12)
"""Lowest frequency, in hertz."""

_BLOCK = 64
"""Number of frames that are transformed at once."""


class _Octave:
    """Filters of one octave in the frequency domain, for frames of `n_fft` samples."""

    def __init__(self, frequencies, relative_bandwidth, sample_rate, scale):
        import librosa

        filters, lengths = librosa.filters.wavelet(freqs=frequencies, sr=sample_rate, alpha=relative_bandwidth)
        self.n_fft = filters.shape[1]
        filters = scipy.fft.fft(filters * (lengths[:, None] / self.n_fft), axis=1)[:, : self.n_fft // 2 + 1]
        self.response = librosa.util.sparsify_rows(filters, quantile=0.01, dtype=np.complex64) * np.float32(scale)


def constant_q(samples, sample_rate, hop):
    """Compute the magnitude of the constant-Q transform of seven octaves from C1 (32.7 Hz).

    The highest octave is filtered first. The sample rate of the signal is then halved for each lower octave.
    The result equals ``librosa.cqt`` with ``n_bins=252, bins_per_octave=36``. librosa computes the
    filters in every call. Here they are cached.

    Parameters
    ----------
    samples : ndarray of shape (n_samples,), float32
        Mono samples.
    sample_rate : int
        Sample rate in hertz, at least 16000.
    hop : int
        Samples from one frame to the next, a multiple of 512.

    Returns
    -------
    magnitude : ndarray of shape (252, t), float32
        Magnitude. Each row is a third of a semitone.

    References
    ----------
    Schoerkhuber and Klapuri, "Constant-Q transform toolbox for music processing", SMC 2010.
    """
    octaves, halvings, lengths = _filters(sample_rate)
    if halvings:
        samples, hop = _decimate(samples, 2**halvings), hop >> halvings
    rows = [_filter_frames(samples, octaves[0], hop)]
    for octave in octaves[1:]:
        samples, hop = _decimate(samples, 2), hop // 2
        rows.append(_filter_frames(samples, octave, hop))
    n_frames = min(row.shape[1] for row in rows)
    magnitude = np.concatenate([row[:, :n_frames] for row in reversed(rows)])
    return magnitude / np.sqrt(lengths, dtype=np.float32)[:, None]


def _filter_frames(samples, octave, hop):
    """Return the magnitude of the filter outputs of one octave [shape=(36, t)]."""
    padded = np.pad(samples, octave.n_fft // 2)
    frames = sliding_window_view(padded, octave.n_fft)[::hop]
    parts = []
    for start in range(0, len(frames), _BLOCK):
        spectra = scipy.fft.rfft(frames[start : start + _BLOCK].astype(np.float64), axis=1)
        parts.append(np.abs(octave.response @ spectra.T.astype(np.complex64, order="C")))
    return np.concatenate(parts, axis=1)


def _decimate(samples, factor):
    """Reduce the sample rate by a factor, and scale the samples to the same energy."""
    import librosa

    lower = soxr.resample(samples, factor, 1, quality="HQ")
    return librosa.util.fix_length(lower, size=ceil(len(samples) / factor)) * np.float32(np.sqrt(factor))


@lru_cache
def _filters(sample_rate):
    """Return the filters per octave (highest first), the halvings before the first, and the filter lengths."""
    import librosa

    frequencies = _C1 * 2 ** (np.arange(N_OCTAVES * N_BINS) / N_BINS)
    ratio = 4 ** (1 / N_BINS)
    bandwidth = np.full(len(frequencies), (ratio - 1) / (ratio + 1))
    _, highest = librosa.filters.wavelet_lengths(freqs=frequencies, sr=sample_rate, alpha=bandwidth)
    # The highest filter stays below a quarter of the sample rate.
    halvings = max(0, ceil(log2(sample_rate / 2 / highest)) - 2)
    rate = sample_rate / 2**halvings
    lengths, _ = librosa.filters.wavelet_lengths(freqs=frequencies, sr=rate, alpha=bandwidth)
    octaves = []
    for i in range(N_OCTAVES):
        rows = slice((N_OCTAVES - 1 - i) * N_BINS, (N_OCTAVES - i) * N_BINS)
        octaves.append(_Octave(frequencies[rows], bandwidth[rows], rate / 2**i, np.sqrt(2**i)))
    return tuple(octaves), halvings, lengths
