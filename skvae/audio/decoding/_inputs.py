"""What users hand over as a collection of recordings -> one plain source per row."""

import io
import os
from dataclasses import replace
from numbers import Real

import numpy as np
import pandas as pd

from ._files import FileObject
from ._segment import AudioSegment


def as_sources(X, sample_rate):
    """Turn a collection of recordings into sources.

    Parameters
    ----------
    X : one-dimensional array-like or DataFrame of one column
        Paths, URLs, binary file objects, arrays of samples at `sample_rate`, (samples, rate) tuples, or AudioSegments
        of these; None, NaN or "" where there is no audio.
    sample_rate : int
        Rate of bare arrays, in hertz.

    Returns
    -------
    sources : list of None, str, FileObject, tuple of (ndarray, float), or AudioSegment
        No audio, a path or URL, a file, samples and their rate, or a part of such.
    index : pandas.Index
        The row labels of `X`, or 0, 1, 2, ...

    Raises
    ------
    ValueError
        If `X` is a single recording or has several columns.
    TypeError
        If a row is none of the above.
    """
    if isinstance(X, (str, bytes, os.PathLike)):
        raise ValueError(f"X={X!r} is a single path: a list of recordings is needed, such as [{X!r}]")
    shape = getattr(X, "shape", None) or (len(X),)
    if len(shape) == 2 and shape[1] == 1:
        column = X.iloc[:, 0] if isinstance(X, pd.DataFrame) else np.asarray(X)[:, 0]
    elif len(shape) == 1:
        column = X
    else:
        raise ValueError(f"X of shape {shape}: one column of paths is needed, or a list of arrays of samples")
    index = X.index if isinstance(X, (pd.Series, pd.DataFrame)) else pd.RangeIndex(len(column))
    return [_as_source(row, item, sample_rate) for row, item in enumerate(column)], index


def path_of(source):
    """Path or URL of a source as it is shown to users; empty for samples, file objects and no audio."""
    source = getattr(source, "audio", source)
    return source if isinstance(source, str) else ""


def _as_source(row, item, sample_rate):
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
        raise TypeError(f"X[{row}] is a file opened as text: open it for bytes, as with open(path, 'rb')")
    if hasattr(item, "read") and hasattr(item, "seek"):
        return FileObject(item)
    if isinstance(item, np.ndarray):
        return item, sample_rate
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], Real):
        return np.asarray(item[0]), item[1]
    raise TypeError(
        f"X[{row}] is of type {type(item).__name__}: a path, a file object, an array of samples or a tuple "
        "(samples, rate) is needed; one recording alone goes into a list"
    )
