"""Disentanglement, completeness and informativeness."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import xlogy
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.model_selection import KFold, cross_val_predict

from ._factors import check_factors

# Leaves with a single row fit noise, so that every unit gets some importance.
MIN_LEAF_ROWS = 5


class DCIScores(NamedTuple):
    """Disentanglement, completeness and informativeness of a latent space, returned by `dci_scores`.

    Attributes
    ----------
    disentanglement : float
        Score between 0 and 1. It is 1 if each unit represents a single factor.
    completeness : float
        Score between 0 and 1. It is 1 if each factor is represented by a single unit.
    informativeness : float
        Score of at most 1. It is 1 if the factors can be predicted from the latent representation, and 0 if the
        prediction is not better than a constant.
    importance : DataFrame of shape (n_units, n_factors)
        Importance of each unit for each factor. Columns sum to 1.

    See Also
    --------
    dci_scores : Computes the scores.

    Examples
    --------
    >>> from skvae.metrics import dci_scores
    >>> scores = dci_scores([[0.0, 5.0], [1.0, 5.0]] * 20, ["rock", "jazz"] * 20, n_estimators=5)
    >>> scores.completeness, scores.informativeness
    (1.0, 1.0)
    """

    disentanglement: float
    completeness: float
    informativeness: float
    importance: pd.DataFrame


def dci_scores(Z, factors, *, n_estimators=100, cv=3, random_state=0, n_jobs=None):
    r"""Compute disentanglement, completeness and informativeness of a latent space (DCI).

    A random forest predicts each factor from all units. Its leaves contain at least five rows. The importance
    :math:`R_{ij}` of unit i for factor j, with columns that sum to 1, gives

    .. math::
        D = \sum_i \rho_i \Bigl(1 + \sum_j P_{ij} \log_K P_{ij}\Bigr), \qquad
        C = \frac 1K \sum_j \Bigl(1 + \sum_i R_{ij} \log_L R_{ij}\Bigr)

    for L units and K factors, with :math:`P_{ij} = R_{ij} / \sum_j R_{ij}` and
    :math:`\rho_i = \sum_j R_{ij} / \sum_{ij} R_{ij}`.

    The informativeness of a factor is 1 minus the cross-validated error divided by the error of the best constant
    prediction. The score is the mean over the factors. For numeric factors, the informativeness is the coefficient of
    determination. For categorical factors, the error is the fraction of wrong predictions.

    Disentanglement and completeness describe only what the forests can predict. Interpret them together with the
    informativeness.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Latent representation. Rows with only NaN are ignored.
    factors : DataFrame, dict of columns, or array-like of shape (n_samples,) or (n_samples, n_factors)
        Known factors, such as genre, language, key, tempo and loudness. Columns of floats are numeric, other columns
        are categorical. Rows in which a factor is missing are ignored for this factor.
    n_estimators : int, default=100
        Number of trees in each forest.
    cv : int, default=3
        Number of cross-validation folds. Rows are shuffled.
    random_state : int, RandomState instance or None, default=0
        Seed for the forests and the folds.
    n_jobs : int or None, default=None
        Number of parallel jobs that fit trees, as in joblib.

    Returns
    -------
    scores : DCIScores
        Disentanglement is NaN with a single factor, completeness with a single unit. Constant factors are ignored. If
        all factors are constant, all scores are NaN.

    Raises
    ------
    ValueError
        If `Z` and `factors` have different numbers of rows, or if a numeric factor is infinite.

    See Also
    --------
    mig_score : Difference in information between the two best units.

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
        # Each split considers all units. Otherwise other units get importance even if one unit determines the factor.
        settings = {"max_features": 1.0, "min_samples_leaf": MIN_LEAF_ROWS, "random_state": random_state}
        model = forest(n_estimators, n_jobs=n_jobs, **settings)
        rows, values = Z[factor.known], factor.values
        folds = KFold(cv, shuffle=True, random_state=random_state)
        predicted = cross_val_predict(model, rows, values, cv=folds)
        informativeness.append(_prediction_skill(values, predicted, factor.is_label))
        importance[factor.name] = model.fit(rows, values).feature_importances_
    if not importance:
        return DCIScores(np.nan, np.nan, np.nan, pd.DataFrame(index=range(Z.shape[1])))
    importance = pd.DataFrame(importance)
    disentanglement, completeness = disentanglement_and_completeness(importance.to_numpy())
    return DCIScores(disentanglement, completeness, float(np.mean(informativeness)), importance)


def disentanglement_and_completeness(importance):
    """Compute disentanglement and completeness from the importance of each unit (row) for each factor (column)."""
    return (
        float(_weighted_mean(_concentration(importance), importance.sum(axis=1))),
        float(_weighted_mean(_concentration(importance.T), importance.sum(axis=0))),
    )


def _concentration(rows):
    """Return 1 - the entropy of each row, normalized to [0, 1]. A single column gives NaN."""
    total, n = rows.sum(axis=1, keepdims=True), rows.shape[1]
    if n == 1:
        return np.full(len(rows), np.nan)
    shares = np.where(total > 0, rows / np.where(total > 0, total, 1), 1 / n)
    return 1 + xlogy(shares, shares).sum(axis=1) / np.log(n)


def _weighted_mean(values, weights):
    return np.average(values, weights=weights if weights.any() else None)


def _prediction_skill(values, predicted, is_label):
    """Return 1 - error / error of the best constant prediction."""
    if is_label:
        return 1 - np.mean(values != predicted) / (1 - np.bincount(values).max() / len(values))
    return 1 - np.mean((values - predicted) ** 2) / values.var()
