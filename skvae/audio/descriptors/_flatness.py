"""Spectral flatness."""

from ._registry import descriptor


@descriptor("1")
def flatness(spectrum):
    """Noisiness: geometric over arithmetic mean of the power spectrum, 0 a tone, 1 white noise [shape=(1, t)].

    References
    ----------
    Dubnov, "Generalization of spectral flatness measure for non-Gaussian linear processes", 2004.
    """
    return spectrum.shapes.flatness[None]
