"""One recording -> one row: what a worker process does, from the cache or through the decoder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..decoding._decode import AudioError
from ..decoding._subprocess import load
from ._cache import AudioCache, Found


class Row(NamedTuple):
    """Result for one recording.

    Attributes
    ----------
    values : ndarray of shape (n_features,), float32, or None
        None where it failed.
    seconds : float
        Seconds described.
    reason : str or None
        Why it failed.
    unkept : str or None
        Why the cache could not store it.
    """

    values: np.ndarray | None
    seconds: float
    reason: str | None = None
    unkept: str | None = None


@dataclass(frozen=True)
class Work:
    """What is done with every recording of a run; picklable.

    Parameters
    ----------
    loading : dict
        Keyword arguments of `load`.
    describe : callable
        Decoded excerpts, a list of float32 signals -> a row's values, or whatever is made a row of later.
    cache : AudioCache or None
        Where rows are kept; failures are not.
    key : object
        What rows depend on beside the recording, by its `repr`.
    timeout : float or None
        As for `load`.
    """

    loading: dict
    describe: Callable
    cache: AudioCache | None = None
    key: object = None
    timeout: float | None = None

    def hear(self, source):
        """Describe one recording, as far as a worker can.

        Parameters
        ----------
        source : None, str, FileObject, tuple of (ndarray, float) or AudioSegment
            No audio, or a recording as for `load`.

        Returns
        -------
        row : Row
            Complete where the cache has it or it failed; else all but the values.
        described : object
            What `describe` gave, or None where the row is complete.
        found : Found or None
            What the cache said.
        """
        if source is None:
            return Row(None, 0.0, "no audio"), None, None
        try:
            found = None if self.cache is None else self.cache.find(source, self.key)
            if found is not None and found.row is not None:
                return Row(*found.row), None, None
            signals, seconds = load(source, timeout=self.timeout, **self.loading)
        except AudioError as error:
            return Row(None, 0.0, str(error)), None, None
        return Row(None, seconds), self.describe(signals), found

    def finish(self, source, row: Row, values, found: Found | None):
        """Give a row its values, and store it."""
        with np.errstate(over="ignore"):
            values = np.asarray(values, dtype=np.float32)
        if not np.isfinite(values).all():
            return Row(None, 0.0, "its description has NaN or infinite numbers")
        unkept = None if self.cache is None else self.cache.keep(found, source, values, row.seconds)
        return row._replace(values=values, unkept=unkept)

    def complete(self, source):
        """Return the complete row of a recording that a worker describes alone."""
        row, values, found = self.hear(source)
        return row if values is None else self.finish(source, row, values, found)
