"""Spectral centroid."""

from ._registry import descriptor


@descriptor("Hz")
def centroid(spectrum):
    """Brightness: mean frequency of the magnitude spectrum in hertz, 0 without energy [shape=(1, t)].

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.shapes.centroid[None]
