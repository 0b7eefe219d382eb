"""Constant-Q transform."""

from functools import lru_cache
from math import ceil, log2
from typing import NamedTuple

import numpy as np
import scipy.fft
import soxr
from numpy.lib.stride_tricks import sliding_window_view

N_OCTAVES = 7
N_BINS = 36
"""Bins per octave: three per semitone, with A4 = 440 Hz."""

_C1 = 440 * 2 ** (-45 / 12)
"""Lowest frequency, in hertz."""

_BLOCK = 128
"""Number of frames that are transformed at once."""

_WEAK = 1e-3
"""Magnitude relative to the norm of the spectrum above which rounding errors of single precision are below 1e-5."""


class _Filters(NamedTuple):
    """Filters of one octave in the frequency domain. They are the same in all octaves, relative to the sample rate."""

    n_fft: int
    """Number of samples of a frame."""

    starts: np.ndarray
    """Index of the first bin of each filter [shape=(36,)]."""

    weights: np.ndarray
    """Weights of the bins in the outputs, as for `filter_magnitudes` [shape=(2, 36, 2 * width)]."""

    halvings: int
    """Number of times that the sample rate is halved before the highest octave."""


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
    filters = _filters(sample_rate)
    if filters.halvings:
        samples, hop = _decimate(samples, 2**filters.halvings), hop >> filters.halvings
    signals = [samples]
    while len(signals) < N_OCTAVES:
        signals.append(_decimate(signals[-1], 2))
    n_frames = min(1 + len(signal) // (hop >> i) for i, signal in enumerate(signals))
    magnitude = np.empty((N_OCTAVES * N_BINS, n_frames), np.float32)
    for i in reversed(range(N_OCTAVES)):
        _filter_octave(signals[i], hop >> i, filters, magnitude[: (N_OCTAVES - i) * N_BINS], check=i < 2)
    return magnitude


def _filter_octave(samples, hop, filters, magnitude, check):
    """Compute the highest octave of `magnitude`, whose lower octaves are complete.

    The transform uses single precision. Its rounding errors spread over all bins. They matter in the two highest
    octaves if almost all energy of a frame is above the filters. With ``check=True``, such frames use double precision.
    """
    from ._kernels import filter_magnitudes

    padded = np.pad(samples, filters.n_fft // 2)
    frames = sliding_window_view(padded, filters.n_fft)[::hop][: magnitude.shape[1]]
    for start in range(0, len(frames), _BLOCK):
        block = slice(start, start + _BLOCK)
        for dtype in (np.float32, np.float64):
            spectra = scipy.fft.rfft(frames[block].astype(dtype, copy=False), axis=1)
            spectra = spectra.astype(np.complex64, copy=False).view(np.float32)
            filter_magnitudes(spectra, filters.starts, filters.weights, magnitude[-N_BINS:, block])
            if not check or _is_accurate(spectra, magnitude[:, block]):
                break


def _is_accurate(spectra, magnitude):
    energy = np.einsum("tk,tk->t", spectra, spectra)
    return np.all(_WEAK**2 * energy <= magnitude.max(axis=0) ** 2)


def _decimate(samples, factor):
    """Reduce the sample rate by a factor, and scale the samples to the same energy."""
    import librosa

    lower = soxr.resample(samples, factor, 1, quality="HQ")
    return librosa.util.fix_length(lower, size=ceil(len(samples) / factor)) * np.float32(np.sqrt(factor))


@lru_cache
def _filters(sample_rate):
    import librosa

    frequencies = _C1 * 2 ** (np.arange(N_OCTAVES * N_BINS) / N_BINS)
    ratio = 4 ** (1 / N_BINS)
    bandwidth = np.full(len(frequencies), (ratio - 1) / (ratio + 1))
    _, highest = librosa.filters.wavelet_lengths(freqs=frequencies, sr=sample_rate, alpha=bandwidth)
    # The highest filter stays below a quarter of the sample rate.
    halvings = max(0, ceil(log2(sample_rate / 2 / highest)) - 2)
    rate = sample_rate / 2**halvings
    wavelets, lengths = librosa.filters.wavelet(freqs=frequencies[-N_BINS:], sr=rate, alpha=bandwidth[-N_BINS:])
    n_fft = wavelets.shape[1]
    response = scipy.fft.fft(wavelets * (np.sqrt(lengths)[:, None] / n_fft), axis=1)[:, : n_fft // 2 + 1]
    response = librosa.util.sparsify_rows(response, quantile=0.01, dtype=np.complex64)
    starts = response.indices[response.indptr[:-1]]
    width = max(response.indices[response.indptr[1:] - 1] + 1 - starts)
    width = 16 * ceil(width / 16)  # without a remainder in vectorized loops
    starts = np.minimum(starts, n_fft // 2 + 1 - width)
    response = np.take_along_axis(response.toarray(), starts[:, None] + np.arange(width), axis=1)
    weights = np.stack([response.conj(), 1j * response.conj()]).view(np.float32)
    return _Filters(n_fft, starts, weights, halvings)
