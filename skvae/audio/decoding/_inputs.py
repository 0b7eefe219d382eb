"""Conversion of user input into one source per recording."""

import io
import os
from dataclasses import replace
from numbers import Real

import numpy as np
import pandas as pd

from ._files import FileObject
from ._segment import AudioSegment


def as_sources(X, sample_rate):
    """Convert a collection of recordings into sources.

    Parameters
    ----------
    X : one-dimensional array-like or DataFrame of one column
        Paths, URLs, binary file objects, arrays of samples at `sample_rate`, (samples, rate) tuples, or AudioSegments
        of these. None, NaN or "" if there is no audio.
    sample_rate : int
        Sample rate of arrays without a rate, in hertz.

    Returns
    -------
    sources : list of None, str, FileObject, tuple of (ndarray, float), or AudioSegment
        None (no audio), a path or URL, a file, samples and their rate, or a segment of one of these.
    index : pandas.Index
        Index of `X`, or 0, 1, 2, ...

    Raises
    ------
    ValueError
        If `X` is a single path or has several columns.
    TypeError
        If a row has an unsupported type.
    """
    if isinstance(X, (str, bytes, os.PathLike)):
        raise ValueError(f"X={X!r} is a single path. Pass a list of recordings, such as [{X!r}].")
    shape = getattr(X, "shape", None) or (len(X),)
    if len(shape) == 2 and shape[1] == 1:
        column = X.iloc[:, 0] if isinstance(X, pd.DataFrame) else np.asarray(X)[:, 0]
    elif len(shape) == 1:
        column = X
    else:
        raise ValueError(f"X must be one column of paths or a list of arrays of samples, got shape {shape}.")
    index = X.index if isinstance(X, (pd.Series, pd.DataFrame)) else pd.RangeIndex(len(column))
    return [_as_source(row, item, sample_rate) for row, item in enumerate(column)], index


def display_path(source):
    """Return the path or URL of a source for messages. Empty for samples, file objects and missing audio."""
    source = getattr(source, "audio", source)
    return source if isinstance(source, str) else ""


def _as_source(row, item, sample_rate):
    """Convert one row of X into a source."""
    if item is None or item is pd.NA or (isinstance(item, Real) and np.isnan(item)):
        return None
    if isinstance(item, AudioSegment):
        audio = _as_source(row, item.audio, sample_rate)
        return audio and replace(item, audio=audio)
    if isinstance(item, (str, os.PathLike)):
        return os.fspath(item) or None
    if isinstance(item, FileObject):
        return item
    if isinstance(item, io.TextIOBase):
        raise TypeError(f"X[{row}] is a text file. Open it in binary mode, for example with open(path, 'rb').")
    if hasattr(item, "read") and hasattr(item, "seek"):
        return FileObject(item)
    if isinstance(item, np.ndarray):
        return item, sample_rate
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], Real):
        return np.asarray(item[0]), item[1]
    raise TypeError(
        f"X[{row}] must be a path, a binary file object, an array of samples or a tuple (samples, rate), "
        f"got {type(item).__name__}. Pass a single recording as a list with one item."
    )
