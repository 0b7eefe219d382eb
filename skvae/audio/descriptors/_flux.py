"""Spectral flux."""

from ._registry import descriptor


@descriptor("1")
def flux(spectrum):
    """Change: distance of the magnitude spectrum from that of the previous frame [shape=(1, t)].

    Both spectra are scaled to length 1. The flux is 0 for equal spectra and at most the square root of 2. The flux of
    the first frame is 0.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    return spectrum.flux[None]
