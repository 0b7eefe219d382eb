"""Whether single units of a latent follow known factors: the mutual information gap, and DCI."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import xlogy
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import mutual_info_score
from sklearn.model_selection import KFold, cross_val_predict

from ._factors import check_factors

MOST_BINS = 20
# Rows in a leaf of a tree: leaves of single rows fit noise, and hand some importance to every unit.
LEAF_ROWS = 5


def mig_score(Z, factors, *, n_bins="auto", average=True):
    r"""Mutual information gap: how much more one unit says of a factor than the next best unit.

    .. math::
        \frac 1K \sum_{k=1}^K \frac{1}{H(v_k)} \left(I(z_{j_k}; v_k) - \max_{j \ne j_k} I(z_j; v_k)\right), \qquad
        j_k = \arg\max_j I(z_j; v_k)

    for K factors v, with information and entropy of what falls into bins of equally many rows. A unit or a quantity
    with no more distinct values than bins has one for each value. A strictly increasing change of a unit does not
    change the score.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        The latent. Rows that are all NaN are left out.
    factors : DataFrame, dict of columns, or array-like of shape (n_samples,) or (n_samples, n_factors)
        Known properties, such as genre, language, key, tempo and loudness. A column of floats is a quantity, any other
        holds labels. Rows where a factor is missing do not count for it.
    n_bins : int or "auto", default="auto"
        Bins of a unit, and of a quantity. "auto" is the cube root of the number of rows, within 2 and 20: with few rows
        in a bin, noise seems to say something.
    average : bool, default=True
        Whether to average over the factors.

    Returns
    -------
    score : float or Series
        Between 0 and 1, higher is better; of each factor by name, without `average`. A single unit is held against 0. A
        factor that is the same for all rows is NaN, and left out of the average.

    See Also
    --------
    dci_scores : The same question to random forests, which also see a factor that two units hold together.

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
    information, entropies = _information(Z, factors, n_bins)
    best = np.sort(np.r_[information, np.zeros((1, information.shape[1]))], axis=0)
    gaps = pd.Series((best[-1] - best[-2]) / entropies.where(entropies > 0), name="mig")
    return float(gaps.mean()) if average else gaps


def _information(Z, factors, n_bins):
    """Return the information of each unit about each factor, and the entropy of each factor, in nats."""
    Z, factors = check_factors(Z, factors)
    information, entropies = {}, {}
    for factor in factors:
        rows = Z[factor.known]
        bins = int(np.clip(round(len(rows) ** (1 / 3)), 2, MOST_BINS)) if n_bins == "auto" else n_bins
        values = factor.values if factor.is_label else _bin(factor.values, bins)
        information[factor.name] = [_mutual_information(_bin(unit, bins), values) for unit in rows.T]
        entropies[factor.name] = _mutual_information(values, values)
    return pd.DataFrame(information), pd.Series(entropies)


def _mutual_information(first, second):
    return float(mutual_info_score(first, second)) if len(first) else 0.0


def _bin(values, n_bins):
    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) <= n_bins:
        return codes
    return np.searchsorted(np.quantile(values, np.arange(1, n_bins) / n_bins), values)


class DCIScores(NamedTuple):
    """Disentanglement, completeness and informativeness of a latent; made by `dci_scores`.

    Attributes
    ----------
    disentanglement : float
        Between 0 and 1: a unit serves one factor.
    completeness : float
        Between 0 and 1: a factor is served by one unit.
    informativeness : float
        At most 1: the factors can be told from the latent; 0 is no better than a constant.
    importance : DataFrame of shape (n_units, n_factors)
        How much each unit serves each factor; columns sum to 1.
    """

    disentanglement: float
    completeness: float
    informativeness: float
    importance: pd.DataFrame


