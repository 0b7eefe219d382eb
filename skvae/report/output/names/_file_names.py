"""Cluster names that are valid file names on every operating system."""

import unicodedata

MAX_CHARACTERS, MAX_BYTES = 24, 60
"""Maximum length of a word."""
MAX_NAME_BYTES = 230
"""Maximum length of a name. File systems allow 255 bytes, including ``.m3u8`` and the suffix of a temporary file."""

_RESERVED = {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}


def is_safe_name(name):
    """Return whether a name is a valid file name on every operating system and contains no folder."""
    return (
        bool(name)
        and name == name.strip()
        and all(_is_safe(char) or char in ",%" for char in name)
        and len(name.encode()) <= MAX_NAME_BYTES
        and name.casefold() not in _RESERVED
    )


def clean_word(text):
    """Return a text that can be used as a word of a cluster name.

    Letters, marks, digits, spaces, "&", "'" and "-" are kept. Other characters are replaced by a space. The result has
    at most 24 characters and at most 60 bytes. It is empty if the text has no letters and digits.
    """
    kept = "".join(char if _is_safe(char) else " " for char in unicodedata.normalize("NFC", str(text)))
    word = " ".join(kept.split())[:MAX_CHARACTERS]
    while len(word.encode()) > MAX_BYTES:
        word = word[:-1]
    return word.strip() if any(map(str.isalnum, word)) else ""


def _is_safe(char):
    return char in " &'-" or unicodedata.category(char)[0] in "LMN"
