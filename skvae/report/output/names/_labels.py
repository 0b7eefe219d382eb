"""Words from labels, with the share of songs: "rock 78%"."""

import numpy as np
import pandas as pd
from pandas.api.types import is_object_dtype, is_string_dtype

from ....datasets.tables._roles import IDENTIFIER, exclusion_reason, split_words
from ._shares import clean_words, compare_shares
from ._word_source import Word, WordSource, format_share

MIN_MAJORITY = 0.5
"""Minimum difference of shares for a label. Such a label applies to the majority of the songs of the cluster."""

_OTHER_TEXTS = {"track_id", "audio", "lyrics", "title", "tags", "reason"}


def find_labels(tracks):
    """Return the labels of songs.

    Parameters
    ----------
    tracks : DataFrame with n_songs rows
        Track table.

    Returns
    -------
    list of Series of str
        Cleaned values of the genre columns and of ``language``. If they contain no values: all text columns in which
        values repeat, and which do not identify songs. The index contains the row number of the song.
    """
    tracks = tracks.reset_index(drop=True)
    genres = [name for name in tracks if "genre" in split_words(name)]
    columns = [clean_words(tracks[name]) for name in [*genres, "language"] if name in tracks]
    if not any(map(len, columns)):
        columns = [clean_words(tracks[name]) for name in tracks if _is_label(tracks[name])]
    return [column for column in columns if len(column)]


def make_label_source(columns, labels):
    """Return the words from labels, or None if there are no labels.

    Parameters
    ----------
    columns : list of Series of str
        Labels of songs, as returned by `find_labels`.
    labels : ndarray of int of shape (n_songs,)
        Cluster labels.

    Returns
    -------
    WordSource or None
        Values, with the difference of shares as score.
    """
    if not columns:
        return None
    shares, differences = compare_shares(clean_words(pd.concat(columns)), labels)
    return WordSource(differences, MIN_MAJORITY, shares=shares)


def most_frequent_labels(columns, labels):
    """Return the most frequent label of each cluster.

    The label is from the first column that is known for at least half of the songs.

    Returns
    -------
    dict of int to list of Word
        At most one word for each cluster.
    """
    words = {int(cluster): [] for cluster in np.unique(labels)}
    for column in columns:
        shares, _ = compare_shares(column, labels)
        for cluster in shares.index[shares.sum(axis=1) >= 0.5]:
            share = shares.loc[cluster]
            words[cluster] = words[cluster] or [Word(share.idxmax() + format_share(share.max()), ", ")]
    return words


def _is_label(column):
    if column.name in _OTHER_TEXTS or exclusion_reason(column.name) == IDENTIFIER:
        return False
    is_text = is_string_dtype(column) or is_object_dtype(column) or isinstance(column.dtype, pd.CategoricalDtype)
    return is_text and 0 < column.nunique() <= column.count() / 2
