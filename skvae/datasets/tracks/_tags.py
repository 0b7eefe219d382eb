"""Tags of audio files, as columns of the track table."""

# Lower-case tag names in ID3 (mp3, wav, aiff), Vorbis comments (ogg, opus, flac), MP4, APEv2 and ASF.
_TAG_NAMES = {
    "lyrics": ("uslt", "lyrics", "unsyncedlyrics", "\xa9lyr", "wm/lyrics"),
    "title": ("tit2", "title", "\xa9nam"),
    "artist": ("tpe1", "artist", "\xa9art", "author"),
    "language": ("tlan", "language", "wm/language"),
    "genre": ("tcon", "genre", "\xa9gen", "wm/genre"),
}


def read_tags(path):
    """Read lyrics, title, artist, language and genre from the tags of an audio file.

    Parameters
    ----------
    path : str
        Path of the audio file.

    Returns
    -------
    dict of str to str
        First value of each tag that the file contains.

    Raises
    ------
    Exception
        If the file is damaged. mutagen raises its own errors, errors of `struct`, decoding errors and others.
    """
    import mutagen

    file = mutagen.File(path)
    if file is None or not file.tags:
        return {}
    values = {}
    for key in file.tags.keys():  # noqa: SIM118 - Vorbis comments iterate over pairs
        # ID3 distinguishes several frames of the same kind by a suffix: "USLT:description:eng".
        values.setdefault(key.split(":")[0].lower(), _first_text(file.tags[key]))
    tags = {}
    for column, names in _TAG_NAMES.items():
        text = next((values[name] for name in names if values.get(name)), None)
        if text:
            tags[column] = text
    return tags


def _first_text(value):
    """Return the first text of a tag, which can be an ID3 frame, a list or a single value."""
    # ID3v1 stores genres as numbers. The attribute `genres` contains their names.
    value = getattr(value, "genres", None) or getattr(value, "text", value)
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    return "" if isinstance(value, bytes) else str(value).strip()
