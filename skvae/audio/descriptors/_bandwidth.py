"""Spectral bandwidth."""

from ._registry import descriptor


@descriptor("Hz")
def bandwidth(spectrum):
    """Spread of the magnitude spectrum about its centroid, a standard deviation [shape=(1, t)], in hertz.

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.shapes.bandwidth[None]
