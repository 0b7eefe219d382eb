"""Track tables from folders of audio files."""

import os
from pathlib import Path

import pandas as pd

from ..._paths import printable_path
from ._columns import COLUMNS, strip_columns
from ._lyrics import TEXT_EXTENSIONS, clean_lyrics, read_lyrics
from ._tags import read_tags

AUDIO_EXTENSIONS = frozenset({
    *(".aac", ".aif", ".aifc", ".aiff", ".alac", ".ape", ".au", ".caf", ".flac", ".m4a", ".m4b", ".mp2", ".mp3"),
    *(".mpc", ".oga", ".ogg", ".opus", ".spx", ".tta", ".wav", ".wave", ".wma", ".wv"),
})  # fmt: skip


def walk_folders(source):
    """List all folders of a library.

    Symbolic links are followed. Hidden files and folders are skipped. Folders reached through several symbolic links
    are listed once.

    Parameters
    ----------
    source : path-like
        Folder of the library.

    Yields
    ------
    folder : str
        Path of a folder.
    names : list of str
        Sorted names of its files.
    """
    seen = set()
    for folder, subfolders, names in os.walk(source, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        yield folder, sorted(name for name in names if not name.startswith("."))


def read_folder(source, folders, failures):
    """Read the tags and lyrics of all audio files below a folder, one file after the other.

    Parameters
    ----------
    source : Path
        Folder of the library.
    folders : tuple of str
        Columns to read from folder names.
    failures : list of (str, str)
        List to which ``track_id`` and reason of each problem are appended.

    Yields
    ------
    dict of str to str
        Row of the track table.
    """
    for folder, names in walk_folders(source):
        files = {(stem, extension.lower()): stem + extension for stem, extension in map(os.path.splitext, names)}
        for name in names:
            if os.path.splitext(name)[1].lower() in AUDIO_EXTENSIONS:
                yield _read_file(source, os.path.join(folder, name), folders, files, failures)


def make_table(rows, folders):
    """Create the track table of rows from `read_folder`."""
    return strip_columns(pd.DataFrame(rows, columns=[*COLUMNS, *(c for c in folders if c not in COLUMNS)], dtype="str"))


def _read_file(source, path, folders, files, failures):
    """Read one row from an audio file and the lyrics file with the same name."""
    relative = Path(os.path.relpath(path, source))
    row = {"track_id": printable_path(relative.as_posix()), "audio": printable_path(path)}

    def add_failure(reason):
        failures.append((row["track_id"], reason))

    if row["audio"] != path:
        add_failure("path is not valid UTF-8 (rename the file)")
    try:
        row |= read_tags(path)
    except Exception as error:  # mutagen does not catch all errors that damaged files cause
        add_failure(f"tags not read ({type(error).__name__}: {error})")
    if "lyrics" in row:
        row["lyrics"] = clean_lyrics(row["lyrics"])
    stem, _ = os.path.splitext(os.path.basename(path))
    for extension in TEXT_EXTENSIONS:
        name = files.get((stem, extension))
        lyrics = name and read_lyrics(Path(path).with_name(name), add_failure)
        if lyrics:
            row["lyrics"] = lyrics
            break
    return row | {name: printable_path(level) for name, level in zip(folders, relative.parts[:-1], strict=False)}
