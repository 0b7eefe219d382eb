"""Known factors of the tracks of a latent representation."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ._validation import check_latent


class Factor(NamedTuple):
    """One factor, in the rows in which it is known.

    Attributes
    ----------
    name : hashable
        Name of the column.
    values : ndarray of shape (n_known,)
        Codes 0, 1, ... of a categorical factor, or the values of a numeric factor.
    is_label : bool
        Whether the factor is categorical.
    known : ndarray of bool of shape (n_rows,)
        Mask of the rows with a known value, among the rows of the latent representation that are not NaN.
    """

    name: object
    values: np.ndarray
    is_label: bool
    known: np.ndarray

    @property
    def varies(self):
        """Whether the factor has at least two different values."""
        return len(self.values) > 1 and np.ptp(self.values) > 0


def check_factors(Z, factors):
    """Validate a latent representation and its factors, and drop the rows that are NaN.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Latent representation.
    factors : DataFrame, dict of columns, or array-like of shape (n_samples,) or (n_samples, n_factors)
        Known factors. Columns of floats are numeric, other columns are categorical.

    Returns
    -------
    Z : ndarray of shape (n_rows, n_units)
        Latent representation.
    factors : list of Factor
        One factor for each column.

    Raises
    ------
    ValueError
        If the number of rows differs or if a numeric factor is infinite.
    """
    Z, kept = check_latent(Z)
    table = pd.DataFrame(factors).infer_objects()
    if len(table) != len(kept) or not table.shape[1]:
        raise ValueError(
            f"factors has shape {table.shape}, but Z has {len(kept)} rows. factors must have one row for each row of Z "
            "and at least one column."
        )
    return Z, [_make_factor(name, column[kept]) for name, column in table.items()]


def _make_factor(name, column):
    known = column.notna().to_numpy()
    column = column[known]
    if not pd.api.types.is_float_dtype(column):
        return Factor(name, pd.factorize(column)[0], True, known)
    values = column.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"Factor {name!r} contains infinite values. Replace them by NaN.")
    return Factor(name, values, False, known)
