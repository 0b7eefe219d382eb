"""Tempo of an excerpt."""

import numpy as np

from ._registry import descriptor


@descriptor("BPM", whole=True)
def tempo(spectrum):
    """Tempo of the excerpt, in beats per minute [shape=(1,)].

    It is the strongest period of the onset strength, with a preference for tempos near 120 beats per minute.

    References
    ----------
    Ellis, "Beat tracking by dynamic programming", Journal of New Music Research, 2007.
    """
    return np.array([spectrum.rhythm.tempo])
