"""Spectral flux."""

from ._registry import descriptor


@descriptor("1")
def flux(spectrum):
    """Change: distance of the magnitude spectrum from that of the frame before [shape=(1, t)].

    Both are scaled to length 1, so that it lies between 0, the same sound, and the root of 2; the first frame has 0.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    return spectrum.flux[None]
