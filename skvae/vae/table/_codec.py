"""Conversion between the table of the user and the inputs and outputs of the networks."""

import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.utils import gen_batches

from ...features._scaler import CHUNK_ROWS
from ..model._likelihoods import LIKELIHOODS
from ._condition import KnownCondition
from ._scaling import ConditionScaler


class TableCodec:
    """Columns, scales and known conditions of a training table.

    Long tables are read in chunks of rows, so that a memory-mapped table is never loaded as a whole.

    Parameters
    ----------
    layout : Layout
        Columns of the modalities and the condition.
    column_names : ndarray of str or None
        Names of all columns.
    likelihood : {"gaussian", "bernoulli"}
        Likelihood. Columns with a Bernoulli likelihood must be in [0, 1], and are not scaled.
    scale, scale_within_condition, unknown_condition
        See `VAETransformer`.

    Attributes
    ----------
    scaler : ConditionScaler or None
        Scaler of the modality columns.
    known_condition : KnownCondition
        Known values of the condition columns.
    spread : ndarray of shape (n_columns,) or None
        Standard deviations of the modality columns. None if the columns are scaled.
    """

    def __init__(self, layout, column_names, *, likelihood, scale, scale_within_condition, unknown_condition):
        self.layout = layout
        self.column_names = column_names
        self.likelihood = likelihood
        self.scale = None if LIKELIHOODS[likelihood].unit_interval else scale
        self.scale_within_condition = scale_within_condition
        self.unknown_condition = unknown_condition

    def fit(self, X):
        """Learn the scales and the known conditions.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Table.

        Returns
        -------
        self : object
            Fitted codec.
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
        """Update the scales and the known conditions with further rows.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Rows of a table.

        Returns
        -------
        self : object
            Fitted codec.
        """
        condition = X[:, self.layout.condition]
        self.known_condition.partial_fit(condition)
        if self.scaler is not None:
            self.scaler.partial_fit(X[:, self.layout.features], condition)
        return self

    def _chunks(self, X):
        """Yield modality columns and condition columns of chunks of rows."""
        for rows in gen_batches(len(X), CHUNK_ROWS):
            yield X[rows][:, self.layout.features], X[rows][:, self.layout.condition]

    @property
    def names(self):
        """Names of the modality columns, or their indices if the table has no column names."""
        positions = self.layout.features
        return positions.tolist() if self.column_names is None else self.column_names[positions]

    def find_observed(self, X):
        """Find the modalities that are not missing in each row, see `Layout.find_observed`.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of bool of shape (n_samples, n_modalities)
            False if all columns of the modality are NaN.

        Raises
        ------
        ValueError
            If only some columns of a modality are NaN in a row.
        """
        chunks = [
            self.layout.find_observed(X[rows], self.column_names, first_row=rows.start)
            for rows in gen_batches(len(X), CHUNK_ROWS)
        ]
        return np.concatenate(chunks) if chunks else np.empty((0, len(self.layout.names)), dtype=bool)

    def check_unit_interval(self, X):
        """Check that the modality columns are in [0, 1] if the likelihood requires it.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Table.

        Raises
        ------
        ValueError
            If a value is outside [0, 1]. The message contains the row and the column.
        """
        if not LIKELIHOODS[self.likelihood].unit_interval:
            return
        for start, (x, _) in zip(range(0, len(X), CHUNK_ROWS), self._chunks(X), strict=True):
            outside = np.argwhere((x < 0) | (x > 1))
            if len(outside):
                row, column = outside[0]
                raise ValueError(
                    f"likelihood={self.likelihood!r} requires values in [0, 1], but row {start + row} has "
                    f"{x[row, column]:g} in column {self.names[column]!r}. Use likelihood='gaussian', or scale the "
                    "columns to [0, 1]."
                )

    def encode(self, X, observed, rows=None):
        """Convert rows of a table to the inputs of the networks.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Rows of a table.
        observed : ndarray of bool of shape (n_samples, n_modalities)
            Whether each row has each modality.
        rows : ndarray of int of shape (n_samples,) or None
            Row indices for error messages. If None, rows are counted from 0.

        Returns
        -------
        x : ndarray of shape (n_samples, n_columns)
            Scaled modality columns in the dtype of `X`, with zeros instead of NaN.
        observed : ndarray of shape (n_samples, n_modalities)
            `observed` in the dtype of `X`.
        condition : ndarray of shape (n_samples, n_condition)
            Condition columns without NaN.
        """
        condition = self.known_condition.resolve(X[:, self.layout.condition], rows)
        return np.nan_to_num(self.scale_columns(X), nan=0.0), observed.astype(X.dtype), condition

    def scale_columns(self, X):
        """Return the scaled modality columns of a table. NaN stays NaN."""
        x = X[:, self.layout.features]
        return x if self.scaler is None else self.scaler.transform(x, X[:, self.layout.condition])

    def decode(self, x, condition):
        """Convert outputs of the networks to a table in the original units and column order."""
        x = x if self.scaler is None else self.scaler.inverse_transform(x, condition)
        return self.layout.join(x, condition)