def dci_scores(Z, factors, *, n_estimators=100, cv=3, random_state=0, n_jobs=None):
    r"""Disentanglement, completeness and informativeness of a latent about known factors.

    A random forest, with leaves of five rows or more, predicts each factor from all units. From the importance
    :math:`R_{ij}` of unit i for factor j, with columns that sum to 1,

    .. math::
        D = \sum_i \rho_i \Bigl(1 + \sum_j P_{ij} \log_K P_{ij}\Bigr), \qquad
        C = \frac 1K \sum_j \Bigl(1 + \sum_i R_{ij} \log_L R_{ij}\Bigr)

    for L units and K factors, with :math:`P_{ij} = R_{ij} / \sum_j R_{ij}` and
    :math:`\rho_i = \sum_j R_{ij} / \sum_{ij} R_{ij}`. The informativeness is the mean over the factors of 1 - error /
    error of the best constant, in cross-validation: for a quantity the coefficient of determination, for a label with
    the share of wrong predictions as error.

    Disentanglement and completeness speak of what the forests found, however little that is: read them beside the
    informativeness.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        The latent. Rows that are all NaN are left out.
    factors : DataFrame, dict of columns, or array-like of shape (n_samples,) or (n_samples, n_factors)
        Known properties, such as genre, language, key, tempo and loudness. A column of floats is a quantity, any other
        holds labels. Rows where a factor is missing do not count for it.
    n_estimators : int, default=100
        Trees of each forest.
    cv : int, default=3
        Folds of shuffled rows.
    random_state : int, RandomState instance or None, default=0
        Governs forests and folds.
    n_jobs : int or None, default=None
        Trees that grow at a time.

    Returns
    -------
    scores : DCIScores
        Disentanglement is NaN with a single factor, completeness with a single unit. A factor that is the same for all
        rows does not take part; without any other all are NaN.

    See Also
    --------
    mig_score : The gap in information between the best two units.

    References
    ----------
    Eastwood and Williams (2018). A framework for the quantitative evaluation of disentangled representations. ICLR,
    section 2.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.metrics import dci_scores
    >>> genre, language = np.repeat(["rock", "jazz"], 50), np.tile(["bn", "en"], 50)
    >>> Z = np.c_[genre == "rock", language == "en"].astype(float)
    >>> scores = dci_scores(Z, {"genre": genre, "language": language}, n_estimators=10)
    >>> scores.disentanglement, scores.completeness, scores.informativeness
    (1.0, 1.0, 1.0)
    >>> scores.importance
       genre  language
    0    1.0       0.0
    1    0.0       1.0
    """
    Z, factors = check_factors(Z, factors)
    importance, informativeness = {}, []
    for factor in factors:
        if not factor.varies:
            continue
        forest = RandomForestClassifier if factor.is_label else RandomForestRegressor
        # Every split may choose among all units: where one of them tells all, no other is of any importance.
        settings = {"max_features": 1.0, "min_samples_leaf": LEAF_ROWS, "random_state": random_state}
        model = forest(n_estimators, n_jobs=n_jobs, **settings)
        rows, values = Z[factor.known], factor.values
        folds = KFold(cv, shuffle=True, random_state=random_state)
        informativeness.append(_skill(values, cross_val_predict(model, rows, values, cv=folds), factor.is_label))
        importance[factor.name] = model.fit(rows, values).feature_importances_
    if not importance:
        return DCIScores(np.nan, np.nan, np.nan, pd.DataFrame(index=range(Z.shape[1])))
    importance = pd.DataFrame(importance)
    disentanglement, completeness = disentanglement_and_completeness(importance.to_numpy())
    return DCIScores(disentanglement, completeness, float(np.mean(informativeness)), importance)


def disentanglement_and_completeness(importance):
    """Return both from the importance of each unit (row) for each factor (column)."""
    return (
        float(_average(_concentration(importance), importance.sum(axis=1))),
        float(_average(_concentration(importance.T), importance.sum(axis=0))),
    )


def _concentration(rows):
    """Return 1 - the entropy of each row, normalised to [0, 1]; NaN for a single column."""
    total, n = rows.sum(axis=1, keepdims=True), rows.shape[1]
    if n == 1:
        return np.full(len(rows), np.nan)
    shares = np.where(total > 0, rows / np.where(total > 0, total, 1), 1 / n)
    return 1 + xlogy(shares, shares).sum(axis=1) / np.log(n)


def _average(values, weights):
    return np.average(values, weights=weights if weights.any() else None)


def _skill(values, predicted, is_label):
    if is_label:
        return 1 - np.mean(values != predicted) / (1 - np.bincount(values).max() / len(values))
    return 1 - np.mean((values - predicted) ** 2) / values.var()
