"""Tempo of an excerpt."""

import numpy as np

from ._registry import descriptor


@descriptor("BPM", whole=True)
def tempo(spectrum):
    """Tempo of the excerpt: strongest period, weighted towards 120, in beats per minute [shape=(1,)].

    References
    ----------
    Ellis, "Beat tracking by dynamic programming", Journal of New Music Research, 2007.
    """
    return np.array([spectrum.rhythm.tempo])
