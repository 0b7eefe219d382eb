"""Computation of one row from one recording, in a worker process, with an optional cache."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..._paths import is_url
from ..decoding._errors import AudioError
from ..decoding._subprocess import decode_in_subprocess
from ._cache import CacheEntry, RowStore


class Row(NamedTuple):
    """Result for one recording.

    Attributes
    ----------
    values : ndarray of shape (n_features,), float32, or None
        Values of the row. None if the recording failed.
    seconds : float
        Seconds of sound that the row describes.
    reason : str or None
        Reason of the failure.
    cache_error : str or None
        Reason why the cache could not store the row.
    """

    values: np.ndarray | None
    seconds: float
    reason: str | None = None
    cache_error: str | None = None


@dataclass(frozen=True)
class RowComputer:
    """Picklable function from one recording to one row.

    Parameters
    ----------
    decoding : dict
        Keyword arguments of `decode_in_subprocess`.
    describe : callable
        Function of the decoded excerpts, a list of float32 signals. Returns the values of the row, or an object from
        which they are computed later.
    store : RowStore or None
        Cache of rows. Failures are not stored.
    key : object
        Settings on which the row depends. Different settings must have a different `repr`.
    timeout : float or None
        Time limit of decoding in seconds, see `decode_in_subprocess`.
    """

    decoding: dict
    describe: Callable
    store: RowStore | None = None
    key: object = None
    timeout: float | None = None

    def find_row(self, source):
        """Find the row of a recording without decoding or reading it.

        Parameters
        ----------
        source : None, str, FileObject, tuple of (ndarray, float) or AudioSegment
            Recording, or None if there is no audio.

        Returns
        -------
        row : Row or None
            Row if there is no audio, or if the cache contains the row of the unchanged local file. Otherwise None.
        """
        if source is None:
            return Row(None, 0.0, "no audio")
        audio = getattr(source, "audio", source)
        if self.store is None or not isinstance(audio, str) or is_url(audio):
            return None
        with contextlib.suppress(AudioError):  # `describe_source` reports it
            entry = self.store.find(source, self.key, read=False)
            if entry is not None and entry.row is not None:
                return Row(*entry.row)
        return None

    def describe_source(self, source):
        """Decode and describe one recording, unless the cache contains its row.

        Parameters
        ----------
        source : str, FileObject, tuple of (ndarray, float) or AudioSegment
            Recording.

        Returns
        -------
        row : Row
            Complete row if the cache contains it or the recording failed. Otherwise the row without its values.
        description : object
            Result of `describe`, or None if the row is complete.
        entry : CacheEntry or None
            Cache entry in which the row will be stored.
        """
        try:
            entry = None if self.store is None else self.store.find(source, self.key)
            if entry is not None and entry.row is not None:
                return Row(*entry.row), None, None
            signals, seconds = decode_in_subprocess(source, timeout=self.timeout, **self.decoding)
        except AudioError as error:
            return Row(None, 0.0, str(error)), None, None
        return Row(None, seconds), self.describe(signals), entry

    def complete_row(self, source, row: Row, values, entry: CacheEntry | None):
        """Add the values to a row, and store the row in the cache."""
        with np.errstate(over="ignore"):
            values = np.asarray(values, dtype=np.float32)
        if not np.isfinite(values).all():
            return Row(None, 0.0, "its features contain NaN or infinite values")
        cache_error = None if self.store is None else self.store.store(entry, source, values, row.seconds)
        return row._replace(values=values, cache_error=cache_error)

    def compute_row(self, source):
        """Return the complete row of a recording if `describe` returns the values of the row."""
        row, description, entry = self.describe_source(source)
        return row if description is None else self.complete_row(source, row, description, entry)
