"""Spectral rolloff."""

from ._registry import descriptor


@descriptor("Hz")
def rolloff(spectrum):
    """Frequency of the bin below which 85 % of the magnitude lies [shape=(1, t)], in hertz.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    return spectrum.shapes.rolloff[None]
