"""A music library on disk -> the track table."""

import os
import warnings
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pandas as pd

from ..._paths import is_url, resolve_path
from ._lyrics import TEXT_EXTENSIONS, clean_lyrics, decode
from ._tags import read_tags

COLUMNS = ("track_id", "audio", "lyrics", "title", "artist", "language", "genre")
# fmt: off
AUDIO_EXTENSIONS = frozenset([
    ".aac", ".aif", ".aifc", ".aiff", ".alac", ".ape", ".au", ".caf", ".flac", ".m4a", ".m4b", ".mp2", ".mp3",
    ".mpc", ".oga", ".ogg", ".opus", ".spx", ".tta", ".wav", ".wave", ".wma", ".wv",
])
# fmt: on
_TABLE_EXTENSIONS = (".csv", ".tsv", ".parquet")


class EmptyLibraryError(ValueError):
    """A folder without audio, or a table without rows, is no music library."""


class TrackWarning(UserWarning):
    """Some tracks were loaded without all that belongs to them.

    Parameters
    ----------
    failures : list of (str, str)
        ``track_id`` and what went wrong.

    Attributes
    ----------
    failures : list of (str, str)
        As given.
    """

    def __init__(self, failures):
        super().__init__(failures)
        self.failures = failures

    def __str__(self):
        shown = "; ".join(f"{track_id!r}: {reason}" for track_id, reason in self.failures[:5])
        rest = len(self.failures) - 5
        return f"{len(self.failures)} problem(s) in the library, loaded as far as possible: {shown}" + (
            f"; and {rest} more in `.failures`" if rest > 0 else ""
        )


def load_tracks(source, *, folders=None):
    r"""Load a music library as a track table, one row a song.

    Nothing in the library is written to, and no sound is decoded: a file that is not what its name says is kept, for
    the feature extractor to report.

    Parameters
    ----------
    source : str or path-like
        One of

        - a folder of audio, walked to any depth in sorted order. Hidden files are skipped, a folder reached twice
          through symbolic links is read once. Lyrics come from a ``.txt`` or ``.lrc`` file of the same stem beside
          the audio, else from the file's own tags (ID3, Vorbis comments, MP4, APEv2, ASF), as do title, artist,
          language and genre.
        - a CSV, TSV or Parquet table with a column ``audio`` (URLs, or paths relative to the table's folder), a column
          ``lyrics`` (the text itself, or the path of a ``.txt`` or ``.lrc`` file relative to the table's folder), or
          both. ``track_id`` defaults to the path of the audio, else to the row number; all other columns pass through.
          The table is taken at its word: no tags are read. An audio file that is missing keeps its row.
    folders : str or sequence of str, default=None
        Columns to read from the names of the first folders below a `source` folder, in order:
        ``folders="language,genre"`` reads ``hindi/folk/song.mp3`` as language "hindi", genre "folk". They go before
        tags; files that lie less deep have them missing.

    Returns
    -------
    tracks : pandas.DataFrame of shape (n_tracks, n_columns)
        Columns ``track_id`` (unique), ``audio`` (absolute path or URL), ``lyrics`` (text without LRC timestamps),
        ``title``, ``artist``, ``language``, ``genre``, all of them strings or missing, and then any others.

    Raises
    ------
    FileNotFoundError
        There is no `source`.
    ValueError
        `source` is neither a folder nor a table, holds no track, or has ``track_id`` twice.

    Warns
    -----
    TrackWarning
        Lyrics or tags could not be read, or were read as Latin-1 because they are neither UTF-8 nor UTF-16. One
        warning for the whole library; its ``failures`` lists the tracks.

    See Also
    --------
    make_songs : A small library to try things on.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from skvae.datasets import load_tracks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = pathlib.Path(folder, "tracks.csv")
    ...     _ = table.write_text("audio,lyrics,genre\na.mp3,la la,pop\nb.mp3,,rock\n")
    ...     tracks = load_tracks(table)
    >>> tracks[["track_id", "lyrics", "genre"]]
      track_id lyrics genre
    0    a.mp3  la la   pop
    1    b.mp3    NaN  rock
    """
    source = Path(os.path.abspath(source))
    failures = []
    _check_source(source, folders)
    if source.is_dir():
        tracks = _from_folder(source, _folder_columns(folders), failures)
    else:
        tracks = _from_table(source, failures)
    repeated = tracks["track_id"][tracks["track_id"].duplicated()].unique()
    if len(repeated):
        more = f" and {len(repeated) - 5} more" if len(repeated) > 5 else ""
        raise ValueError(
            f"track_id must be unique, but {', '.join(map(repr, repeated[:5]))}{more} stand(s) in several rows of "
            f"{source.name!r}; drop those rows or give them a track_id of their own"
        )
    if failures:
        warnings.warn(TrackWarning(failures), stacklevel=2)
    return tracks


