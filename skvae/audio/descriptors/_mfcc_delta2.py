"""Second derivative of the MFCC."""

from ..spectrum._delta import delta
from ._mfcc import coefficient_names, mfcc
from ._registry import descriptor


@descriptor("dB", coefficient_names(40, "_delta2"), name="mfcc40_delta2", n=40)
@descriptor("dB", coefficient_names(13, "_delta2"), name="mfcc13_delta2", n=13)
@descriptor("dB", coefficient_names(20, "_delta2"))
def mfcc_delta2(spectrum, n=20):
    """Change of the timbre: second derivative of the MFCC over nine frames, in dB per squared frame [shape=(n, t)].

    References
    ----------
    Furui, "Speaker-independent isolated word recognition using dynamic features of speech spectrum", 1986.
    """
    return delta(mfcc(spectrum, n), order=2)
