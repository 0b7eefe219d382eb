"""Mutual information gap."""

import numpy as np
import pandas as pd
from sklearn.metrics import mutual_info_score

from ._factors import check_factors

MAX_BINS = 20


def mig_score(Z, factors, *, n_bins="auto", average=True):
    r"""Compute the mutual information gap (MIG) of a latent space.

    The MIG is high if each factor is represented by a single unit. The gap of a factor is the difference in mutual
    information between its best and its second-best unit, divided by the entropy of the factor:

    .. math::
        \frac 1K \sum_{k=1}^K \frac{1}{H(v_k)} \left(I(z_{j_k}; v_k) - \max_{j \ne j_k} I(z_j; v_k)\right), \qquad
        j_k = \arg\max_j I(z_j; v_k)

    for K factors v. Information and entropy are computed from bins with equal numbers of rows. Units and numeric
    factors with at most `n_bins` distinct values have one bin per value. A strictly increasing transformation of a unit
    does not change the score.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Latent representation. Rows with only NaN are ignored.
    factors : DataFrame, dict of columns, or array-like of shape (n_samples,) or (n_samples, n_factors)
        Known factors, such as genre, language, key, tempo and loudness. Columns of floats are numeric, other columns
        are categorical. Rows in which a factor is missing are ignored for this factor.
    n_bins : int or "auto", default="auto"
        Number of bins of units and numeric factors. "auto" is the cube root of the number of rows, between 2 and 20.
        If bins contain few rows, even random units appear informative.
    average : bool, default=True
        Whether to return the mean over the factors.

    Returns
    -------
    score : float or Series
        Score between 0 and 1. Higher is better. If `average` is False, a Series with one score per factor. If there is
        a single unit, its information is compared with 0. Constant factors are NaN and excluded from the mean.

    Raises
    ------
    ValueError
        If `Z` and `factors` have different numbers of rows, or if a numeric factor is infinite.

    See Also
    --------
    dci_scores : Based on random forests, which also detect factors represented by two units together.

    References
    ----------
    Chen, Li, Grosse and Duvenaud (2018). Isolating sources of disentanglement in variational autoencoders. NeurIPS,
    section 4.1.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.metrics import mig_score
    >>> genre, language = np.repeat(["rock", "jazz"], 50), np.tile(["bn", "en"], 50)
    >>> Z = np.c_[genre == "rock", language == "en"].astype(float)
    >>> round(mig_score(Z, {"genre": genre, "language": language}), 6)
    1.0
    >>> mixed = Z @ [[1, 1], [1, -1]]
    >>> mig_score(mixed, {"genre": genre, "language": language}, average=False).round(2).to_dict()
    {'genre': 0.0, 'language': 0.0}
    """
    information, entropies = factor_information(Z, factors, n_bins)
    sorted_information = np.sort(np.r_[information, np.zeros((1, information.shape[1]))], axis=0)
    gap = sorted_information[-1] - sorted_information[-2]
    gaps = pd.Series(gap / entropies.where(entropies > 0), name="mig")
    return float(gaps.mean()) if average else gaps


def factor_information(Z, factors, n_bins):
    """Compute the mutual information of units and factors.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Latent representation.
    factors : DataFrame, dict of columns, or array-like
        Known factors.
    n_bins : int or "auto"
        Number of bins.

    Returns
    -------
    information : DataFrame of shape (n_units, n_factors)
        Mutual information in nats.
    entropies : Series of shape (n_factors,)
        Entropy of each factor in nats.
    """
    Z, factors = check_factors(Z, factors)
    information, entropies = {}, {}
    for factor in factors:
        rows = Z[factor.known]
        bins = int(np.clip(round(len(rows) ** (1 / 3)), 2, MAX_BINS)) if n_bins == "auto" else n_bins
        values = factor.values if factor.is_label else _discretize(factor.values, bins)
        information[factor.name] = [_mutual_information(_discretize(unit, bins), values) for unit in rows.T]
        entropies[factor.name] = _mutual_information(values, values)
    return pd.DataFrame(information), pd.Series(entropies)


def _mutual_information(first, second):
    return float(mutual_info_score(first, second)) if len(first) else 0.0


def _discretize(values, n_bins):
    """Assign values to bins with equal numbers of rows."""
    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) <= n_bins:
        return codes
    return np.searchsorted(np.quantile(values, np.arange(1, n_bins) / n_bins), values)