def _check_source(source, folders):
    if source.is_dir():
        return
    if not source.exists():
        raise FileNotFoundError(f"source={str(source)!r} does not exist; give a folder of audio or a table")
    if source.suffix.lower() not in _TABLE_EXTENSIONS:
        raise ValueError(
            f"source={str(source)!r} is neither a folder nor a table; a table ends in {', '.join(_TABLE_EXTENSIONS)}"
        )
    if folders is not None:
        raise ValueError(f"folders={folders!r} reads labels from folder names, but source is a table; give it columns")


def _folder_columns(folders):
    """`folders` as a tuple of column names."""
    if folders is None:
        return ()
    if isinstance(folders, str):
        folders = folders.split(",")
    if not isinstance(folders, Iterable) or not all(isinstance(name, str) for name in folders):
        raise TypeError(f"folders={folders!r} must be column names, such as 'genre' or 'language,genre'")
    names = tuple(name.strip() for name in folders)
    if not all(names) or len(set(names)) < len(names) or {"track_id", "audio", "lyrics"} & set(names):
        raise ValueError(
            f"folders={folders!r} must be distinct column names other than track_id, audio and lyrics, such as 'genre'"
        )
    return names


def _from_folder(source, folders, failures):
    rows = list(_folder_rows(source, folders, failures))
    if not rows:
        raise EmptyLibraryError(f"source={str(source)!r} holds no audio file; give the folder of a music library")
    return _folder_table(rows, folders)


def _folder_rows(source, folders, failures):
    """Rows of the audio files below a folder, one after the other."""
    for folder, names in _walk(source):
        beside = {(stem, extension.lower()): stem + extension for stem, extension in map(os.path.splitext, names)}
        for name in names:
            if os.path.splitext(name)[1].lower() in AUDIO_EXTENSIONS:
                yield _read_file(source, os.path.join(folder, name), folders, beside, failures)


def _folder_table(rows, folders):
    return _tidy(pd.DataFrame(rows, columns=[*COLUMNS, *(c for c in folders if c not in COLUMNS)], dtype="str"))


