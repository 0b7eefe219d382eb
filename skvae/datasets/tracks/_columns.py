"""Columns of the track table."""

import pandas as pd

COLUMNS = ("track_id", "audio", "lyrics", "title", "artist", "language", "genre")


def strip_columns(tracks):
    """Convert the columns of the track table to strings without outer spaces. Empty strings become missing values."""
    for name in COLUMNS:
        column = tracks[name].astype(object)
        text = [None if pd.isna(value) else str(value).strip() or None for value in column]
        tracks[name] = pd.Series(text, index=tracks.index, dtype="str")
    return tracks
