"""Slope of the MFCC."""

from ..spectrum._delta import delta
from ._mfcc import coefficient_names, mfcc
from ._registry import descriptor


@descriptor("dB", coefficient_names(40, "_delta"), name="mfcc40_delta", n=40)
@descriptor("dB", coefficient_names(13, "_delta"), name="mfcc13_delta", n=13)
@descriptor("dB", coefficient_names(20, "_delta"))
def mfcc_delta(spectrum, n=20):
    """Change of the timbre: slope of the MFCC over nine frames, in dB per frame [shape=(n, t)].

    References
    ----------
    Furui, "Speaker-independent isolated word recognition using dynamic features of speech spectrum", 1986.
    """
    return delta(mfcc(spectrum, n))
