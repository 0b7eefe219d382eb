"""Chroma of the short-time Fourier transform."""

import numpy as np

from ..spectrum._filter_banks import chroma_bank
from ._pitch_classes import normalize_columns, pitch_class_names
from ._registry import descriptor


@descriptor("1", pitch_class_names("chroma"))
def chroma(spectrum, tuning=0.0):
    """Harmony: energy in the 12 pitch classes, divided by the maximum of the frame [shape=(12, t)].

    References
    ----------
    Ellis, "Chroma feature analysis and synthesis", 2007.
    """
    energy = np.einsum("cf,ft->ct", chroma_bank(spectrum.sample_rate, tuning), spectrum.power)
    return normalize_columns(energy, energy.max(axis=0))
