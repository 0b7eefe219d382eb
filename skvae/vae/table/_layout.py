"""Layout: which columns of a table are which modality, which are the condition, and which values are there."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from ...features._columns import prefix_blocks, select_columns


@dataclass
class Layout:
    """The columns of a fitted VAE.

    Attributes
    ----------
    names : list of str
        Names of the modalities.
    columns : list of ndarray of int
        Column positions of each modality.
    networks : list of Network
        Each modality's network.
    condition : ndarray of int
        Column positions of the condition, empty for none.
    n_features : int
        Width of the whole table.
    may_miss : bool
        Whether a row may lack a modality.
    """

    names: list
    columns: list
    networks: list
    condition: np.ndarray
    n_features: int
    may_miss: bool

    @classmethod
    def resolve(cls, X, column_names, n_features, *, modalities, condition, network):
        """Turn the parameters of a VAE into column positions.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_features)
            The table as the user gave it.
        column_names : ndarray of str or None
            Its column names.
        n_features : int
            Its width.
        modalities, condition
            As in `VAETransformer`.
        network : Network
            What a modality without a network of its own gets a clone of.

        Returns
        -------
        Layout
            The columns.

        Raises
        ------
        ValueError
            If a selector finds nothing, two share a column, or ``modalities="auto"`` meets a table without names.
        """
        conditions = np.array([], dtype=int)
        if condition is not None:
            conditions = select_columns(condition, X, column_names, n_features, parameter="condition")
        free = np.setdiff1d(np.arange(n_features), conditions)
        if modalities is None:
            triples = [("X", None, free)]
        elif isinstance(modalities, str):
            if column_names is None:
                raise ValueError(
                    "modalities='auto' reads the `name__` prefixes of column names, but the table has no names: hand a "
                    "DataFrame, or let the step before emit one with set_output(transform='pandas')."
                )
            triples = [(name, None, free[block]) for name, block in prefix_blocks(column_names[free]).items()]
        else:
            triples = [
                (name, own, select_columns(selector, X, column_names, n_features, parameter=f"modalities[{name!r}]"))
                for name, own, selector in modalities
            ]
        if not triples or any(block.size == 0 for _, _, block in triples):
            raise ValueError("No column is left for a modality: the condition takes them all.")
        taken = np.concatenate([*(block for _, _, block in triples), conditions])
        twice = np.flatnonzero(np.bincount(taken) > 1)
        if twice.size:
            column = twice[0] if column_names is None else repr(column_names[twice[0]])
            raise ValueError(f"Column {column} belongs to two modalities, or to a modality and the condition.")
        return cls(
            names=[name for name, _, _ in triples],
            columns=[block for _, _, block in triples],
            networks=[clone(network if own is None else own) for _, own, _ in triples],
            condition=conditions,
            n_features=n_features,
            may_miss=modalities is not None,
        )

    @property
    def widths(self):
        """Number of columns of each modality."""
        return [block.size for block in self.columns]

    @property
    def features(self):
        """Positions of all modality columns, modality by modality."""
        return np.concatenate(self.columns)

    def observed(self, X, column_names=None, first_row=0):
        """Which row has which modality.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            The table.
        column_names : ndarray of str or None
            For messages.
        first_row : int
            Number of the first row, for messages.

        Returns
        -------
        ndarray of bool of shape (n_samples, n_modalities)
            False where the whole modality is NaN.

        Raises
        ------
        ValueError
            If part of a row's modality is NaN.
        """

        def label(column):
            return column if column_names is None else repr(column_names[column])

        missing = np.isnan(X)
        observed = np.empty((len(X), len(self.columns)), dtype=bool)
        for m, (name, block) in enumerate(zip(self.names, self.columns, strict=True)):
            absent = missing[:, block]
            observed[:, m] = ~absent.all(axis=1)
            row, column = np.nonzero(absent & observed[:, [m]])
            if row.size:
                raise ValueError(
                    f"Row {first_row + row[0]} has NaN in column {label(block[column[0]])} but values in other columns "
                    f"of modality {name!r}: a modality is there or missing as a whole; impute the column."
                )
        return observed

    def condition_blocks(self, column_names):
        """Positions, among the condition columns, of those that share a name's prefix."""
        if column_names is None:
            return [np.arange(self.condition.size)] if self.condition.size else []
        return list(prefix_blocks(column_names[self.condition]).values())

    def join(self, x, condition):
        """Put modality columns and condition back in their places; columns of neither are NaN.

        Parameters
        ----------
        x : ndarray of shape (n_samples, sum of widths)
            Modality columns side by side.
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            The table.
        """
        X = np.full((len(x), self.n_features), np.nan, dtype=x.dtype)
        X[:, self.features] = x
        X[:, self.condition] = condition
        return X
