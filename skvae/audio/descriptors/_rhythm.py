"""Onsets, tempo, and what repeats at which time."""

import numpy as np

from .._tempo import N_LAGS, RATIOS
from ._registry import descriptor


@descriptor("dB")
def onset(spectrum):
    """Onset strength: mean growth of the mel bands since the frame before [shape=(1, t)], in dB.

    References
    ----------
    Boeck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013.
    """
    return spectrum.onset[None]


@descriptor("BPM", whole=True)
def tempo(spectrum):
    """Tempo of the excerpt [shape=(1,)], in beats per minute: the strongest period, preferably near 120.

    References
    ----------
    Ellis, "Beat tracking by dynamic programming", Journal of New Music Research, 2007.
    """
    return np.array([spectrum.rhythm.tempo])


@descriptor("BPM")
def local_tempo(spectrum):
    """Tempo of the eight seconds about each frame [shape=(1, t)], in beats per minute.

    References
    ----------
    Grosche, Mueller and Kurth, "Cyclic tempogram: a mid-level tempo representation for music signals", ICASSP 2010.
    """
    return spectrum.rhythm.local_tempo[None]


@descriptor("1", [f"tempogram{lag:03d}" for lag in range(N_LAGS)])
def tempogram(spectrum):
    """Rhythm: autocorrelation of the onset strength about each frame, at 384 lags in frames [shape=(384, t)].

    References
    ----------
    Grosche, Mueller and Kurth, "Cyclic tempogram: a mid-level tempo representation for music signals", ICASSP 2010.
    """
    return spectrum.rhythm.tempogram


@descriptor("1", [f"tempogram_ratio{i:02d}" for i in range(1, len(RATIOS) + 1)])
def tempogram_ratio(spectrum):
    """Rhythm, whatever its tempo: the tempogram at multiples of the local tempo [shape=(13, t)].

    Four, 8/3, 3, 2, 4/3, 3/2, 1, 2/3, 3/4, 1/2, 1/3, 3/8 and 1/4 times the tempo.

    References
    ----------
    Prockup et al., "Modeling genre with the Music Genome Project: comparing human-labeled attributes and audio
    features", ISMIR 2015.
    """
    return spectrum.rhythm.ratios
