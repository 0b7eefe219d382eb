"""Spectral bandwidth."""

from ._registry import descriptor


@descriptor("Hz")
def bandwidth(spectrum):
    """Spread: standard deviation of the magnitude spectrum around its centroid, in hertz [shape=(1, t)].

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.shapes.bandwidth[None]
