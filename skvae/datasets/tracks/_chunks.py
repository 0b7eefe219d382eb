"""Loading of a music library in chunks."""

import warnings
from itertools import chain, islice

import pandas as pd

from ..tables._reader import read_frames
from ._exceptions import EmptyLibraryError, TrackWarning
from ._folder import make_table, read_folder
from ._source import resolve_source
from ._table import check_columns, complete_tracks


def iter_tracks(source, size, *, folders=None):
    r"""Load a music library in chunks, with memory that does not depend on the size of the library.

    Parameters
    ----------
    source : str or path-like
        Folder of audio files, or table. See `load_tracks`. Repeated values of ``track_id`` are not detected.
    size : int
        Maximum number of rows per chunk.
    folders : str or sequence of str, default=None
        Columns to read from the names of subfolders. See `load_tracks`.

    Yields
    ------
    tracks : pandas.DataFrame of shape (n_rows, n_columns)
        Next rows of the track table. The index continues from chunk to chunk.

    Raises
    ------
    FileNotFoundError
        If `source` does not exist.
    EmptyLibraryError
        If `source` contains no tracks.
    TypeError
        If `folders` contains values that are not strings.
    ValueError
        If `source` is neither a folder nor a readable table, or if `folders` is invalid.

    Warns
    -----
    TrackWarning
        If lyrics or tags cannot be read completely. There is one warning per chunk.

    See Also
    --------
    load_tracks : Load the whole track table.

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
    source, folders = resolve_source(source, folders)
    failures = []
    chunks = _iter_folder(source, size, folders, failures) if source.is_dir() else _iter_table(source, size, failures)
    first = next(chunks, None)
    if first is None:
        raise EmptyLibraryError(
            f"source={str(source)!r} contains no tracks. Pass a folder with audio files, or a table with rows."
        )
    for tracks in chain([first], chunks):
        if failures:
            warnings.warn(TrackWarning(list(failures)), stacklevel=2)
            failures.clear()
        yield tracks


def _iter_folder(source, size, folders, failures):
    """Read a folder of audio files in chunks."""
    first = 0
    for rows in _batched(read_folder(source, folders, failures), size):
        tracks = make_table(rows, folders)
        tracks.index = pd.RangeIndex(first, first + len(tracks))
        first += len(tracks)
        yield tracks


def _iter_table(source, size, failures):
    """Read a table in chunks."""
    for frame in read_frames(source, size):
        check_columns(source, frame)
        yield complete_tracks(frame, source.parent, failures)


def _batched(rows, size):
    """Split rows into lists of at most `size` rows, like `itertools.batched` of Python 3.12."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch
