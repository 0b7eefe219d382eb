"""Tempogram at multiples of the local tempo."""

from ..spectrum._rhythm import RATIOS
from ._registry import descriptor


@descriptor("1", [f"tempogram_ratio{i:02d}" for i in range(1, len(RATIOS) + 1)])
def tempogram_ratio(spectrum):
    """Rhythm independent of the tempo: tempogram at multiples of the local tempo [shape=(13, t)].

    The multiples are 4, 8/3, 3, 2, 4/3, 3/2, 1, 2/3, 3/4, 1/2, 1/3, 3/8 and 1/4.

    References
    ----------
    Prockup et al., "Modeling genre with the Music Genome Project: comparing human-labeled attributes and audio
    features", ISMIR 2015.
    """
    return spectrum.rhythm.ratios
