"""What an extraction reports: the table, what failed, and how much was heard."""

from typing import NamedTuple

import pandas as pd


class Extraction(NamedTuple):
    """What `extract` of :class:`AudioFeatureExtractor` and :class:`AudioEmbedder` returns.

    Attributes
    ----------
    table : pandas.DataFrame of shape (n_recordings, n_features)
        The rows as float32, with the index of X; that of a recording that failed is NaN.
    failures : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row`` (position in X), ``path`` (empty for arrays) and ``reason``.
    seconds : pandas.Series of shape (n_recordings,)
        Seconds of sound that each row describes, with the index of X; 0 where it failed.
    """

    table: pd.DataFrame
    failures: pd.DataFrame
    seconds: pd.Series


class ExtractionWarning(UserWarning):
    """Some recordings could not be described; their rows are NaN.

    Parameters
    ----------
    failures : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row``, ``path`` and ``reason``.
    n_recordings : int
        How many there were in all.

    Attributes
    ----------
    failures : pandas.DataFrame of shape (n_failed, 3)
        As given.
    """

    def __init__(self, failures, n_recordings):
        super().__init__(failures, n_recordings)
        self.failures = failures
        self.n_recordings = n_recordings

    def __str__(self):
        shown = [sentence(failure) for failure in self.failures.head(3).itertuples()]
        left_out = ["..."] * (len(self.failures) > len(shown))
        return f"{len(self.failures)} of {self.n_recordings} recordings are rows of NaN: " + "; ".join(shown + left_out)


def sentence(failure):
    """Say which row failed and why; `failure` has the fields row, path and reason."""
    return f"row {failure.row}{failure.path and f' ({failure.path!r})'}: {failure.reason}"
