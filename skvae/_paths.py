"""Where recordings are: paths of local files and URLs, in tables that lie in folders."""

import os
import re
from pathlib import Path

import pandas as pd

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(://|::)")


def is_url(path):
    """Whether a path is one for fsspec, such as ``s3://bucket/song.mp3`` or ``zip://song.mp3::file:///songs.zip``."""
    return _URL.match(path) is not None


def resolve_path(path, base):
    """Read a cell of a table in the folder `base`: an absolute path, a URL as it stands, or None for a missing one."""
    if pd.isna(path) or not path:
        return None
    return path if is_url(path) else os.path.abspath(Path(base) / path)


def relative_path(path, folder):
    """Write a path into a table or a playlist in a folder: a local one as seen from there.

    Parameters
    ----------
    path : str or missing value
        Absolute, or a URL.
    folder : Path
        Resolved.

    Returns
    -------
    str or None
        None where it is missing.
    """
    if pd.isna(path):
        return None
    if is_url(path):
        return path
    # Resolved, since ".." after a symbolic link leads elsewhere; the file's own name stays.
    audio = Path(path)
    audio = audio.parent.resolve() / audio.name
    try:
        path = Path(os.path.relpath(audio, folder)).as_posix()
    except ValueError:  # another drive
        path = audio.as_posix()
    # A hash would start a comment in a playlist, and players cut off outer spaces.
    return f"./{path}" if path[0] in "# " else path


def audio_folders(paths):
    """Folders of the local files among absolute paths and URLs; missing ones have none."""
    return {Path(path).parent for path in paths if not pd.isna(path) and not is_url(path)}
