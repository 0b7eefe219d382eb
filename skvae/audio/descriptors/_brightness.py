"""Shape of the spectrum of each frame, and how it changes."""

from ._registry import descriptor


@descriptor("Hz")
def centroid(spectrum):
    """Brightness: mean frequency under the magnitude spectrum [shape=(1, t)], in hertz; 0 without energy.

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.shapes.centroid[None]


@descriptor("Hz")
def bandwidth(spectrum):
    """Spread of the magnitude spectrum about its centroid, a standard deviation [shape=(1, t)], in hertz.

    References
    ----------
    Klapuri and Davy, "Signal processing methods for music transcription", chapter 5, 2006.
    """
    return spectrum.shapes.bandwidth[None]


@descriptor("Hz")
def rolloff(spectrum):
    """Frequency of the bin below which 85 % of the magnitude lies [shape=(1, t)], in hertz.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    return spectrum.shapes.rolloff[None]


@descriptor("1")
def flatness(spectrum):
    """Noisiness: geometric over arithmetic mean of the power spectrum, 0 a tone, 1 white noise [shape=(1, t)].

    References
    ----------
    Dubnov, "Generalization of spectral flatness measure for non-Gaussian linear processes", 2004.
    """
    return spectrum.shapes.flatness[None]


@descriptor("1")
def flux(spectrum):
    """Change: distance of the magnitude spectrum from that of the frame before [shape=(1, t)].

    Both are scaled to length 1, so that it lies between 0, the same sound, and the root of 2; the first frame has 0.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002.
    """
    return spectrum.flux[None]
