"""KL divergence of latent units."""

import numpy as np
from sklearn.utils import check_array

from ._validation import check_latent


def kl_per_unit(mean, std):
    r"""Compute the mean KL divergence of the posterior of each unit from the standard normal prior.

    .. math:: \frac 1n \sum_{i=1}^n \tfrac 12 \left(\mu_{ij}^2 + \sigma_{ij}^2 - 1 - \log \sigma_{ij}^2\right)

    Parameters
    ----------
    mean, std : array-like of shape (n_samples, n_units)
        Means and standard deviations of the posteriors, as returned by
        :meth:`VAETransformer.posterior <skvae.VAETransformer.posterior>`. Rows with only NaN are ignored.

    Returns
    -------
    kl : ndarray of shape (n_units,)
        KL divergence in nats per row. It is 0 for a unit whose posterior equals the prior in every row.

    Raises
    ------
    ValueError
        If a standard deviation is not positive.

    See Also
    --------
    active_units : Units whose posterior mean varies between rows.

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
        raise ValueError(f"mean and std must have the same shape, got {(len(kept), mean.shape[1])} and {std.shape}.")
    std = std[kept]
    invalid = np.argwhere(~(std > 0))
    if len(invalid):
        row, unit = invalid[0]
        raise ValueError(
            f"std must be positive, got {std[row, unit]} for unit {unit} of row {np.flatnonzero(kept)[row]}. "
            "A plain autoencoder has no posterior."
        )
    return (0.5 * (mean**2 + std**2 - 1) - np.log(std)).mean(axis=0)
