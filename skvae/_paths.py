"""Resolution of audio paths and URLs relative to a track table."""

import os
import re
from pathlib import Path

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(://|::)")


def is_url(path):
    """Return whether a path is a URL of fsspec, such as ``s3://bucket/a.mp3`` or ``zip://a.mp3::file:///songs.zip``."""
    return _URL.match(path) is not None


def resolve_path(path, base):
    """Return the absolute path of a table cell.

    Parameters
    ----------
    path : str or missing value
        Absolute path, path relative to `base`, or URL.
    base : path-like
        Folder of the table.

    Returns
    -------
    str or None
        Absolute path, or the unchanged URL. None if `path` is missing or empty.
    """
    if _is_missing(path) or not path:
        return None
    return path if is_url(path) else os.path.abspath(Path(base) / path)


def relative_path(path, folder):
    """Return a path relative to the folder of a table or playlist.

    Parameters
    ----------
    path : str or missing value
        Absolute path or URL.
    folder : Path
        Folder of the table or playlist, without symbolic links.

    Returns
    -------
    str or None
        Path relative to `folder`, or the unchanged URL. The absolute path if both are on different drives. None if
        `path` is missing.
    """
    if _is_missing(path):
        return None
    if is_url(path):
        return path
    # The parent is resolved because ".." after a symbolic link leads to another folder. The file name is kept.
    audio = Path(path)
    audio = audio.parent.resolve() / audio.name
    try:
        path = Path(os.path.relpath(audio, folder)).as_posix()
    except ValueError:  # different drives
        path = audio.as_posix()
    # A hash starts a comment in a playlist, and players strip outer spaces.
    return f"./{path}" if path[0] in "# " else path


def printable_path(path):
    """Replace the bytes of a path that are not valid UTF-8 by escape sequences, so that any table can store it."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def audio_folders(paths):
    """Return the set of folders of the local files among absolute paths, URLs and missing values."""
    return {Path(path).parent for path in paths if not _is_missing(path) and not is_url(path)}


def _is_missing(path):
    import pandas as pd  # not at the top: every decoder process imports this module, and pandas takes half a second

    return pd.isna(path)
