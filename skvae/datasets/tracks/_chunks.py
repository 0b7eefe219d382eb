"""The track table of a library of any size, some rows at a time."""

import os
import warnings
from itertools import chain, islice
from pathlib import Path

import pandas as pd

from ..tables._reader import read_frames
from ._load import (
    EmptyLibraryError,
    TrackWarning,
    _check_source,
    _check_table,
    _complete,
    _folder_columns,
    _folder_rows,
    _folder_table,
)


def iter_tracks(source, size, *, folders=None):
    r"""Load a music library in chunks, so that memory does not grow with it.

    Parameters
    ----------
    source : path-like
        As for `load_tracks`. That no ``track_id`` stands in two rows is not checked.
    size : int
        Rows of a chunk, at most.
    folders : str or sequence of str, default=None
        As for `load_tracks`.

    Yields
    ------
    DataFrame
        The next rows of the track table; their index counts on.

    Raises
    ------
    ValueError
        If there is no track in it.

    Warns
    -----
    TrackWarning
        As `load_tracks`, once a chunk.

    See Also
    --------
    load_tracks : The whole table.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from skvae.datasets import iter_tracks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = pathlib.Path(folder, "tracks.csv")
    ...     _ = table.write_text("audio\na.mp3\nb.mp3\nc.mp3\n")
    ...     [chunk["track_id"].tolist() for chunk in iter_tracks(table, 2)]
    [['a.mp3', 'b.mp3'], ['c.mp3']]
    """
    source = Path(os.path.abspath(source))
    _check_source(source, folders)
    failures = []
    chunks = _of_folder(source, size, folders, failures) if source.is_dir() else _of_table(source, size, failures)
    first = next(chunks, None)
    if first is None:
        raise EmptyLibraryError(f"source={str(source)!r} holds no track; give the folder of a music library")
    for tracks in chain([first], chunks):
        if failures:
            warnings.warn(TrackWarning(list(failures)), stacklevel=2)
            failures.clear()
        yield tracks


def _of_folder(source, size, folders, failures):
    folders, first = _folder_columns(folders), 0
    for rows in _groups(_folder_rows(source, folders, failures), size):
        tracks = _folder_table(rows, folders)
        tracks.index = pd.RangeIndex(first, first + len(tracks))
        first += len(tracks)
        yield tracks


def _of_table(source, size, failures):
    for frame in read_frames(source, size):
        _check_table(source, frame)
        yield _complete(frame, source.parent, failures)


def _groups(rows, size):
    """Cut rows into lists of `size` of them."""
    rows = iter(rows)
    while group := list(islice(rows, size)):
        yield group
