"""Helpers of the descriptors of harmony: twelve pitch classes."""

import numpy as np

_PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def pitch_class_names(prefix):
    """Return the names of twelve rows, such as ``chroma_C#``."""
    return [f"{prefix}_{pitch_class}" for pitch_class in _PITCH_CLASSES]


def fold_octaves(spectrum):
    """Add up the octaves of the constant-Q magnitude [shape=(12, t)]."""
    bins = spectrum.cqt
    octave = bins.reshape(-1, 36, bins.shape[1]).sum(axis=0)
    # A pitch class consists of its semitone and the thirds of a semitone below and above.
    return np.roll(octave, 1, axis=0).reshape(12, 3, -1).sum(axis=1)


def normalize_columns(rows, sizes):
    """Divide each column by its size, unless the size is 0."""
    return rows / np.where(sizes > np.finfo(np.float32).tiny, sizes, 1)
