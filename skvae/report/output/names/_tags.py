"""Words from tags: "indie rock", "female vocalists"."""

import pandas as pd

from ....features.computation._tags import split_tags
from ._shares import clean_words, compare_shares
from ._word_source import WordSource

MIN_DIFFERENCE = 0.3
"""Minimum difference between the shares of songs in the cluster and in the rest of the library that have a tag."""


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
    names = clean_words(pd.Series([split_tags(text) for text in tags], dtype=object).explode())
    if names.empty:
        return None
    return WordSource(compare_shares(names, labels)[1], MIN_DIFFERENCE, overlap=overlapping_tags)


def overlapping_tags(first, second):
    """Return whether one tag repeats the other: "rock" and "indie rock", "female vocalist" and "female vocalists".

    This is the case if every word of the shorter tag begins like a word of the longer tag, or the other way round.
    """
    shorter, longer = sorted((first.casefold().split(), second.casefold().split()), key=len)
    return all(any(a.startswith(b) or b.startswith(a) for b in longer) for a in shorter)
