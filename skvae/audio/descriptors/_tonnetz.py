"""Tonal centroid."""

import numpy as np

from ._pitch_classes import fold_octaves, normalize_columns
from ._registry import descriptor


@descriptor("1", [f"tonnetz_{axis}" for axis in ("fifth_x", "fifth_y", "minor_x", "minor_y", "major_x", "major_y")])
def tonnetz(spectrum):
    """Tonal center: position on the circles of fifths, minor thirds and major thirds [shape=(6, t)].

    References
    ----------
    Harte, Sandler and Gasser, "Detecting harmonic change in musical audio", 2006.
    """
    classes = np.arange(12)
    angles = np.pi * np.outer([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3], classes)
    radii = np.array([1, 1, 1, 1, 0.5, 0.5])[:, None]
    positions = radii * np.where(np.arange(6)[:, None] % 2, np.cos(angles), np.sin(angles))
    magnitude = fold_octaves(spectrum)
    return np.einsum("pc,ct->pt", positions, normalize_columns(magnitude, magnitude.sum(axis=0)))
