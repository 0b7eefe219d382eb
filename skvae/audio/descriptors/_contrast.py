"""Spectral contrast."""

import numpy as np

from ..spectrum._filter_banks import decibels
from ._registry import descriptor

_OCTAVE_BANDS = ((0, 200), (200, 400), (400, 800), (800, 1600), (1600, 3200), (3200, 6400), (6400, 12800))


@descriptor("dB", [f"contrast{i}" for i in range(1, len(_OCTAVE_BANDS) + 1)])
def contrast(spectrum):
    """Difference between spectral peaks and valleys in seven frequency bands, in dB [shape=(7, t)].

    The bands end at 200, 400, 800, 1600, 3200 and 6400 Hz and at half the sample rate. Peak and valley are the means of
    the largest and the smallest 2 % of the magnitudes of a band. The decibels are 10 log10 of the magnitudes.

    References
    ----------
    Jiang et al., "Music type classification by spectral contrast feature", ICME 2002.
    """
    peaks, valleys = [], []
    frames = spectrum.magnitude.T
    for band, (low, high) in enumerate(_OCTAVE_BANDS):
        first, last = np.searchsorted(spectrum.frequencies, [low, high * (1 + 1e-12)])
        first -= band > 0
        if band == len(_OCTAVE_BANDS) - 1:
            last = frames.shape[1]
        n_extreme = max(1, round(0.02 * (last - first)))
        # Adjacent bands share a bin: each band except the highest leaves its last bin to the next band.
        sorted_bins = np.sort(frames[:, first : last - (band < len(_OCTAVE_BANDS) - 1)], axis=1)
        valleys.append(sorted_bins[:, :n_extreme].mean(axis=1))
        peaks.append(sorted_bins[:, -n_extreme:].mean(axis=1))
    return decibels(np.array(peaks)) - decibels(np.array(valleys))
