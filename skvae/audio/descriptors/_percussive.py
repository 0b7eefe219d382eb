"""Level of the percussive part."""

from ._registry import descriptor


@descriptor("1")
def percussive(spectrum):
    """Level of beats: root mean square of the percussive part of the windowed frame [shape=(1, t)].

    References
    ----------
    Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
    """
    return spectrum.levels.percussive[None]
