"""Words of one kind, with a score of each word for each cluster."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import pandas as pd


class Word(NamedTuple):
    """Word of a cluster name.

    Attributes
    ----------
    text : str
        The word, or several words with one meaning such as "high energy".
    separator : str
        Text between this word and the next word of the same kind.
    """

    text: str
    separator: str


def never_overlap(first, second):
    """Return False: no two words have the same meaning."""
    return False


@dataclass(frozen=True)
class WordSource:
    """Words of one kind, such as tags, and how well each word describes each cluster.

    Attributes
    ----------
    scores : DataFrame of shape (n_clusters, n_words)
        How much more the word applies to the cluster than to other songs. 0 means no difference.
    minimum : float
        Minimum score of a word that is used.
    overlap : callable
        Returns whether two words have nearly the same meaning.
    shares : DataFrame of shape (n_clusters, n_words) or None
        Share of the songs to which the word applies. It is written after the word. If None, no share is written.
    separator : str, default=", "
        Text between two words.
    max_words : int, default=2
        Maximum number of words of this kind, without a word that separates two clusters.
    """

    scores: pd.DataFrame
    minimum: float
    overlap: Callable = never_overlap
    shares: pd.DataFrame | None = None
    separator: str = ", "
    max_words: int = 2

    def best_words(self, cluster):
        """Return the words with the highest scores. A word that overlaps with a better word is skipped."""
        scores = self.scores.loc[cluster].sort_values(ascending=False, kind="stable")
        chosen = []
        for name in scores.index[scores >= self.minimum]:
            if len(chosen) < self.max_words and not any(self.overlap(name, other) for other in chosen):
                chosen.append(name)
        return [self._make_word(cluster, name) for name in chosen]

    def separating_words(self, clusters):
        """List the words that apply to one of several clusters more than to each of the others.

        Returns
        -------
        list of (float, int, Word)
            Difference to the next cluster as a multiple of `minimum`, cluster, and word. The largest difference is
            first.
        """
        scores, found = self.scores.loc[clusters], []
        for cluster in clusters:
            own = scores.loc[cluster]
            gaps = (own - scores.drop(index=cluster).max()).round(9)
            found += [(gaps[name], own[name], cluster, name) for name in own.index[(gaps > 0) & (own > 0)]]
        found.sort(key=lambda candidate: (-candidate[0], -candidate[1], *candidate[2:]))
        return [(gap / self.minimum, cluster, self._make_word(cluster, name)) for gap, _, cluster, name in found]

    def _make_word(self, cluster, name):
        share = "" if self.shares is None else format_share(self.shares.loc[cluster, name])
        return Word(f"{name}{share}", self.separator)


def format_share(share):
    """Return a share as text after a word, in whole percent and at least 1."""
    return f" {max(share, 0.01):.0%}"


def join_words(words):
    """Join the words of a name. Words of different kinds are separated by a comma."""
    groups = groupby(words, key=lambda word: word.separator)
    return ", ".join(separator.join(word.text for word in group) for separator, group in groups)
