"""Pitch classes, and where they lie on the circles of fifths and thirds."""

import numpy as np
import scipy.ndimage
import scipy.signal

from .._spectrum import chroma_bank
from ._registry import descriptor

_PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def _rows(name):
    return [f"{name}_{pitch_class}" for pitch_class in _PITCH_CLASSES]


@descriptor("1", _rows("chroma"))
def chroma(spectrum, tuning=0.0):
    """Harmony: energy in the twelve pitch classes, the strongest of a frame being 1 [shape=(12, t)].

    References
    ----------
    Ellis, "Chroma feature analysis and synthesis", 2007.
    """
    energy = np.einsum("cf,ft->ct", chroma_bank(spectrum.sample_rate, tuning), spectrum.power)
    return _normalized(energy, energy.max(axis=0))


@descriptor("1", _rows("chroma_cqt"))
def chroma_cqt(spectrum):
    """Harmony: magnitude of the semitones of seven octaves, by pitch class, the strongest being 1 [shape=(12, t)].

    References
    ----------
    Ellis, "Chroma feature analysis and synthesis", 2007.
    """
    magnitude = _folded(spectrum)
    return _normalized(magnitude, magnitude.max(axis=0))


@descriptor("1", _rows("chroma_cens"))
def chroma_cens(spectrum):
    """Harmony, made robust: pitch classes in five steps of strength, smoothed over 43 frames [shape=(12, t)].

    The squares of a frame add up to 1.

    References
    ----------
    Mueller and Ewert, "Chroma toolbox: MATLAB implementations for extracting variants of chroma-based audio features",
    ISMIR 2011.
    """
    magnitude = _folded(spectrum)
    shares = _normalized(magnitude, magnitude.sum(axis=0))
    steps = 0.25 * np.sum([shares > step for step in (0.4, 0.2, 0.1, 0.05)], axis=0, dtype=np.float32)
    window = scipy.signal.get_window("hann", 43, fftbins=False)
    smooth = scipy.ndimage.convolve1d(steps, window / window.sum(), axis=1, mode="constant")
    return _normalized(smooth, np.sqrt((smooth**2).sum(axis=0)))


@descriptor("1", [f"tonnetz_{axis}" for axis in ("fifth_x", "fifth_y", "minor_x", "minor_y", "major_x", "major_y")])
def tonnetz(spectrum):
    """Tonal centre: place on the circles of fifths, minor thirds and major thirds [shape=(6, t)].

    References
    ----------
    Harte, Sandler and Gasser, "Detecting harmonic change in musical audio", 2006.
    """
    classes = np.arange(12)
    angles = np.pi * np.outer([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3], classes)
    radii = np.array([1, 1, 1, 1, 0.5, 0.5])[:, None]
    places = radii * np.where(np.arange(6)[:, None] % 2, np.cos(angles), np.sin(angles))
    magnitude = _folded(spectrum)
    return np.einsum("pc,ct->pt", places, _normalized(magnitude, magnitude.sum(axis=0)))


def _folded(spectrum):
    """Constant-Q magnitude, the octaves added up [shape=(12, t)]."""
    bins = spectrum.cqt
    octave = bins.reshape(-1, 36, bins.shape[1]).sum(axis=0)
    # A pitch class is its semitone and the thirds of one below and above.
    return np.roll(octave, 1, axis=0).reshape(12, 3, -1).sum(axis=1)


def _normalized(rows, sizes):
    """Divide each column by its size, unless that is nothing."""
    return rows / np.where(sizes > np.finfo(np.float32).tiny, sizes, 1)
