"""What an audio file says about itself, in the words of the track table."""

# Names of one field in ID3 (mp3, wav, aiff), Vorbis comments (ogg, opus, flac), MP4, APEv2 and ASF, in lower case.
_FIELDS = {
    "lyrics": ("uslt", "lyrics", "unsyncedlyrics", "\xa9lyr", "wm/lyrics"),
    "title": ("tit2", "title", "\xa9nam"),
    "artist": ("tpe1", "artist", "\xa9art", "author"),
    "language": ("tlan", "language", "wm/language"),
    "genre": ("tcon", "genre", "\xa9gen", "wm/genre"),
}


def read_tags(path):
    """Lyrics, title, artist, language and genre from a file's own tags.

    Parameters
    ----------
    path : str
        An audio file; it is only read.

    Returns
    -------
    dict of str to str
        The fields that the file has, the first value of each.

    Raises
    ------
    Exception
        Whatever mutagen meets in a broken file: besides its own errors also those of struct, of decoding and others.
    """
    import mutagen

    file = mutagen.File(path)
    if file is None or not file.tags:
        return {}
    values = {}
    for key in file.tags.keys():  # noqa: SIM118 - Vorbis comments iterate over pairs
        # ID3 keeps several frames of one kind apart by what follows the colon: "USLT:description:eng".
        values.setdefault(key.split(":")[0].lower(), _first_text(file.tags[key]))
    found = {}
    for field, names in _FIELDS.items():
        text = next((values[name] for name in names if values.get(name)), None)
        if text:
            found[field] = text
    return found


def _first_text(value):
    """Take the first text of a frame, a list or a plain value."""
    # ID3 genres may be the numbers of 1991; `genres` has their names.
    value = getattr(value, "genres", None) or getattr(value, "text", value)
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    return "" if isinstance(value, bytes) else str(value).strip()
