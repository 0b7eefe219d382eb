"""Which columns of a table of numbers describe the sound or the words, and which would give the song away."""

import re

import pandas as pd

NAMES, LENGTH, STORAGE, LABEL = "names the song", "length of the file", "how the file was stored", "label"

# Words of column names: a column whose words are all of one of these sets is no description of music.
_OF = {"song", "track", "audio", "lyric", "lyrics", "file", "n", "num", "number", "of", "total"}
_NAMES = _OF | {"id", "filename", "path", "name", "title", "text", "url", "uri", "index", "row", "isrc", "mbid"}
_LENGTHS = {"length", "len", "duration", "seconds", "samples", "size", "bytes"}
_UNITS = {"s", "sec", "secs", "ms", "min", "minutes", "milliseconds", "hz", "khz", "kbps", "mb", "kb"}
_STORAGE = {"bitrate", "samplerate", "sr", "bit", "sample", "rate", "channels", "codec", "format"}
# And one that starts with any of these, "genre" as "genre_rock", is a label.
_LABELS = {"genre", "genres", "label", "labels", "language", "lang", "artist", "artists", "album", "class", "target"}
_LABELS |= {"cluster", "fold", "split", "year", "date"}

# Columns that stand for a column of the track table, first come first.
ROLES = {
    "track_id": ("track id", "id", "song id", "filename", "file name", "file", "path", "audio", "audio path"),
    "audio": ("audio", "audio path", "path", "filename", "file name", "file"),
    "title": ("title", "song title", "track title", "track name", "song name", "name"),
    "artist": ("artist", "artist name"),
    "language": ("language", "lang"),
    "genre": ("genre", "label", "class"),
}


def words(name):
    """Lower-case words and numbers of a column name: "trackId" and "track_id" are one."""
    return [word.lower() for word in re.findall(r"[^\W\d_]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", str(name)))]


def give_away(name):
    """Say why a column is none to cluster by, as far as its name tells.

    Parameters
    ----------
    name : str
        Column name. One with the prefix ``audio__`` or ``lyrics__`` is taken at its word.

    Returns
    -------
    str
        The reason; empty where there is none.
    """
    if is_block(name):
        return ""
    found = words(name)
    if not found or found[0] == "unnamed":
        return NAMES
    if found[0] in _LABELS:
        return LABEL
    if set(found) <= _NAMES:
        return NAMES
    if set(found) <= _OF | _LENGTHS | _UNITS and _LENGTHS & set(found):
        return LENGTH
    return STORAGE if set(found) <= _OF | _STORAGE | _UNITS and _STORAGE & set(found) else ""


def is_block(name):
    """Whether a name has one of the prefixes that `skvae features` writes."""
    return str(name).startswith(("audio__", "lyrics__"))


def find_roles(names):
    """Match columns with those of the track table.

    Parameters
    ----------
    names : sequence of str
        Column names.

    Returns
    -------
    dict of str to str
        By column of the track table, the column that stands for it; one may stand for two, as a path does.
    """
    spoken = {}
    for name in names:
        spoken.setdefault(" ".join(words(name)), name)
    found = {role: next((spoken[name] for name in known if name in spoken), None) for role, known in ROLES.items()}
    return {role: name for role, name in found.items() if name is not None}


def block_of(name):
    """Name the block of a feature: its prefix; else "lyrics" for what its first word tells of, and "features"."""
    prefix, separator, _ = str(name).partition("__")
    if separator and prefix:
        return prefix
    return "lyrics" if words(name)[:1] in (["tfidf"], ["lyric"], ["lyrics"], ["text"]) else "features"


def sort_columns(frame):
    """Tell the features of a table from what is none.

    Parameters
    ----------
    frame : DataFrame
        The whole table.

    Returns
    -------
    blocks : dict of str to list of str
        Feature columns of each block.
    dropped : dict of str to str
        Reason by column.
    """
    blocks, dropped = {}, {}
    prefixed = any(map(is_block, frame.columns))
    for name in frame.columns:
        reason = give_away(name) or _no_feature(frame[name])
        if not reason and prefixed and "__" not in str(name):
            reason = "without a prefix, beside others with one"
        if reason:
            dropped[name] = reason
        else:
            blocks.setdefault(block_of(name), []).append(name)
    for block, names in blocks.items():
        missing = frame[names].isna()
        present = ~missing.all(axis=1)
        rare = missing[present].mean() > 0.5
        dropped |= {name: f"missing in {missing[name].sum()} of {len(frame)} rows" for name in rare.index[rare]}
        blocks[block] = [name for name in names if not rare[name]]
    return {block: names for block, names in blocks.items() if names}, dropped


def _no_feature(column):
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        return "not a number"
    if column.isna().all():
        return "empty"
    # A file that was written with its row numbers.
    counts = pd.api.types.is_integer_dtype(column) and len(column) > 2 and (column.diff().iloc[1:] == 1).all()
    return "counts the rows" if counts else ""
