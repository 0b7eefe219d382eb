"""Tempo around each frame."""

from ._registry import descriptor


@descriptor("BPM")
def local_tempo(spectrum):
    """Tempo in a window of eight seconds around each frame, in beats per minute [shape=(1, t)].

    References
    ----------
    Grosche, Mueller and Kurth, "Cyclic tempogram: a mid-level tempo representation for music signals", ICASSP 2010.
    """
    return spectrum.rhythm.local_tempo[None]
