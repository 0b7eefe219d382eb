"""Validation of latent representations."""

import numpy as np
from sklearn.utils import check_array


def check_latent(Z, name="Z"):
    """Validate a latent representation and return the rows that are not NaN.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Latent representation. Missing rows are completely NaN.
    name : str, default="Z"
        Name of the parameter, for error messages.

    Returns
    -------
    Z : ndarray of shape (n_rows, n_units), float64
        Rows without NaN.
    kept : ndarray of bool of shape (n_samples,)
        Mask of these rows.

    Raises
    ------
    ValueError
        If a row is partly NaN or if all rows are NaN.
    """
    Z = check_array(Z, dtype=np.float64, ensure_all_finite="allow-nan", input_name=name)
    missing = np.isnan(Z)
    kept = ~missing.all(axis=1)
    partly = missing.any(axis=1) & kept
    if partly.any():
        raise ValueError(
            f"{name} contains NaN in some columns of row {partly.argmax()}. Rows must be complete or completely NaN."
        )
    if not kept.any():
        raise ValueError(f"{name} is NaN in all {len(Z)} rows. At least one row must have values.")
    return Z[kept], kept
