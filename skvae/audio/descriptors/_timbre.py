"""Timbre: cepstra and their course, mel bands, contrast."""

import numpy as np
import scipy.fft

from .._spectrum import decibels
from .._statistics import delta
from ._registry import descriptor

_OCTAVE_BANDS = ((0, 200), (200, 400), (400, 800), (800, 1600), (1600, 3200), (3200, 6400), (6400, 12800))


def _coefficients(n, suffix=""):
    return [f"mfcc{i:02d}{suffix}" for i in range(1, n + 1)]


@descriptor("dB", _coefficients(40), name="mfcc40", n=40)
@descriptor("dB", _coefficients(13), name="mfcc13", n=13)
@descriptor("dB", _coefficients(20))
def mfcc(spectrum, n=20):
    """Timbre: mel-frequency cepstral coefficients [shape=(n, t)], in dB.

    Orthonormal cosine transform (type II) of the log-mel spectrum. The first follows the level; the others do not.

    References
    ----------
    Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", 1980.
    """
    return scipy.fft.dct(spectrum.log_mel(), axis=0, norm="ortho")[:n]


@descriptor("dB", _coefficients(40, "_delta"), name="mfcc40_delta", n=40)
@descriptor("dB", _coefficients(13, "_delta"), name="mfcc13_delta", n=13)
@descriptor("dB", _coefficients(20, "_delta"))
def mfcc_delta(spectrum, n=20):
    """Course of the timbre: slope of the MFCC over nine frames [shape=(n, t)], in dB per frame.

    References
    ----------
    Furui, "Speaker-independent isolated word recognition using dynamic features of speech spectrum", 1986.
    """
    return delta(mfcc(spectrum, n))


@descriptor("dB", _coefficients(40, "_delta2"), name="mfcc40_delta2", n=40)
@descriptor("dB", _coefficients(13, "_delta2"), name="mfcc13_delta2", n=13)
@descriptor("dB", _coefficients(20, "_delta2"))
def mfcc_delta2(spectrum, n=20):
    """Course of the timbre: second derivative of the MFCC over nine frames [shape=(n, t)], in dB per squared frame.

    References
    ----------
    Furui, "Speaker-independent isolated word recognition using dynamic features of speech spectrum", 1986.
    """
    return delta(mfcc(spectrum, n), order=2)


@descriptor("dB", [f"mel64_{i:02d}" for i in range(1, 65)], name="mel64", n=64)
@descriptor("dB", [f"mel{i:03d}" for i in range(1, 129)])
def mel(spectrum, n=128):
    """Level in bands equally wide on the mel scale [shape=(n, t)], in dB.

    References
    ----------
    Slaney, "Auditory Toolbox", Interval Research technical report 1998-010, 1998.
    """
    return spectrum.log_mel(n)


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
