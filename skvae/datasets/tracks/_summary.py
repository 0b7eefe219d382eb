"""What a library holds, before any of it is read: enough to tell it from a later state of it."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from ..._paths import audio_folders, resolve_path
from ..tables._reader import read_frames
from ._load import AUDIO_EXTENSIONS, COLUMNS, EmptyLibraryError, _check_source, _check_table, _folder_columns, _walk
from ._lyrics import TEXT_EXTENSIONS

_CHUNK = 8192  # rows


class LibrarySummary(NamedTuple):
    """What `summarize_library` found.

    Attributes
    ----------
    n_tracks : int
        Songs.
    digest : str
        Of the names of a folder's songs and texts, or of the content of a table.
    audio_folders : set of Path
        Folders of songs that a table names, and its own; the folder itself.
    column_types : dict of str to pyarrow.DataType
        Types that hold all values of the columns that a track table does not always have.
    """

    n_tracks: int
    digest: str
    audio_folders: set
    column_types: dict


def summarize_library(source, folders=None):
    """Look over a library that `load_tracks` takes, opening no song; memory does not grow with it.

    Parameters
    ----------
    source : path-like
        As for `load_tracks`.
    folders : str, sequence of str or None, default=None
        As for `load_tracks`.

    Returns
    -------
    LibrarySummary
        What there is.

    Raises
    ------
    ValueError
        If there is no song in it.
    """
    source = Path(os.path.abspath(source))
    _check_source(source, folders)
    survey = _of_folder(source, _folder_columns(folders)) if source.is_dir() else _of_table(source)
    if not survey.n_tracks:
        raise EmptyLibraryError(f"source={str(source)!r} holds no track; give the folder of a music library")
    return survey


def _of_folder(source, folders):
    import pyarrow as pa

    n_tracks, digest = 0, hashlib.sha256()
    for folder, names in _walk(source):
        place = os.fsencode(os.path.relpath(folder, source))
        for name in names:
            extension = os.path.splitext(name)[1].lower()
            if extension in AUDIO_EXTENSIONS or extension in TEXT_EXTENSIONS:
                digest.update(place + b"/" + os.fsencode(name) + b"\0")
                n_tracks += extension in AUDIO_EXTENSIONS
    types = {name: pa.large_string() for name in folders if name not in COLUMNS}
    return LibrarySummary(n_tracks, digest.hexdigest(), {source}, types)


def _of_table(source):
    import pyarrow as pa

    n_tracks, folders, seen = 0, {source.parent}, {}
    for frame in read_frames(source, _CHUNK):
        _check_table(source, frame)
        n_tracks += len(frame)
        if "audio" in frame:
            folders |= audio_folders(resolve_path(path, source.parent) for path in frame["audio"])
        others = pa.Table.from_pandas(frame[[name for name in frame if name not in COLUMNS]], preserve_index=False)
        for name, column in zip(others.column_names, others.columns, strict=True):
            empty = column.null_count == len(column)
            seen.setdefault(name, set()).update(() if empty else [column.type])
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return LibrarySummary(n_tracks, digest, folders, {name: _common(types) for name, types in seen.items()})


def _common(types):
    """Find the type that holds the values of several."""
    import pyarrow as pa

    if len(types) == 1:
        return next(iter(types))
    numbers = types and all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in types)
    return pa.float64() if numbers else pa.large_string()
