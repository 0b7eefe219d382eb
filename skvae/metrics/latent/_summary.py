"""What the units of a latent carry: how many are in use, how much they say, and whether they repeat each other."""

import numpy as np
from sklearn.utils import check_array

ACTIVE_VARIANCE = 0.01


def active_units(Z, *, threshold=ACTIVE_VARIANCE):
    r"""Tell which units of a latent say anything about the rows.

    A unit is active where its posterior mean varies over the rows,

    .. math:: \operatorname{Var}_x\bigl(\mathbb{E}_{q(z_j|x)}[z_j]\bigr) > \text{threshold}.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Posterior means. Rows that are all NaN are left out.
    threshold : float, default=0.01
        Least variance. It presumes a prior of variance 1: the units of a plain autoencoder have no scale of their own.

    Returns
    -------
    active : ndarray of bool of shape (n_units,)
        Its sum is the number of active units.

    References
    ----------
    Burda, Grosse and Salakhutdinov (2016). Importance weighted autoencoders. ICLR, section 5.1.

    Examples
    --------
    >>> from skvae.metrics import active_units
    >>> active_units([[-1.0, 0.01], [1.0, 0.02], [0.0, 0.0]])
    array([ True, False])
    """
    return check_latent(Z)[0].var(axis=0) > threshold


def kl_per_unit(mean, std):
    r"""Mean divergence of each unit's posterior from the standard normal prior.

    .. math:: \frac 1n \sum_{i=1}^n \tfrac 12 \left(\mu_{ij}^2 + \sigma_{ij}^2 - 1 - \log \sigma_{ij}^2\right)

    Parameters
    ----------
    mean, std : array-like of shape (n_samples, n_units)
        Posteriors, as :meth:`VAETransformer.posterior <skvae.VAETransformer.posterior>` returns them. Rows that are all
        NaN are left out.

    Returns
    -------
    kl : ndarray of shape (n_units,)
        In nats per row, 0 for a unit that follows the prior whatever the row.

    Raises
    ------
    ValueError
        If a standard deviation is not above 0.

    References
    ----------
    Kingma and Welling (2014). Auto-encoding variational Bayes. ICLR, appendix B.

    Examples
    --------
    >>> from skvae.metrics import kl_per_unit
    >>> kl_per_unit([[2.0, 0.0], [-2.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]])
    array([2., 0.])
    """
    mean, kept = check_latent(mean, "mean")
    std = check_array(std, dtype=np.float64, ensure_all_finite="allow-nan", input_name="std")
    if std.shape != (len(kept), mean.shape[1]):
        raise ValueError(f"std has shape {std.shape}, mean {(len(kept), mean.shape[1])}; give both of one posterior")
    std = std[kept]
    wrong = np.argwhere(~(std > 0))
    if len(wrong):
        row, unit = wrong[0]
        raise ValueError(
            f"std is {std[row, unit]} for unit {unit} of row {np.flatnonzero(kept)[row]}; it has to be above 0, "
            "which a plain autoencoder has not"
        )
    return (0.5 * (mean**2 + std**2 - 1) - np.log(std)).mean(axis=0)


def unit_correlation(Z):
    """Pearson correlation between the units of a latent.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Posterior means. Rows that are all NaN are left out.

    Returns
    -------
    correlation : ndarray of shape (n_units, n_units)
        Between -1 and 1; NaN in the row and column of a unit that is the same for all rows.

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


def latent_metrics(mean, std=None, *, threshold=ACTIVE_VARIANCE):
    r"""Summarise what the units of a latent carry.

    Parameters
    ----------
    mean : array-like of shape (n_samples, n_units)
        Posterior means. Rows that are all NaN are left out.
    std : array-like of shape (n_samples, n_units), default=None
        Posterior standard deviations, for ``kl``.
    threshold : float, default=0.01
        Least variance of an active unit.

    Returns
    -------
    values : dict of str to float
        - ``active_units``: number of units whose mean varies by more than `threshold`.
        - ``effective_units``: number of directions that the variance is spread over,
          :math:`(\sum_j \lambda_j)^2 / \sum_j \lambda_j^2` of the eigenvalues of the covariance matrix [1]_; a rotation
          does not change it. NaN where nothing varies.
        - ``kl``: sum of `kl_per_unit`, in nats per row; NaN without `std`.
        - ``min_variance``, ``mean_variance``, ``max_variance``: of the units' means over the rows.
        - ``mean_correlation``, ``max_correlation``: of the absolute correlation of two active units; NaN with fewer.

    See Also
    --------
    mig_score : Whether single units follow known factors.

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


def check_latent(Z, name="Z"):
    """Return the rows of a latent that are not wholly NaN, in double precision, and the mask of these rows."""
    Z = check_array(Z, dtype=np.float64, ensure_all_finite="allow-nan", input_name=name)
    missing = np.isnan(Z)
    kept = ~missing.all(axis=1)
    partly = missing.any(axis=1) & kept
    if partly.any():
        raise ValueError(
            f"{name} is NaN in part of row {partly.argmax()}; a row of a latent is there or wholly missing"
        )
    if not kept.any():
        raise ValueError(f"{name} is NaN in all of its {len(Z)} rows; give at least one that a model could place")
    return Z[kept], kept
