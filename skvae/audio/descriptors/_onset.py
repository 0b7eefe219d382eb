"""Onset strength."""

from ._registry import descriptor


@descriptor("dB")
def onset(spectrum):
    """Onset strength: mean increase of the mel bands since the previous frame, in dB [shape=(1, t)].

    A decrease of a band counts as 0.

    References
    ----------
    Boeck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013.
    """
    return spectrum.onset[None]
