"""Chroma of the constant-Q transform."""

from ._pitch_classes import fold_octaves, normalize_columns, pitch_class_names
from ._registry import descriptor


@descriptor("1", pitch_class_names("chroma_cqt"))
def chroma_cqt(spectrum):
    """Harmony: constant-Q magnitude in the 12 pitch classes, divided by the maximum of the frame [shape=(12, t)].

    The magnitude is summed over seven octaves.

    References
    ----------
    Ellis, "Chroma feature analysis and synthesis", 2007.
    """
    magnitude = fold_octaves(spectrum)
    return normalize_columns(magnitude, magnitude.max(axis=0))
