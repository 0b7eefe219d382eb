"""Spectral rolloff."""

from ._registry import descriptor


@descriptor("Hz")
def rolloff(spectrum):
    """Frequency below which 85 % of the magnitude lies, in hertz [shape=(1, t)].

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    return spectrum.shapes.rolloff[None]
