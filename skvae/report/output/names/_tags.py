"""Words from tags: "indie rock", "female vocalists"."""

import numpy as np
import pandas as pd

from ._shares import MIN_DIFFERENCE, clean_words, compare_shares
from ._word_source import WordSource

N_TAGS = 5


def get_tags(tracks, predicted):
    """Return the first five tags of each track.

    Parameters
    ----------
    tracks : DataFrame with n_tracks rows
        Track table. Its column ``tags`` is used if it contains any tags.
    predicted : ndarray of str of shape (n_tracks,) or None
        Tags that an audio model predicts.

    Returns
    -------
    ndarray of str of shape (n_tracks,) or None
        Tags joined by "|", most probable first. None if no tags are known.
    """
    if "tags" not in tracks:
        return predicted
    tags = np.array(["|".join(_split(text)) for text in tracks["tags"]], dtype=object)
    return tags if tags.any() else predicted


def make_tag_source(tags, labels):
    """Return the words from tags, or None if there are no tags.

    Parameters
    ----------
    tags : sequence of str
        Tags of each song, joined by "|". The first five are used.
    labels : ndarray of int of shape (n_songs,)
        Cluster labels.

    Returns
    -------
    WordSource or None
        Tags, with the difference of shares as score.
    """
    names = clean_words(pd.Series([_split(text) for text in tags], dtype=object).explode())
    if names.empty:
        return None
    return WordSource(compare_shares(names, labels)[1], MIN_DIFFERENCE, overlap=overlapping_tags)


def overlapping_tags(first, second):
    """Return whether one tag repeats the other: "rock" and "indie rock", "female vocalist" and "female vocalists".

    This is the case if every word of the shorter tag begins like a word of the longer tag, or the other way round.
    """
    shorter, longer = sorted((first.casefold().split(), second.casefold().split()), key=len)
    return all(any(a.startswith(b) or b.startswith(a) for b in longer) for a in shorter)


def _split(text):
    """Return the first five tags of a text. Missing values have no tags."""
    tags = [] if pd.isna(text) else [tag.strip() for tag in str(text).split("|")]
    return list(dict.fromkeys(filter(None, tags)))[:N_TAGS]
