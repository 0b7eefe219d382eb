"""Rows of recordings: vectors of windows, averaged over each recording."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ._windows import all_windows


@dataclass(frozen=True)
class RowEncoder:
    """Function from recordings to rows, in batches of windows.

    Parameters
    ----------
    encoder : callable
        Function of windows, (n_windows, length) -> (n_windows, width). See `_encoders`.
    length : int
        Number of samples of a window.
    batch_size : int
        Maximum number of windows per call of `encoder`.
    normalize : bool
        Whether to scale the vector of a row, without tags, to length 1.
    n_tags : int
        Number of values at the end of a row that are probabilities of tags.
    """

    encoder: Callable
    length: int
    batch_size: int
    normalize: bool
    n_tags: int

    def encode(self, recordings):
        """Return the rows of recordings.

        Parameters
        ----------
        recordings : list of list of ndarray of shape (n_samples,), float32
            Windows of each recording.

        Returns
        -------
        rows : list of ndarray of shape (width,), float64
        """
        by_length = defaultdict(list)  # windows of equal length need no padding
        for i, windows in enumerate(recordings):
            for window in windows:
                by_length[len(window)].append((i, window))
        vectors = [[] for _ in recordings]
        for group in by_length.values():
            for start in range(0, len(group), self.batch_size):
                owners, windows = zip(*group[start : start + self.batch_size], strict=True)
                for i, vector in zip(owners, self.encoder(np.stack(windows)), strict=True):
                    vectors[i].append(vector)
        with np.errstate(invalid="ignore"):  # a row with infinite values is reported as a failure
            rows = [np.mean(each, axis=0, dtype=np.float64) for each in vectors]
            if self.normalize:
                for row in rows:
                    embedding = row[: len(row) - self.n_tags]
                    embedding /= np.linalg.norm(embedding) or 1.0
        return rows

    def encode_excerpts(self, signals):
        """Return the row of one recording, given its excerpts, list of ndarrays of shape (n_samples,)."""
        return self.encode([all_windows(signals, self.length)])[0]
