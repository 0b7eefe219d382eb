"""Lyrics as they lie on a disk: bytes of unknown encoding, with or without the timestamps of karaoke files."""

import codecs
import re

TEXT_EXTENSIONS = (".txt", ".lrc")

_TIMESTAMP = re.compile(r"\[\d+:\d{1,2}(?:[.:]\d+)?\]|<\d+:\d{1,2}(?:[.:]\d+)?>")
# The tags that the LRC format names, and no others: a line such as "[Chorus: both]" is part of the lyrics.
_LRC_TAG = re.compile(r"\[(?:al|ar|au|by|ed|id|la|length|lr|offset|re|ti|tool|ve|#):.*\]", re.IGNORECASE)


def decode(data):
    """Bytes to text: UTF-8 or UTF-16 by their marks, UTF-8 without one, and Latin-1 for what is left.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    text : str
    encoding : str
        ``"latin-1"`` is a guess, and callers say so.

    Raises
    ------
    ValueError
        The bytes are no text.
    """
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = data.decode(encoding)
    if "\0" in text:
        raise ValueError("it is not a text file (it has NUL bytes); save it as UTF-8")
    return text, encoding


def clean_lyrics(text):
    """Lyrics without LRC timestamps and tags; ``None`` where nothing is left.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
    """
    kept = []
    for line in text.splitlines():
        words = _TIMESTAMP.sub("", line).strip()
        # A line that held nothing but a timestamp or a tag goes; a line that was empty parts two verses.
        if _LRC_TAG.fullmatch(words) or (not words and line.strip()):
            continue
        kept.append(words)
    return "\n".join(kept).strip() or None
