"""Summary of a library: its size and a digest that changes with its content."""

import hashlib
import os
from typing import NamedTuple

from ..._paths import audio_folders, resolve_path
from ..tables._reader import read_frames
from ._columns import COLUMNS
from ._exceptions import EmptyLibraryError
from ._folder import AUDIO_EXTENSIONS, walk_folders
from ._lyrics import TEXT_EXTENSIONS
from ._source import resolve_source
from ._table import check_columns

_CHUNK_ROWS = 8192


class LibrarySummary(NamedTuple):
    """Result of `summarize_library`.

    Attributes
    ----------
    n_tracks : int
        Number of tracks.
    digest : str
        SHA-256 digest of the names of audio and lyrics files in a folder, or of the content of a table.
    audio_folders : set of Path
        Folders that contain audio files of a table, and the folder of the table. For a folder, the folder itself.
    column_types : dict of str to pyarrow.DataType
        Types of the additional columns. Each type can store all values of its column.
    """

    n_tracks: int
    digest: str
    audio_folders: set
    column_types: dict


def summarize_library(source, folders=None):
    """Summarize a library without reading audio, tags or lyrics.

    The memory used does not depend on the size of the library.

    Parameters
    ----------
    source : str or path-like
        Folder of audio files, or table. See `load_tracks`.
    folders : str, sequence of str or None, default=None
        Columns to read from the names of subfolders. See `load_tracks`.

    Returns
    -------
    LibrarySummary
        Summary of the library.

    Raises
    ------
    EmptyLibraryError
        If `source` contains no tracks.
    ValueError
        If `source` is neither a folder nor a readable table, or if `folders` is invalid.
    """
    source, folders = resolve_source(source, folders)
    summary = _summarize_folder(source, folders) if source.is_dir() else _summarize_table(source)
    if not summary.n_tracks:
        raise EmptyLibraryError(
            f"source={str(source)!r} contains no tracks. Pass a folder with audio files, or a table with rows."
        )
    return summary


def _summarize_folder(source, folders):
    """Summarize a folder of audio files."""
    import pyarrow as pa

    n_tracks, digest = 0, hashlib.sha256()
    for folder, names in walk_folders(source):
        relative = os.fsencode(os.path.relpath(folder, source))
        for name in names:
            extension = os.path.splitext(name)[1].lower()
            if extension in AUDIO_EXTENSIONS or extension in TEXT_EXTENSIONS:
                digest.update(relative + b"/" + os.fsencode(name) + b"\0")
                n_tracks += extension in AUDIO_EXTENSIONS
    types = {name: pa.large_string() for name in folders if name not in COLUMNS}
    return LibrarySummary(n_tracks, digest.hexdigest(), {source}, types)


def _summarize_table(source):
    """Summarize a track table."""
    import pyarrow as pa

    n_tracks, folders, seen_types = 0, {source.parent}, {}
    for frame in read_frames(source, _CHUNK_ROWS):
        check_columns(source, frame)
        n_tracks += len(frame)
        if "audio" in frame:
            folders |= audio_folders(resolve_path(path, source.parent) for path in frame["audio"])
        others = pa.Table.from_pandas(frame[[name for name in frame if name not in COLUMNS]], preserve_index=False)
        for name, column in zip(others.column_names, others.columns, strict=True):
            empty = column.null_count == len(column)
            seen_types.setdefault(name, set()).update(() if empty else [column.type])
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return LibrarySummary(n_tracks, digest, folders, {name: _common_type(types) for name, types in seen_types.items()})


def _common_type(types):
    """Return an Arrow type that can store the values of all given types."""
    import pyarrow as pa

    if len(types) == 1:
        return next(iter(types))
    numeric = types and all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in types)
    return pa.float64() if numeric else pa.large_string()
