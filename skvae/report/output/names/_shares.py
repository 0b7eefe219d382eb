"""Words that songs have or do not have: tags and labels."""

import numpy as np
import pandas as pd

from ._file_names import clean_word


def clean_words(names):
    """Clean words. Words that differ only in case are written like the most frequent of them.

    Parameters
    ----------
    names : Series
        Words of songs. The index contains the row number of the song. Missing and empty words are removed.

    Returns
    -------
    Series of str
        Cleaned words. A song has each word at most once.
    """
    names = names.dropna().astype(str)
    names = names.map({name: clean_word(name) for name in names.unique()})
    names = names[names != ""]
    counts = names.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    spelling = {}
    for name in counts.index:
        spelling.setdefault(name.casefold(), name)
    names = names.map({name: spelling[name.casefold()] for name in counts.index})
    return names[~pd.MultiIndex.from_arrays([names.index, names]).duplicated()]


def compare_shares(names, labels):
    """Compare the share of songs in each cluster that have a word with the share of the other songs that have it.

    The difference is large only if the word is frequent in the cluster and rare elsewhere. It is at most the share in
    the cluster, and at most 1 minus the share elsewhere. Ratios would prefer rare words that few songs of the cluster
    have.

    Parameters
    ----------
    names : Series of str
        Cleaned words of songs, as returned by `clean_words`.
    labels : ndarray of int of shape (n_songs,)
        Cluster labels.

    Returns
    -------
    shares : DataFrame of shape (n_clusters, n_words)
        Share of the songs of the cluster that have the word.
    differences : DataFrame of shape (n_clusters, n_words)
        `shares` minus the share of the songs of all other clusters that have the word.
    """
    clusters, sizes = np.unique(labels, return_counts=True)
    codes, words = pd.factorize(names, sort=True)
    counts, sizes = np.zeros((len(clusters), len(words))), sizes[:, None]
    np.add.at(counts, (np.searchsorted(clusters, labels[names.index]), codes), 1)
    elsewhere = (counts.sum(axis=0) - counts) / np.maximum(len(labels) - sizes, 1)
    differences = np.round(counts / sizes - elsewhere, 9)
    return pd.DataFrame(counts / sizes, clusters, words), pd.DataFrame(differences, clusters, words)
