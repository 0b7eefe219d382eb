"""Tempo of an excerpt."""

import numpy as np

from ._registry import descriptor


@descriptor("BPM", whole=True)
def tempo(spectrum):
    """Tempo of the excerpt [shape=(1,)], in beats per minute: the strongest period, preferably near 120.

    References
    ----------
    Ellis, "Beat tracking by dynamic programming", Journal of New Music Research, 2007.
    """
    return np.array([spectrum.rhythm.tempo])
