"""Roles of columns, derived from their names: identifiers, labels, file properties and features."""

import re

# Reasons why a column is not a feature.
IDENTIFIER, LENGTH, FORMAT, LABEL = "identifies the track", "length of the file", "format of the file", "label"

# A column is excluded if all words of its name are in one of the following sets.
_COMMON_WORDS = {"song", "track", "audio", "lyric", "lyrics", "file", "n", "num", "number", "of", "total"}
_IDENTIFIER_WORDS = _COMMON_WORDS | {
    *("id", "filename", "path", "name", "title", "text", "url", "uri", "index", "row", "isrc", "mbid"),
}
_LENGTH_WORDS = {"length", "len", "duration", "seconds", "samples", "size", "bytes"}
_UNIT_WORDS = {"s", "sec", "secs", "ms", "min", "minutes", "milliseconds", "hz", "khz", "kbps", "mb", "kb"}
_FORMAT_WORDS = {"bitrate", "samplerate", "sr", "bit", "sample", "rate", "channels", "codec", "format"}
# A column is a label if the first word of its name is in this set, for example "genre_rock".
_LABEL_WORDS = {
    *("genre", "genres", "label", "labels", "language", "lang", "artist", "artists", "album", "class", "target"),
    *("cluster", "fold", "split", "year", "date"),
}

# Names of columns that replace a column of the track table, in order of priority.
_ALIASES = {
    "track_id": ("track id", "id", "song id", "filename", "file name", "file", "path", "audio", "audio path"),
    "audio": ("audio", "audio path", "path", "filename", "file name", "file"),
    "title": ("title", "song title", "track title", "track name", "song name", "name"),
    "artist": ("artist", "artist name"),
    "language": ("language", "lang"),
    "genre": ("genre", "label", "class"),
}


def split_words(name):
    """Split a column name into lower-case words and numbers, for example "trackId" and "track_id" into two words."""
    return [word.lower() for word in re.findall(r"[^\W\d_]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", str(name)))]


def exclusion_reason(name):
    """Return the reason why a column cannot be used as a feature, judged by its name.

    Parameters
    ----------
    name : str
        Column name. Names with the prefix ``audio__`` or ``lyrics__`` are always features.

    Returns
    -------
    str
        Reason, or an empty string if the name does not exclude the column.
    """
    if has_block_prefix(name):
        return ""
    words = split_words(name)
    if not words or words[0] == "unnamed":
        return IDENTIFIER
    if words[0] in _LABEL_WORDS:
        return LABEL
    words = set(words)
    if words <= _IDENTIFIER_WORDS:
        return IDENTIFIER
    if words <= _COMMON_WORDS | _LENGTH_WORDS | _UNIT_WORDS and _LENGTH_WORDS & words:
        return LENGTH
    return FORMAT if words <= _COMMON_WORDS | _FORMAT_WORDS | _UNIT_WORDS and _FORMAT_WORDS & words else ""


def has_block_prefix(name):
    """Whether a column name starts with a prefix that `skvae features` writes."""
    return str(name).startswith(("audio__", "lyrics__"))


def find_roles(names):
    """Find the columns that can be used as columns of the track table.

    Parameters
    ----------
    names : sequence of str
        Column names.

    Returns
    -------
    dict of str to str
        Column name for each column of the track table that was found. One column can have two roles. For example, a
        path is used as ``track_id`` and ``audio``.
    """
    by_words = {}
    for name in names:
        by_words.setdefault(" ".join(split_words(name)), name)
    roles = {}
    for role, aliases in _ALIASES.items():
        name = next((by_words[alias] for alias in aliases if alias in by_words), None)
        if name is not None:
            roles[role] = name
    return roles
