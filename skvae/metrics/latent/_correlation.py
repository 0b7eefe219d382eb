"""Correlation of latent units."""

import numpy as np

from ._validation import check_latent


def unit_correlation(Z):
    """Compute the Pearson correlation of the units of a latent space.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Posterior means. Rows with only NaN are ignored.

    Returns
    -------
    correlation : ndarray of shape (n_units, n_units)
        Correlations between -1 and 1. The row and the column of a constant unit are NaN.

    See Also
    --------
    latent_metrics : Summary of a latent space, including the mean and the maximum correlation.

    Examples
    --------
    >>> from skvae.metrics import unit_correlation
    >>> unit_correlation([[0.0, 1.0], [1.0, -1.0], [2.0, -3.0]])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    Z, _ = check_latent(Z)
    Z = Z - Z.mean(axis=0)
    norms = np.linalg.norm(Z, axis=0)
    norms[np.ptp(Z, axis=0) == 0] = np.nan
    return np.clip((Z / norms).T @ (Z / norms), -1, 1)
