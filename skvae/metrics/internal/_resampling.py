"""Refits of a clusterer on random subsets of the rows, and their agreement."""

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples

from ..agreement._ari import ari
from ..agreement._contingency import count_pairs

RESAMPLE_FRACTION = 0.8
"""Fraction of the rows in each resample, as in Ben-Hur, Elisseeff and Guyon (2002)."""


def refit_on_resamples(X, clusterer, n_resamples, random_state, n_jobs=None):
    """Fit clones of a clusterer on random subsets of the rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Table to cluster.
    clusterer : clusterer or Pipeline
        Clusterer that is cloned for each resample.
    n_resamples : int
        Number of resamples.
    random_state : int, RandomState instance or None
        Seed for the resamples and the clones.
    n_jobs : int or None, default=None
        Number of parallel jobs, as in joblib.

    Returns
    -------
    labels : list of ndarray of shape (n_rows,)
        Labels of each resample.
    samples : list of ndarray of shape (n_rows,), int
        Row numbers of each resample, in ascending order.
    """
    rng, n_rows = check_random_state(random_state), _num_samples(X)
    size = round(RESAMPLE_FRACTION * n_rows)
    if size < 2:
        raise ValueError(f"X must have at least 3 rows for resampling, got {n_rows}.")
    samples = [np.sort(rng.choice(n_rows, size, replace=False)) for _ in range(n_resamples)]
    seeds = rng.randint(np.iinfo(np.int32).max, size=n_resamples)
    labels = Parallel(n_jobs=n_jobs)(
        delayed(_refit)(clusterer, _safe_indexing(X, rows), int(seed))
        for rows, seed in zip(samples, seeds, strict=True)
    )
    return labels, samples


def _refit(clusterer, X, seed):
    return np.asarray(clone_with_seed(clusterer, seed).fit_predict(X))


def clone_with_seed(estimator, seed):
    """Clone an estimator and set every `random_state` parameter, also of nested estimators."""
    names = [name for name in estimator.get_params() if name == "random_state" or name.endswith("__random_state")]
    return clone(estimator).set_params(**dict.fromkeys(names, seed))


def pairwise_agreement(labels, samples):
    """Compute the adjusted Rand index of each pair of resamples on their common rows.

    Parameters
    ----------
    labels : sequence of array of shape (n_rows_of_resample,)
        Labels of each resample.
    samples : sequence of array of int
        Row numbers of each resample, without duplicates.

    Returns
    -------
    agreement : ndarray of shape (n_resamples, n_resamples)
        Symmetric matrix. The diagonal is NaN. Pairs are NaN if both resamples have a single cluster, or if they have no
        common row.
    """
    n, labels = len(samples), [np.unique(values, return_inverse=True)[1] for values in labels]
    agreement = np.full((n, n), np.nan)
    for i in range(n):
        for j in range(i):
            _, in_i, in_j = np.intersect1d(samples[i], samples[j], assume_unique=True, return_indices=True)
            a, b = labels[i][in_i], labels[j][in_j]
            if len(a) and not (a[0] == a).all() & (b[0] == b).all():
                agreement[i, j] = agreement[j, i] = ari(count_pairs(a, b))
    return agreement
