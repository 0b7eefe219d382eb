"""Known values of condition columns and replacement of unknown values."""

import numpy as np


class KnownCondition:
    """Values of the condition columns that occur in the training table.

    A block of columns is one-hot if it has several columns, all values are 0 or 1, and each row has at most one 1. A
    value of a one-hot block is unknown if all columns are 0, or if no training row has a 1 in the same column. A value
    of any block is unknown if one of its columns is NaN.

    Parameters
    ----------
    blocks : list of ndarray of int
        Positions of the columns of each block.
    unknown : {"error", "average"}
        "error" raises an error for unknown values. "average" replaces them by the mean of the known values.

    Attributes
    ----------
    one_hot : list of bool
        Whether each block is one-hot.
    seen : ndarray of bool of shape (n_condition,)
        Whether a training row has a positive value in the column.
    counts : list of int
        Number of training rows with a known value in each block.
    means : list of ndarray
        Mean of the known values of each block.
    """

    def __init__(self, blocks, unknown):
        self.blocks = blocks
        self.unknown = unknown

    def fit(self, condition):
        """Learn the known values.

        Parameters
        ----------
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns.

        Returns
        -------
        self : object
            Fitted object.
        """
        self.one_hot = [_is_one_hot(condition[:, block]) for block in self.blocks]
        self.seen = np.zeros(condition.shape[1], dtype=bool)
        self.counts = [0 for _ in self.blocks]
        self.means = [np.zeros(block.size) for block in self.blocks]
        return self.partial_fit(condition)

    def partial_fit(self, condition):
        """Add the values of further rows.

        Parameters
        ----------
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns.

        Returns
        -------
        self : object
            Fitted object.

        Raises
        ------
        ValueError
            If a block that was one-hot in `fit` is not one-hot in these rows.
        """
        self.seen |= np.nanmax(condition, axis=0, initial=-np.inf) > 0
        for b, (block, one_hot) in enumerate(zip(self.blocks, self.one_hot, strict=True)):
            values = condition[:, block]
            if one_hot and not _is_one_hot(values):
                raise ValueError(
                    f"Condition columns {block.tolist()} were one-hot in the first rows, but are not one-hot in these "
                    "rows. Encode all rows in the same way."
                )
            known = values[~self._find_unknown(values, block, one_hot)].astype(np.float64)
            if len(known):
                self.counts[b] += len(known)
                self.means[b] = self.means[b] + (known.mean(0) - self.means[b]) * len(known) / self.counts[b]
        return self

    @property
    def is_category(self):
        """Whether there is at least one block and all blocks are one-hot."""
        return bool(self.one_hot) and all(self.one_hot)

    def resolve(self, condition, rows=None):
        """Replace unknown values, or raise an error for them.

        Parameters
        ----------
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns.
        rows : ndarray of int of shape (n_samples,) or None
            Row indices for error messages. If None, rows are counted from 0.

        Returns
        -------
        ndarray of shape (n_samples, n_condition)
            Condition columns without NaN.

        Raises
        ------
        ValueError
            If a value is unknown and `unknown` is "error".
        """
        condition = condition.copy()
        for block, one_hot, mean in zip(self.blocks, self.one_hot, self.means, strict=True):
            unknown = self._find_unknown(condition[:, block], block, one_hot)
            if unknown.any() and self.unknown == "error":
                row = np.flatnonzero(unknown)[0]
                raise ValueError(
                    f"The condition of row {row if rows is None else rows[row]} is missing or was not seen in fit: "
                    f"{condition[row, block]}. Use unknown_condition='average' to replace unknown values by the mean "
                    "of the known values."
                )
            condition[np.ix_(unknown, block)] = mean
        return condition

    def _find_unknown(self, values, block, one_hot):
        """Return a mask of the rows with an unknown value in a block."""
        unknown = np.isnan(values).any(axis=1)
        if one_hot:
            unknown |= ~((values > 0) & self.seen[block]).any(axis=1)
        return unknown


def _is_one_hot(values):
    """Return whether several columns encode one category, ignoring rows with NaN."""
    values = values[~np.isnan(values).any(axis=1)]
    return values.shape[1] > 1 and np.isin(values, (0, 1)).all() and (values.sum(1) <= 1).all()
