"""Summary of a latent space."""

import numpy as np

from ._active_units import ACTIVE_VARIANCE
from ._correlation import unit_correlation
from ._kl import kl_per_unit
from ._validation import check_latent


def latent_metrics(mean, std=None, *, threshold=ACTIVE_VARIANCE):
    r"""Summarize a latent space: active units, KL divergence, variances and correlations.

    Parameters
    ----------
    mean : array-like of shape (n_samples, n_units)
        Posterior means. Rows with only NaN are ignored.
    std : array-like of shape (n_samples, n_units), default=None
        Posterior standard deviations, required for ``kl``.
    threshold : float, default=0.01
        Minimum variance of an active unit.

    Returns
    -------
    values : dict of str to float
        - ``active_units``: number of units with a variance above `threshold`.
        - ``effective_units``: effective number of dimensions,
          :math:`(\sum_j \lambda_j)^2 / \sum_j \lambda_j^2`, where :math:`\lambda_j` are the eigenvalues of the
          covariance matrix [1]_. A rotation does not change it. NaN if all units are constant.
        - ``kl``: sum of `kl_per_unit`, in nats per row. NaN without `std`.
        - ``min_variance``, ``mean_variance``, ``max_variance``: variance of the posterior means of the units.
        - ``mean_correlation``, ``max_correlation``: absolute correlation of pairs of active units. NaN with fewer than
          two active units.

    See Also
    --------
    active_units : Mask of the active units.
    mig_score : Whether single units represent known factors.

    References
    ----------
    .. [1] Gao et al. (2017). A theory of multineuronal dimensionality, dynamics and measurement. bioRxiv 214262.

    Examples
    --------
    >>> from skvae.metrics import latent_metrics
    >>> values = latent_metrics([[-1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, -1.0, 0.0], [1.0, -1.0, 0.0]])
    >>> values["active_units"], round(values["effective_units"], 6), values["max_correlation"]
    (2, 2.0, 0.0)
    """
    Z, _ = check_latent(mean, "mean")
    variance = Z.var(axis=0)
    active = variance > threshold
    eigenvalues = np.linalg.svd(Z - Z.mean(axis=0), compute_uv=False) ** 2
    pairs = np.abs(unit_correlation(Z[:, active])[np.triu_indices(active.sum(), 1)]) if active.sum() > 1 else [np.nan]
    return {
        "active_units": int(active.sum()),
        "effective_units": float(eigenvalues.sum() ** 2 / (eigenvalues**2).sum()) if variance.any() else np.nan,
        "kl": np.nan if std is None else float(kl_per_unit(mean, std).sum()),
        "min_variance": float(variance.min()),
        "mean_variance": float(variance.mean()),
        "max_variance": float(variance.max()),
        "mean_correlation": float(np.mean(pairs)),
        "max_correlation": float(np.max(pairs)),
    }
