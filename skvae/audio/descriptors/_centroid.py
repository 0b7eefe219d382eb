"""Spectral centroid."""

from ._registry import descriptor


@descriptor("Hz")
def centroid(spectrum):
    """Brightness: mean frequency under the magnitude spectrum [shape=(1, t)], in hertz; 0 without energy.

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.shapes.centroid[None]
