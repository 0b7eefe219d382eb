"""Results of an extraction: table, failures and seconds, and the warning about failures."""

from typing import NamedTuple

import pandas as pd


class Extraction(NamedTuple):
    """Result of the method `extract` of :class:`AudioFeatureExtractor` and :class:`AudioEmbedder`.

    Attributes
    ----------
    table : pandas.DataFrame of shape (n_recordings, n_features)
        Feature table as float32, with the index of X. Rows of recordings that failed are NaN.
    failures : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row`` (position in X), ``path`` (empty for arrays) and ``reason``.
    seconds : pandas.Series of shape (n_recordings,)
        Seconds of sound that each row describes, with the index of X. 0 for recordings that failed.

    See Also
    --------
    AudioFeatureExtractor : Compute statistics of audio descriptors.
    AudioEmbedder : Compute embeddings with a pretrained model.

    Examples
    --------
    >>> from skvae.audio import AudioFeatureExtractor
    >>> extraction = AudioFeatureExtractor(["rms"]).extract(["missing.mp3"])
    >>> extraction.failures
       row         path          reason
    0    0  missing.mp3  file not found
    """

    table: pd.DataFrame
    failures: pd.DataFrame
    seconds: pd.Series


class ExtractionWarning(UserWarning):
    """Warning about recordings that failed. Their rows are NaN.

    Parameters
    ----------
    failures : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row``, ``path`` and ``reason``.
    n_recordings : int
        Number of recordings.

    Attributes
    ----------
    failures : pandas.DataFrame of shape (n_failed, 3)
        Failures given to the constructor.
    n_recordings : int
        Number of recordings.

    Examples
    --------
    >>> import warnings
    >>> from skvae.audio import AudioFeatureExtractor, ExtractionWarning
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always", ExtractionWarning)
    ...     _ = AudioFeatureExtractor(["rms"]).fit_transform(["missing.mp3"])
    >>> print(caught[0].message)
    1 of 1 recordings failed. Their rows are NaN: row 0 ('missing.mp3'): file not found
    """

    def __init__(self, failures, n_recordings):
        super().__init__(failures, n_recordings)
        self.failures = failures
        self.n_recordings = n_recordings

    def __str__(self):
        shown = [format_failure(failure) for failure in self.failures.head(3).itertuples()]
        more = ["..."] * (len(self.failures) > len(shown))
        n_failed = len(self.failures)
        return f"{n_failed} of {self.n_recordings} recordings failed. Their rows are NaN: " + "; ".join(shown + more)


def format_failure(failure):
    """Format a failure with the fields row, path and reason as text."""
    return f"row {failure.row}{failure.path and f' ({failure.path!r})'}: {failure.reason}"
