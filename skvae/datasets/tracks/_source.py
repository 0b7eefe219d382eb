"""Validation of the source of a track table."""

import os
from collections.abc import Iterable
from pathlib import Path

_TABLE_EXTENSIONS = (".csv", ".tsv", ".parquet")


def resolve_source(source, folders):
    """Check the parameters that the loaders of track tables share.

    Parameters
    ----------
    source : str or path-like
        Folder or table.
    folders : str, sequence of str or None
        Columns to read from folder names.

    Returns
    -------
    source : Path
        Absolute path.
    folders : tuple of str
        Column names.

    Raises
    ------
    FileNotFoundError
        If `source` does not exist.
    TypeError
        If `folders` contains values that are not strings.
    ValueError
        If `source` is neither a folder nor a table, or if `folders` is invalid.
    """
    source = Path(os.path.abspath(source))
    if source.is_dir():
        return source, _parse_folders(folders)
    if not source.exists():
        raise FileNotFoundError(f"source={str(source)!r} does not exist. Pass a folder of audio files or a table.")
    if source.suffix.lower() not in _TABLE_EXTENSIONS:
        raise ValueError(
            f"source={str(source)!r} is neither a folder nor a table. The name of a table must end with "
            f"{', '.join(_TABLE_EXTENSIONS)}."
        )
    if folders is not None:
        raise ValueError(
            f"folders={folders!r} cannot be used with the table {source.name!r}: it reads labels from folder names. "
            "Add the labels to the table as columns."
        )
    return source, ()


def _parse_folders(folders):
    """Convert `folders` to a tuple of column names."""
    if folders is None:
        return ()
    if isinstance(folders, str):
        folders = folders.split(",")
    if not isinstance(folders, Iterable) or not all(isinstance(name, str) for name in folders):
        raise TypeError(f"folders={folders!r} must be column names, for example 'genre' or 'language,genre'.")
    names = tuple(name.strip() for name in folders)
    if not all(names) or len(set(names)) < len(names) or {"track_id", "audio", "lyrics"} & set(names):
        raise ValueError(
            f"folders={folders!r} must be distinct column names other than track_id, audio and lyrics, "
            "for example 'genre'."
        )
    return names
