"""TableCodec: from rows of a user's table to what the networks read, and back."""

import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.utils import gen_batches

from ...features._scaler import CHUNK_ROWS
from ..model._likelihoods import LIKELIHOODS
from ._condition import KnownCondition
from ._scaling import ConditionScaler


class TableCodec:
    """Which columns are what, how they are scaled, and which conditions are known.

    A long table is read some rows at a time, so that a memory-mapped one never stands in memory as a whole.

    Parameters
    ----------
    layout : Layout
        Column positions.
    column_names : ndarray of str or None
        Names of all columns.
    likelihood : {"gaussian", "bernoulli"}
        Bernoulli columns must lie in [0, 1], and are not scaled.
    scale, scale_within_condition, unknown_condition
        As in `VAETransformer`.

    Attributes
    ----------
    scaler : ConditionScaler or None
        Of the modality columns.
    known_condition : KnownCondition
        Of the condition columns.
    spread : ndarray of shape (n_columns,)
        Standard deviation of the modality columns as they were; None where they are scaled.
    """

    def __init__(self, layout, column_names, *, likelihood, scale, scale_within_condition, unknown_condition):
        self.layout = layout
        self.column_names = column_names
        self.likelihood = likelihood
        self.scale = None if LIKELIHOODS[likelihood].unit_interval else scale
        self.scale_within_condition = scale_within_condition
        self.unknown_condition = unknown_condition

    def fit(self, X):
        """Learn scales and conditions.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            The table.

        Returns
        -------
        TableCodec
            Itself.
        """
        blocks = self.layout.condition_blocks(self.column_names)
        self.known_condition = KnownCondition(blocks, self.unknown_condition).fit(X[:, self.layout.condition])
        self.scaler = self.spread = None
        if self.scale is None:
            moments = StandardScaler()
            for x, _ in self._chunks(X):
                moments.partial_fit(x.astype(np.float64))
            self.spread = np.sqrt(moments.var_)
        else:
            within = self.scale_within_condition and self.known_condition.is_category
            self.scaler = ConditionScaler(self.scale, within).fit(lambda: self._chunks(X))
        return self

    def partial_fit(self, X):
        """Learn from further rows.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Some rows of a table.

        Returns
        -------
        TableCodec
            Itself.
        """
        condition = X[:, self.layout.condition]
        self.known_condition.partial_fit(condition)
        if self.scaler is not None:
            self.scaler.partial_fit(X[:, self.layout.features], condition)
        return self

    def _chunks(self, X):
        for rows in gen_batches(len(X), CHUNK_ROWS):
            yield X[rows][:, self.layout.features], X[rows][:, self.layout.condition]

    @property
    def names(self):
        """Names, or positions, of the modality columns."""
        positions = self.layout.features
        return positions.tolist() if self.column_names is None else self.column_names[positions]

    def observed(self, X):
        """Which row has which modality; see `Layout.observed`. Values are checked on the way.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            The table.

        Returns
        -------
        ndarray of bool of shape (n_samples, n_modalities)
            False where the whole modality is NaN.

        Raises
        ------
        ValueError
            If part of a row's modality is NaN.
        """
        chunks = [
            self.layout.observed(X[rows], self.column_names, first_row=rows.start)
            for rows in gen_batches(len(X), CHUNK_ROWS)
        ]
        return np.concatenate(chunks) if chunks else np.empty((0, len(self.layout.names)), dtype=bool)

    def check_unit_interval(self, X):
        """Raise for values that the likelihood is not for.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            The table.

        Raises
        ------
        ValueError
            Naming row and column.
        """
        if not LIKELIHOODS[self.likelihood].unit_interval:
            return
        for start, (x, _) in zip(range(0, len(X), CHUNK_ROWS), self._chunks(X), strict=True):
            outside = np.argwhere((x < 0) | (x > 1))
            if len(outside):
                row, column = outside[0]
                raise ValueError(
                    f"likelihood={self.likelihood!r} is for values in [0, 1]: row {start + row} has "
                    f"{x[row, column]:g} in column {self.names[column]!r}; use likelihood='gaussian', or bring the "
                    "columns to [0, 1]."
                )

    def encode(self, X, observed, rows=None):
        """Make what the networks read.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Rows of a table.
        observed : ndarray of bool of shape (n_samples, n_modalities)
            Which row has which modality.
        rows : ndarray of int of shape (n_samples,) or None
            Numbers of the rows, for messages; None counts from 0.

        Returns
        -------
        x : ndarray of shape (n_samples, n_columns)
            Scaled modality columns with zeros for NaN, in the dtype of `X`.
        observed : ndarray of shape (n_samples, n_modalities)
            The mask as numbers.
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns without NaN.
        """
        condition = self.known_condition.resolve(X[:, self.layout.condition], rows)
        return np.nan_to_num(self.scaled(X), nan=0.0), observed.astype(X.dtype), condition

    def scaled(self, X):
        """Scaled modality columns; NaN stays NaN."""
        x = X[:, self.layout.features]
        return x if self.scaler is None else self.scaler.transform(x, X[:, self.layout.condition])

    def decode(self, x, condition):
        """Put decoded columns, in the units of the table, and condition columns in their places."""
        x = x if self.scaler is None else self.scaler.inverse_transform(x, condition)
        return self.layout.join(x, condition)
