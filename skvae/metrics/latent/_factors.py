"""Known properties of tracks, labels or quantities, beside a latent."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ._summary import check_latent


class Factor(NamedTuple):
    """One property in the rows that have it.

    Attributes
    ----------
    name : hashable
        Its column.
    values : ndarray of shape (n_known,)
        Codes 0, 1, ... of a label, or a quantity.
    is_label : bool
        Which of the two.
    known : ndarray of bool of shape (n_rows,)
        The rows, among those of the latent that are not NaN.
    """

    name: object
    values: np.ndarray
    is_label: bool
    known: np.ndarray

    @property
    def varies(self):
        """Whether there is anything to find."""
        return len(self.values) > 1 and np.ptp(self.values) > 0


def check_factors(Z, factors):
    """Return the rows of a latent that are not NaN, and the factors of these rows.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        A latent.
    factors : DataFrame, dict of columns, or array-like of shape (n_samples,) or (n_samples, n_factors)
        Known properties. A column of floats is a quantity, any other holds labels.

    Returns
    -------
    Z : ndarray of shape (n_rows, n_units)
        The latent.
    factors : list of Factor
        One for each column.
    """
    Z, kept = check_latent(Z)
    table = pd.DataFrame(factors).infer_objects()
    if len(table) != len(kept) or not table.shape[1]:
        raise ValueError(f"factors have shape {table.shape}, Z has {len(kept)} rows; give a row of factors for each")
    return Z, [_factor(name, column[kept]) for name, column in table.items()]


def _factor(name, column):
    known = column.notna().to_numpy()
    column = column[known]
    if not pd.api.types.is_float_dtype(column):
        return Factor(name, pd.factorize(column)[0], True, known)
    values = column.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"factor {name!r} is infinite in some rows; leave them missing")
    return Factor(name, values, False, known)
