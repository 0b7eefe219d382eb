"""Track tables from CSV, TSV and Parquet files."""

from io import StringIO
from pathlib import Path

import pandas as pd

from ..._paths import is_url, resolve_path
from ..tables._reader import unreadable_table_error
from ._columns import COLUMNS, strip_columns
from ._exceptions import EmptyLibraryError
from ._lyrics import TEXT_EXTENSIONS, clean_lyrics, decode, read_lyrics

MAX_COLUMNS = 10
"""Maximum number of columns that an error lists."""


def read_table(source, failures):
    """Read a table. The columns of the track table are read as text.

    Parameters
    ----------
    source : Path
        CSV, TSV or Parquet file.
    failures : list of (str, str)
        List to which the file name and a reason are appended if the encoding is unknown.

    Returns
    -------
    DataFrame
        The unchanged columns of the table.

    Raises
    ------
    ValueError
        If the table cannot be parsed.
    """
    if source.suffix.lower() == ".parquet":
        return pd.read_parquet(source).reset_index(drop=True)
    separator = "\t" if source.suffix.lower() == ".tsv" else ","
    try:
        text, encoding = decode(source.read_bytes())
        # A track named "007" and an artist named "NA" must keep their names.
        tracks = pd.read_csv(StringIO(text), sep=separator, index_col=False, dtype="str", keep_default_na=False)
        others = [name for name in tracks.columns if name not in COLUMNS]
        typed = pd.read_csv(StringIO(text), sep=separator, index_col=False, usecols=others)
    except (ValueError, pd.errors.ParserError) as error:  # pandas also raises ValueError for an empty file
        raise unreadable_table_error(source, error) from error
    if encoding == "latin-1":
        failures.append((source.name, "read as Latin-1 because it is neither UTF-8 nor UTF-16"))
    tracks[others] = typed[others]
    return tracks


def check_columns(source, tracks):
    """Raise an error if a table has no rows, or neither a column "audio" nor a column "lyrics"."""
    if not {"audio", "lyrics"} & set(tracks.columns):
        names = list(map(str, tracks.columns))
        separator = next((char for char in ";\t|," if len(names) == 1 and char in names[0]), None)
        if separator:
            raise ValueError(
                f"{source.name!r} has one column, whose name begins with {names[0][:40]!r}. Its separator seems to "
                f"be {separator!r}. Use commas, or tabs in a file whose name ends in .tsv."
            )
        more = f" and {len(names) - MAX_COLUMNS} more" if len(names) > MAX_COLUMNS else ""
        if tracks.empty:
            raise ValueError(
                f"{source.name!r} has no rows, and neither a column 'audio' nor a column 'lyrics'. Its columns are "
                f"{names[:MAX_COLUMNS]}{more}. Add one row per track."
            )
        raise ValueError(
            f"{source.name!r} has neither a column 'audio' nor a column 'lyrics', and no numeric features. Its columns "
            f"are {names[:MAX_COLUMNS]}{more}. Add or rename a column."
        )
    if tracks.empty:
        raise EmptyLibraryError(f"{source.name!r} has no rows. A track table has one row per track.")


def complete_tracks(tracks, base, failures):
    """Resolve paths, read lyrics files and add missing values of ``track_id``.

    Parameters
    ----------
    tracks : DataFrame
        Rows of a table.
    base : Path
        Folder of the table.
    failures : list of (str, str)
        List to which ``track_id`` and reason of each problem are appended.

    Returns
    -------
    DataFrame
        Track table.
    """
    tracks = strip_columns(tracks.reindex(columns=[*COLUMNS, *(c for c in tracks.columns if c not in COLUMNS)]))
    audio = [resolve_path(path, base) for path in tracks["audio"]]
    tracks["track_id"] = [
        given if not pd.isna(given) else str(row) if path is None else _default_id(path, base)
        for row, given, path in zip(tracks.index, tracks["track_id"], audio, strict=True)
    ]
    tracks["audio"] = pd.Series(audio, index=tracks.index, dtype="str")
    lyrics = []
    for track_id, text in zip(tracks["track_id"], tracks["lyrics"], strict=True):
        if pd.isna(text):
            lyrics.append(None)
        elif "\n" not in text and text.lower().endswith(TEXT_EXTENSIONS):
            lyrics.append(read_lyrics(base / text, lambda reason, row=track_id: failures.append((row, reason))))
        else:
            lyrics.append(clean_lyrics(text))
    tracks["lyrics"] = pd.Series(lyrics, index=tracks.index, dtype="str")
    return strip_columns(tracks)


def _default_id(path, base):
    """Return the URL of a recording, or its path relative to `base` if the file is below `base`."""
    if is_url(path):
        return path
    path = Path(path)
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()
