"""Level of the harmonic part."""

from ._registry import descriptor


@descriptor("1")
def harmonic(spectrum):
    """Level of lasting tones: root mean square of the spectrum's harmonic part under its window [shape=(1, t)].

    References
    ----------
    Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
    """
    return spectrum.parts.harmonic[None]
