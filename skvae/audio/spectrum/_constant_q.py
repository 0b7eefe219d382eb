"""Constant-Q transform: logarithmic frequency, from the low octaves' longer frames."""

from functools import lru_cache
from math import ceil, log2

import numpy as np
import scipy.fft
import soxr
from numpy.lib.stride_tricks import sliding_window_view

N_OCTAVES = 7
N_BINS = 36
"""Bins of an octave: three for each semitone, A4 being 440 Hz."""

_C1 = 440 * 2 ** (-45 / 12)
_BLOCK = 64


class _Octave:
    """Filters of one octave: in frequency, over frames of `n_fft` samples."""

    def __init__(self, frequencies, relative_bandwidth, sample_rate, scale):
        import librosa

        filters, lengths = librosa.filters.wavelet(freqs=frequencies, sr=sample_rate, alpha=relative_bandwidth)
        self.n_fft = filters.shape[1]
        filters = scipy.fft.fft(filters * (lengths[:, None] / self.n_fft), axis=1)[:, : self.n_fft // 2 + 1]
        self.response = librosa.util.sparsify_rows(filters, quantile=0.01, dtype=np.complex64) * np.float32(scale)


def constant_q(samples, sample_rate, hop):
    """Magnitude of the constant-Q transform of seven octaves from C1 (32.7 Hz) on.

    The highest octave is filtered first; the signal is then halved in rate, and the same filters serve the next one.
    Equal to ``librosa.cqt`` with ``n_bins=252, bins_per_octave=36``, which makes its filters at each call.

    Parameters
    ----------
    samples : ndarray of shape (n_samples,), float32
        Mono samples.
    sample_rate : int
        In hertz, at least 16000.
    hop : int
        Samples from frame to frame, a multiple of 512.

    Returns
    -------
    magnitude : ndarray of shape (252, t), float32
        A third of a semitone a row.

    References
    ----------
    Schoerkhuber and Klapuri, "Constant-Q transform toolbox for music processing", SMC 2010.
    """
    octaves, halvings, lengths = _filters(sample_rate)
    if halvings:
        samples, hop = _decimated(samples, 2**halvings), hop >> halvings
    rows = [_response(samples, octaves[0], hop)]
    for octave in octaves[1:]:
        samples, hop = _decimated(samples, 2), hop // 2
        rows.append(_response(samples, octave, hop))
    n_frames = min(row.shape[1] for row in rows)
    magnitude = np.concatenate([row[:, :n_frames] for row in reversed(rows)])
    return magnitude / np.sqrt(lengths, dtype=np.float32)[:, None]


def _response(samples, octave, hop):
    padded = np.pad(samples, octave.n_fft // 2)
    frames = sliding_window_view(padded, octave.n_fft)[::hop]
    parts = []
    for start in range(0, len(frames), _BLOCK):
        spectra = scipy.fft.rfft(frames[start : start + _BLOCK].astype(np.float64), axis=1)
        parts.append(np.abs(octave.response @ spectra.T.astype(np.complex64, order="C")))
    return np.concatenate(parts, axis=1)


def _decimated(samples, factor):
    """Lower the rate by a factor, and raise the level, so that the energy stays."""
    import librosa

    lower = soxr.resample(samples, factor, 1, quality="HQ")
    return librosa.util.fix_length(lower, size=ceil(len(samples) / factor)) * np.float32(np.sqrt(factor))


@lru_cache
def _filters(sample_rate):
    """Make the filters of each octave from the highest on, the halvings before the first, and the filters' lengths."""
    import librosa

    frequencies = _C1 * 2 ** (np.arange(N_OCTAVES * N_BINS) / N_BINS)
    ratio = 4 ** (1 / N_BINS)
    bandwidth = np.full(len(frequencies), (ratio - 1) / (ratio + 1))
    _, highest = librosa.filters.wavelet_lengths(freqs=frequencies, sr=sample_rate, alpha=bandwidth)
    # As many as leave the highest filter below a quarter of the rate.
    halvings = max(0, ceil(log2(sample_rate / 2 / highest)) - 2)
    rate = sample_rate / 2**halvings
    lengths, _ = librosa.filters.wavelet_lengths(freqs=frequencies, sr=rate, alpha=bandwidth)
    octaves = []
    for i in range(N_OCTAVES):
        rows = slice((N_OCTAVES - 1 - i) * N_BINS, (N_OCTAVES - i) * N_BINS)
        octaves.append(_Octave(frequencies[rows], bandwidth[rows], rate / 2**i, np.sqrt(2**i)))
    return tuple(octaves), halvings, lengths
