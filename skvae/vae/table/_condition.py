"""Known values of condition columns, and what an unknown one becomes."""

import numpy as np


class KnownCondition:
    """The condition columns of a fitted VAE.

    A block of columns of which at most one is 1, the others 0, is a category, one-hot. Its value is unknown where all
    are 0, or where the 1 stands in a column that no row of `fit` had; in any block it is unknown where a value is NaN.

    Parameters
    ----------
    blocks : list of ndarray of int
        Positions of the columns of each block.
    unknown : {"error", "average"}
        What is done about an unknown value: refuse it, or put the mean over the known ones in its place.
    """

    def __init__(self, blocks, unknown):
        self.blocks = blocks
        self.unknown = unknown

    def fit(self, condition):
        """Learn which values there are.

        Parameters
        ----------
        condition : ndarray of shape (n_samples, n_condition)
            The columns.

        Returns
        -------
        KnownCondition
            Itself.
        """
        self.one_hot = [_is_one_hot(condition[:, block]) for block in self.blocks]
        self.seen = np.zeros(condition.shape[1], dtype=bool)
        self.counts = [0 for _ in self.blocks]
        self.means = [np.zeros(block.size) for block in self.blocks]
        return self.partial_fit(condition)

    def partial_fit(self, condition):
        """Learn from further rows; a block that `fit` found one-hot must stay so.

        Parameters
        ----------
        condition : ndarray of shape (n_samples, n_condition)
            The columns.

        Returns
        -------
        KnownCondition
            Itself.
        """
        self.seen |= np.nanmax(condition, axis=0, initial=-np.inf) > 0
        for b, (block, one_hot) in enumerate(zip(self.blocks, self.one_hot, strict=True)):
            values = condition[:, block]
            if one_hot and not _is_one_hot(values):
                raise ValueError(
                    f"Columns {block.tolist()} of the condition were one-hot in the first rows, and are not in these."
                )
            known = values[~self._unknown_rows(values, block, one_hot)].astype(np.float64)
            if len(known):
                self.counts[b] += len(known)
                self.means[b] = self.means[b] + (known.mean(0) - self.means[b]) * len(known) / self.counts[b]
        return self

    @property
    def is_category(self):
        """Whether every block is one-hot, and there is one."""
        return bool(self.one_hot) and all(self.one_hot)

    def resolve(self, condition, rows=None):
        """Give every row a known condition.

        Parameters
        ----------
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns.
        rows : ndarray of int of shape (n_samples,) or None
            Numbers of the rows, for the message; None counts from 0.

        Returns
        -------
        ndarray of shape (n_samples, n_condition)
            The columns without NaN.

        Raises
        ------
        ValueError
            If a value is unknown and unknown ones are refused; it names the row.
        """
        condition = condition.copy()
        for block, one_hot, mean in zip(self.blocks, self.one_hot, self.means, strict=True):
            unknown = self._unknown_rows(condition[:, block], block, one_hot)
            if unknown.any() and self.unknown == "error":
                row = np.flatnonzero(unknown)[0]
                raise ValueError(
                    f"The condition of row {row if rows is None else rows[row]} is missing or was not seen in fit: "
                    f"{condition[row, block]}; "
                    "unknown_condition='average' puts the mean over the known values in its place."
                )
            condition[np.ix_(unknown, block)] = mean
        return condition

    def _unknown_rows(self, values, block, one_hot):
        unknown = np.isnan(values).any(axis=1)
        if one_hot:
            unknown |= ~((values > 0) & self.seen[block]).any(axis=1)
        return unknown


def _is_one_hot(values):
    values = values[~np.isnan(values).any(axis=1)]
    return values.shape[1] > 1 and np.isin(values, (0, 1)).all() and (values.sum(1) <= 1).all()
