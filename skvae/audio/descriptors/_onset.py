"""Onset strength."""

from ._registry import descriptor


@descriptor("dB")
def onset(spectrum):
    """Onset strength: mean growth of the mel bands since the frame before [shape=(1, t)], in dB.

    References
    ----------
    Boeck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013.
    """
    return spectrum.onset[None]
