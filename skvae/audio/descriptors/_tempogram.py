"""Tempogram."""

from ..spectrum._rhythm import N_LAGS
from ._registry import descriptor


@descriptor("1", [f"tempogram{lag:03d}" for lag in range(N_LAGS)])
def tempogram(spectrum):
    """Rhythm: autocorrelation of the onset strength around each frame, at lags of 0 to 383 frames [shape=(384, t)].

    References
    ----------
    Grosche, Mueller and Kurth, "Cyclic tempogram: a mid-level tempo representation for music signals", ICASSP 2010.
    """
    return spectrum.rhythm.tempogram
