"""Active latent units."""

from ._validation import check_latent

ACTIVE_VARIANCE = 0.01


def active_units(Z, *, threshold=ACTIVE_VARIANCE):
    r"""Find the active units of a latent space.

    A unit is active if its posterior mean varies between rows:

    .. math:: \operatorname{Var}_x\bigl(\mathbb{E}_{q(z_j|x)}[z_j]\bigr) > \text{threshold}.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Posterior means. Rows with only NaN are ignored.
    threshold : float, default=0.01
        Minimum variance of an active unit. The default assumes a prior with variance 1. The units of a plain
        autoencoder have no fixed scale.

    Returns
    -------
    active : ndarray of bool of shape (n_units,)
        Mask of the active units. Its sum is the number of active units.

    See Also
    --------
    kl_per_unit : KL divergence of each unit from the prior.

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
