"""Lyrics files: detection of the encoding and removal of LRC timestamps."""

import codecs
import re

from ..._paths import printable_path

TEXT_EXTENSIONS = (".txt", ".lrc")

_TIMESTAMP = re.compile(r"\[\d+:\d{1,2}(?:[.:]\d+)?\]|<\d+:\d{1,2}(?:[.:]\d+)?>")
# Only the tags of the LRC format. A line such as "[Chorus: both]" is part of the lyrics.
_LRC_TAG = re.compile(r"\[(?:al|ar|au|by|ed|id|la|length|lr|offset|re|ti|tool|ve|#):.*\]", re.IGNORECASE)


def read_lyrics(path, add_failure):
    """Read the lyrics from a text file.

    Parameters
    ----------
    path : Path
        ``.txt`` or ``.lrc`` file.
    add_failure : callable
        Function that receives the reason if the file cannot be read, or if its encoding is unknown.

    Returns
    -------
    str or None
        Lyrics. None if the file cannot be read or contains no lyrics.
    """
    name = printable_path(path.name)
    try:
        text, encoding = decode(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        add_failure(f"lyrics not read from {name!r} ({reason})")
        return None
    if encoding == "latin-1":
        add_failure(f"lyrics in {name!r} read as Latin-1 because they are neither UTF-8 nor UTF-16")
    return clean_lyrics(text)


def decode(data):
    """Decode text as UTF-16 if it starts with a byte order mark, as UTF-8 if valid, or as Latin-1.

    Parameters
    ----------
    data : bytes
        Content of a text file.

    Returns
    -------
    text : str
        Decoded text.
    encoding : str
        Name of the encoding. ``"latin-1"`` is a guess that the caller should report.

    Raises
    ------
    ValueError
        If `data` is not text.
    """
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = data.decode(encoding)
    if "\0" in text:
        raise ValueError("it contains NUL bytes; save it as UTF-8 text")
    return text, encoding


def clean_lyrics(text):
    """Remove LRC timestamps and tags from lyrics.

    Parameters
    ----------
    text : str
        Lyrics.

    Returns
    -------
    str or None
        Lyrics without timestamps and tags. None if no text remains.
    """
    kept = []
    for line in text.splitlines():
        words = _TIMESTAMP.sub("", line).strip()
        # Lines that contain only a timestamp or a tag are removed. Empty lines separate verses and are kept.
        if _LRC_TAG.fullmatch(words) or (not words and line.strip()):
            continue
        kept.append(words)
    return "\n".join(kept).strip() or None
