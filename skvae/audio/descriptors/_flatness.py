"""Spectral flatness."""

from ._registry import descriptor


@descriptor("1")
def flatness(spectrum):
    """Noisiness: geometric mean divided by arithmetic mean of the power spectrum [shape=(1, t)].

    The flatness of a tone is 0, and that of white noise approaches 1.

    References
    ----------
    Dubnov, "Generalization of spectral flatness measure for non-Gaussian linear processes", 2004.
    """
    return spectrum.shapes.flatness[None]
