"""Choice of the words of every cluster name, so that the names of two clusters differ in at least one word."""

import numpy as np

from ._axes import make_axis_source
from ._columns import make_column_axes
from ._labels import find_labels, make_label_source, most_frequent_labels
from ._sound import WORDS, make_sound_axes
from ._tags import make_tag_source
from ._word_source import Word, join_words

MAX_WORDS = 3
"""Maximum number of words of a cluster name."""
UNKNOWN = "mixed"
"""Word of clusters about which nothing is known."""


def name_clusters(labels, tracks, audio=None, *, tags=None, features=None):
    """Name clusters by the words that describe them best.

    Parameters
    ----------
    labels : ndarray of int of shape (n_songs,)
        Cluster labels. Songs with label -1 are ignored.
    tracks : DataFrame with n_songs rows
        Track table.
    audio : DataFrame with n_songs rows or None, default=None
        Descriptors of `AudioFeatureExtractor`.
    tags : sequence of str of length n_songs or None, default=None
        Tags of each song, joined by "|".
    features : DataFrame with n_songs rows or None, default=None
        Feature table. If None, `audio` is used.

    Returns
    -------
    dict of int to str
        Names by label, without the number of the cluster.
    """
    used = labels >= 0
    labels, tracks = labels[used], tracks[used].reset_index(drop=True)
    audio, features = (None if table is None else table[used].reset_index(drop=True) for table in (audio, features))
    columns = find_labels(tracks)
    sources = [
        None if tags is None else make_tag_source(np.asarray(tags, dtype=object)[used], labels),
        _feature_source(audio, audio if features is None else features, labels),
        make_label_source(columns, labels),
    ]
    words = choose_words([source for source in sources if source is not None], most_frequent_labels(columns, labels))
    return {cluster: join_words(chosen) or UNKNOWN for cluster, chosen in words.items()}


def _feature_source(audio, features, labels):
    """Return the words for the sound. If some of its descriptors are missing, other columns get words, too."""
    sound = [] if audio is None else make_sound_axes(audio)
    if len(sound) == len(WORDS):
        return make_axis_source(sound, labels, separator=" ", max_words=MAX_WORDS)
    return make_axis_source([*sound, *([] if features is None else make_column_axes(features))], labels)


def choose_words(sources, fallback):
    """Choose the words of each cluster.

    The words come from the first source in which a word describes the cluster well enough.

    Parameters
    ----------
    sources : list of WordSource
        Words, in order of preference.
    fallback : dict of int to list of Word
        Words of each cluster that are used if no source has a good one.

    Returns
    -------
    dict of int to list of Word
        At most three words of each cluster. If the sources contain any difference between clusters, no two clusters
        have the same words.
    """
    chosen = {
        cluster: next(filter(None, (source.best_words(cluster) for source in sources)), other)
        for cluster, other in fallback.items()
    }
    while (clusters := _find_equal(chosen)) and sources:
        cluster, words = _separate(clusters, chosen, sources)
        chosen[cluster] = words
    return chosen


def _find_equal(chosen):
    """Return the first group of clusters with the same words, or None."""
    groups = {}
    for cluster, words in chosen.items():
        groups.setdefault(_as_set(words), []).append(cluster)
    return next((clusters for clusters in groups.values() if len(clusters) > 1), None)


def _separate(clusters, chosen, sources):
    """Return one of the clusters, and new words for it that no other cluster has.

    The new word is from the first source in which it separates the cluster by the minimum of the source. If no source
    has such a word, the word with the largest difference is used. If nothing separates the clusters, a number follows
    the last word.
    """
    used = {_as_set(words) for words in chosen.values()}
    candidates = []
    for source in sources:
        for gap, cluster, word in source.separating_words(clusters):
            words = [*chosen[cluster][: MAX_WORDS - 1], word]
            if _as_set(words) not in used and word not in words[:-1]:
                candidates.append((gap, cluster, words))
                break
        if candidates and candidates[-1][0] >= 1:
            return candidates[-1][1:]
    if candidates:
        return max(candidates, key=lambda candidate: candidate[0])[1:]
    *words, last = chosen[clusters[-1]] or [Word(UNKNOWN, ", ")]
    number = 2
    while _as_set(numbered := [*words, last._replace(text=f"{last.text} {number}")]) in used:
        number += 1
    return clusters[-1], numbered


def _as_set(words):
    return frozenset(word.text.casefold() for word in words)
