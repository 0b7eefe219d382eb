"""Spectral contrast."""

import numpy as np

from ..spectrum._filter_banks import decibels
from ._registry import descriptor

_OCTAVE_BANDS = ((0, 200), (200, 400), (400, 800), (800, 1600), (1600, 3200), (3200, 6400), (6400, 12800))


@descriptor("dB", [f"contrast{i}" for i in range(1, len(_OCTAVE_BANDS) + 1)])
def contrast(spectrum):
    """Peaks over valleys in seven octave bands up to 200, 400, ... 6400 Hz and above [shape=(7, t)], in dB.

    Peak and valley are the means of a band's largest and smallest 2 % of magnitudes; the decibels are 10 log10 of them.

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
        # Bands share their border: all but the highest leave their last bin to the next one.
        sorted_bins = np.sort(frames[:, first : last - (band < len(_OCTAVE_BANDS) - 1)], axis=1)
        valleys.append(sorted_bins[:, :n_extreme].mean(axis=1))
        peaks.append(sorted_bins[:, -n_extreme:].mean(axis=1))
    return decibels(np.array(peaks)) - decibels(np.array(valleys))
