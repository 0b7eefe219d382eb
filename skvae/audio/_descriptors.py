"""One small pure function per descriptor, ``(d, t)`` values from a `Spectrum`, and the registry of them all.

Every value equals what librosa gives for the same samples with its default settings (chroma: with ``tuning=0.0``).
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import scipy.fft

from ._spectrum import HOP, N_FFT, N_MELS, chroma_bank, decibels

_N_MFCC = 20
_OCTAVE_BANDS = ((0, 200), (200, 400), (400, 800), (800, 1600), (1600, 3200), (3200, 6400), (6400, 12800))


class Descriptor(NamedTuple):
    """How one descriptor is computed and named.

    Attributes
    ----------
    compute : callable
        `Spectrum` -> ndarray of shape (len(names), n_frames).
    names : tuple of str
        Name of each row.
    unit : str
        Unit of the values.
    """

    compute: Callable
    names: tuple[str, ...]
    unit: str


_registry = {}

DESCRIPTORS = MappingProxyType(_registry)
"""Every descriptor by name: its function, the names of its rows, and its unit. Read-only."""


def _descriptor(unit, rows=None, separator=""):
    def register(function):
        name = function.__name__
        names = (name,) if rows is None else tuple(f"{name}{separator}{row}" for row in rows)
        _registry[name] = Descriptor(function, names, unit)
        return function

    return register


@_descriptor("dB", [f"{i:02d}" for i in range(1, _N_MFCC + 1)])
def mfcc(spectrum):
    """Timbre: mel-frequency cepstral coefficients [shape=(20, t)], in dB.

    Orthonormal cosine transform (type II) of the log-mel spectrum. The first follows the level; the others do not.

    References
    ----------
    Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", 1980.
    """
    return scipy.fft.dct(spectrum.log_mel, axis=0, norm="ortho")[:_N_MFCC]


@_descriptor("dB", [f"{i:03d}" for i in range(1, N_MELS + 1)])
def mel(spectrum):
    """Level in 128 bands equally wide on the mel scale [shape=(128, t)], in dB.

    References
    ----------
    Slaney, "Auditory Toolbox", Interval Research technical report 1998-010, 1998.
    """
    return spectrum.log_mel


@_descriptor("1", ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"], separator="_")
def chroma(spectrum):
    """Harmony: energy in the twelve pitch classes, the strongest of a frame being 1 [shape=(12, t)].

    A4 is taken as 440 Hz: an estimated tuning is a choice between steps, which may flip under rounding.

    References
    ----------
    Ellis, "Chroma feature analysis and synthesis", 2007.
    """
    energy = np.einsum("cf,ft->ct", chroma_bank(spectrum.sample_rate), spectrum.power)
    strongest = energy.max(axis=0)
    return energy / np.where(strongest > np.finfo(np.float32).tiny, strongest, 1)


@_descriptor("dB", range(1, len(_OCTAVE_BANDS) + 1))
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


@_descriptor("Hz")
def centroid(spectrum):
    """Brightness: mean frequency under the magnitude spectrum [shape=(1, t)], in hertz.

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.centroid[None]


@_descriptor("Hz")
def bandwidth(spectrum):
    """Spread of the magnitude spectrum about its centroid, a standard deviation [shape=(1, t)], in hertz.

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.bandwidth[None]


@_descriptor("Hz")
def rolloff(spectrum):
    """Frequency of the bin below which 85 % of the magnitude lies [shape=(1, t)], in hertz.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    running = np.cumsum(spectrum.magnitude, axis=0)
    return spectrum.frequencies[(running < 0.85 * running[-1]).sum(axis=0)][None]


@_descriptor("1")
def flatness(spectrum):
    """Noisiness: geometric over arithmetic mean of the power spectrum, 0 a tone, 1 white noise [shape=(1, t)].

    References
    ----------
    Dubnov, "Generalization of spectral flatness measure for non-Gaussian linear processes", 2004.
    """
    power = np.maximum(spectrum.power, 1e-10)
    return (np.exp(np.log(power).mean(axis=0)) / power.mean(axis=0))[None]


@_descriptor("1")
def zero_crossing_rate(spectrum):
    """Part of a frame's samples at which the sign changes [shape=(1, t)].

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    padded = np.pad(spectrum.samples, N_FFT // 2, mode="edge")
    negative = padded < -1e-10
    # Running counts: a frame's crossings, the one into its first sample left out, are a difference of two of them.
    crossings = np.concatenate([[0], np.cumsum(negative[1:] != negative[:-1])])
    return ((crossings[N_FFT - 1 :] - crossings[: 1 - N_FFT])[::HOP] / N_FFT)[None]


@_descriptor("1")
def rms(spectrum):
    """Loudness: root mean square of a frame's samples, 1 being full scale [shape=(1, t)].

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    frames = spectrum.frames(spectrum.samples, "constant")
    return np.sqrt(np.einsum("tn,tn->t", frames, frames) / N_FFT)[None]


DEFAULT = tuple(name for name in DESCRIPTORS if name != "mel")
"""All but the mel bands, whose first twenty cosine components the MFCC are."""
