"""Level of the harmonic part."""

from ._registry import descriptor


@descriptor("1")
def harmonic(spectrum):
    """Level of sustained tones: root mean square of the harmonic part of the windowed frame [shape=(1, t)].

    References
    ----------
    Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
    """
    return spectrum.levels.harmonic[None]
