"""Assignment of table columns to modalities and condition."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from ...features._columns import group_into_blocks, select_columns
from ...networks import Network


@dataclass
class Layout:
    """Columns of the modalities and the condition.

    Attributes
    ----------
    names : list of str
        Names of the modalities.
    columns : list of ndarray of int
        Column indices of each modality.
    networks : list of Network or None
        Network of each modality.
    condition : ndarray of int
        Column indices of the condition. Empty if there is no condition.
    n_features : int
        Number of columns of the table.
    may_miss : bool
        Whether modalities may be missing in a row.
    """

    names: list
    columns: list
    networks: list
    condition: np.ndarray
    n_features: int
    may_miss: bool

    @classmethod
    def resolve(cls, X, column_names, n_features, *, modalities, condition, network=None):
        """Find the columns that the parameters of an estimator select.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_features)
            Table as passed by the user. Passed to selectors that are functions.
        column_names : ndarray of str or None
            Column names of the table.
        n_features : int
            Number of columns of the table.
        modalities, condition
            See `VAETransformer`.
        network : Network or None, default=None
            Network that is cloned for modalities without their own.

        Returns
        -------
        Layout
            Columns of the modalities and the condition.

        Raises
        ------
        TypeError
            If `modalities` is not None, "auto" or a list of (name, network, columns) triples.
        ValueError
            If a selector selects no column, if a column is selected twice, or if ``modalities="auto"`` is used with a
            table without column names.
        """
        condition_columns = np.array([], dtype=int)
        if condition is not None:
            condition_columns = select_columns(condition, X, column_names, n_features, parameter="condition")
        free = np.setdiff1d(np.arange(n_features), condition_columns)
        if modalities is None:
            triples = [("X", None, free)]
        elif isinstance(modalities, str) and modalities == "auto":
            if column_names is None:
                raise ValueError(
                    "modalities='auto' requires column names with prefixes `name__`, but the table has no column "
                    "names. Pass a DataFrame, or call set_output(transform='pandas') on the previous step."
                )
            triples = [(name, None, free[block]) for name, block in group_into_blocks(column_names[free]).items()]
        else:
            check_modalities(modalities)
            triples = [
                (name, own, select_columns(selector, X, column_names, n_features, parameter=f"modalities[{name!r}]"))
                for name, own, selector in modalities
            ]
        if not triples or any(block.size == 0 for _, _, block in triples):
            raise ValueError(
                "No column is left for a modality, because `condition` selects all columns. Select fewer columns."
            )
        selected = np.concatenate([*(block for _, _, block in triples), condition_columns])
        repeated = np.flatnonzero(np.bincount(selected) > 1)
        if repeated.size:
            column = repeated[0] if column_names is None else repr(column_names[repeated[0]])
            raise ValueError(
                f"Column {column} belongs to two modalities, or to a modality and the condition. Select each column "
                "only once."
            )
        networks = [network if own is None else own for _, own, _ in triples]
        return cls(
            names=[name for name, _, _ in triples],
            columns=[block for _, _, block in triples],
            networks=[None if own is None else clone(own) for own in networks],
            condition=condition_columns,
            n_features=n_features,
            may_miss=modalities is not None,
        )

    @property
    def widths(self):
        """Number of columns of each modality."""
        return [block.size for block in self.columns]

    @property
    def features(self):
        """Column indices of all modalities, modality by modality."""
        return np.concatenate(self.columns)

    def has_same_columns(self, other):
        """Return whether another layout has the same columns per modality and the same condition."""
        own, others = ([*map(list, layout.columns), list(layout.condition)] for layout in (self, other))
        return own == others

    def find_observed(self, X, column_names=None, first_row=0):
        """Find the modalities that are not missing in each row.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Table.
        column_names : ndarray of str or None
            Column names for error messages.
        first_row : int
            Index of the first row for error messages.

        Returns
        -------
        ndarray of bool of shape (n_samples, n_modalities)
            False if all columns of the modality are NaN.

        Raises
        ------
        ValueError
            If only some columns of a modality are NaN in a row.
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
                    f"Row {first_row + row[0]} has NaN in column {label(block[column[0]])}, but values in other "
                    f"columns of modality {name!r}. A modality must be missing completely or not at all. Impute the "
                    "column first."
                )
        return observed

    def condition_blocks(self, column_names):
        """Group the condition columns by name prefix and return their positions among the condition columns."""
        if column_names is None:
            return [np.arange(self.condition.size)] if self.condition.size else []
        return list(group_into_blocks(column_names[self.condition]).values())

    def join(self, x, condition):
        """Build a table from modality and condition columns.

        Parameters
        ----------
        x : ndarray of shape (n_samples, sum of widths)
            Modality columns side by side.
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Table in the original column order. Columns without modality are NaN.
        """
        X = np.full((len(x), self.n_features), np.nan, dtype=x.dtype)
        X[:, self.features] = x
        X[:, self.condition] = condition
        return X


def check_modalities(modalities):
    """Raise TypeError if an object is not a list of (name, network, columns) triples."""
    if not isinstance(modalities, list | tuple):
        raise TypeError(f"modalities must be None, 'auto' or a list of triples, got {modalities!r}.")
    for triple in modalities:
        if not isinstance(triple, tuple) or len(triple) != 3:
            raise TypeError(f"modalities must be a list of (name, network, columns) triples, got {triple!r}.")
        name, own, _ = triple
        if not isinstance(name, str) or not (own is None or isinstance(own, Network)):
            raise TypeError(
                f"A modality must be a str, a Network or None, and a column selector, in this order, got {triple!r}."
            )