def _walk(source):
    """Each folder below `source` with its file names, sorted and without hidden ones; each real folder once."""
    seen = set()
    for folder, subfolders, names in os.walk(source, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        yield folder, sorted(name for name in names if not name.startswith("."))


def _read_file(source, path, folders, beside, failures):
    """One row from one audio file and the text beside it."""
    relative = Path(os.path.relpath(path, source))
    row = {"track_id": _printable(relative.as_posix()), "audio": _printable(path)}

    def note(reason):
        failures.append((row["track_id"], reason))

    if row["audio"] != path:
        note("its path is not valid UTF-8; rename it")
    try:
        row |= read_tags(path)
    except Exception as error:  # mutagen lets through whatever a broken file makes it stumble over
        note(f"tags not read ({type(error).__name__}: {error})")
    if "lyrics" in row:
        row["lyrics"] = clean_lyrics(row["lyrics"])
    stem, _ = os.path.splitext(os.path.basename(path))
    for extension in TEXT_EXTENSIONS:
        sidecar = beside.get((stem, extension))
        lyrics = sidecar and _read_lyrics(Path(path).with_name(sidecar), note)
        if lyrics:
            row["lyrics"] = lyrics
            break
    return row | {name: _printable(level) for name, level in zip(folders, relative.parts[:-1], strict=False)}


def _from_table(source, failures):
    tracks = _read_table(source, failures)
    _check_table(source, tracks)
    return _complete(tracks, source.parent, failures)


def _check_table(source, tracks):
    if not {"audio", "lyrics"} & set(tracks.columns):
        raise ValueError(
            f"{source.name!r} has neither a column 'audio' nor a column 'lyrics', but {list(tracks.columns)}; add one"
        )
    if tracks.empty:
        raise EmptyLibraryError(f"{source.name!r} has no rows; a track table has one a song")


def _complete(tracks, base, failures):
    """Make the rows of a table in the folder `base` tracks: whole paths, the text of lyrics, an id for each."""
    tracks = _tidy(tracks.reindex(columns=[*COLUMNS, *(c for c in tracks.columns if c not in COLUMNS)]))
    audio = [resolve_path(path, base) for path in tracks["audio"]]
    tracks["track_id"] = [
        given if not pd.isna(given) else str(row) if path is None else _identifier(path, base)
        for row, given, path in zip(tracks.index, tracks["track_id"], audio, strict=True)
    ]
    tracks["audio"] = pd.Series(audio, index=tracks.index, dtype="str")
    lyrics = []
    for track_id, text in zip(tracks["track_id"], tracks["lyrics"], strict=True):
        if pd.isna(text):
            lyrics.append(None)
        elif "\n" not in text and text.lower().endswith(TEXT_EXTENSIONS):
            lyrics.append(_read_lyrics(base / text, lambda reason, row=track_id: failures.append((row, reason))))
        else:
            lyrics.append(clean_lyrics(text))
    tracks["lyrics"] = pd.Series(lyrics, index=tracks.index, dtype="str")
    return _tidy(tracks)


def _read_table(source, failures):
    """Read the table, its known columns as text: a track "007" and an artist "NA" keep their names."""
    if source.suffix.lower() == ".parquet":
        return pd.read_parquet(source).reset_index(drop=True)
    separator = "\t" if source.suffix.lower() == ".tsv" else ","
    try:
        text, encoding = decode(source.read_bytes())
        tracks = pd.read_csv(StringIO(text), sep=separator, index_col=False, dtype="str", keep_default_na=False)
        others = [name for name in tracks.columns if name not in COLUMNS]
        typed = pd.read_csv(StringIO(text), sep=separator, index_col=False, usecols=others)
    except (ValueError, pd.errors.ParserError) as error:  # an empty file among them
        raise ValueError(f"source={str(source)!r} is not a readable table: {error}") from error
    if encoding == "latin-1":
        failures.append((source.name, "read as Latin-1, it is neither UTF-8 nor UTF-16"))
    tracks[others] = typed[others]
    return tracks


def _tidy(tracks):
    """Make the known columns strings without outer space, missing where nothing is left."""
    for name in COLUMNS:
        column = tracks[name].astype(object)
        text = [None if pd.isna(value) else str(value).strip() or None for value in column]
        tracks[name] = pd.Series(text, index=tracks.index, dtype="str")
    return tracks


def _read_lyrics(path, note):
    """Lyrics from a text file; ``None``, and a note, where that fails."""
    try:
        text, encoding = decode(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        note(f"lyrics not read from {_printable(path.name)!r} ({reason})")
        return None
    if encoding == "latin-1":
        note(f"lyrics of {_printable(path.name)!r} read as Latin-1, they are neither UTF-8 nor UTF-16")
    return clean_lyrics(text)


def _identifier(path, base):
    """Name a recording: by its path, relative to `base` where it lies below, or by its URL."""
    if is_url(path):
        return path
    path = Path(path)
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()


def _printable(path):
    """Make a path that any table can hold: bytes that are not UTF-8 are spelled out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
