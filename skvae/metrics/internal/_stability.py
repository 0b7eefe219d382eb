"""Whether a clusterer finds the same clusters again."""

from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, validate_params
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples

from ..agreement._contingency import ari, count

FRACTION = 0.8
"""Share of the rows in a resample, as in Ben-Hur, Elisseeff and Guyon (2002)."""


@validate_params(
    {
        "X": ["array-like"],
        "clusterer": [HasMethods(["fit_predict", "get_params"])],
        "n_resamples": [Interval(Integral, 2, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [None, Integral],
    },
    prefer_skip_nested_validation=True,
)
def stability_score(X, clusterer, *, n_resamples=10, random_state=0, n_jobs=None):
    """Mean agreement of refits on resamples, on the rows that two of them share.

    Each resample is a random 80 % of the rows; agreement is the adjusted Rand index. Stable clusters need not mean
    anything: a few large ones, or a table with one long axis, are stable easily.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The table that the clusterer is fitted on; what is said holds in this space.
    clusterer : clusterer or Pipeline
        Cloned, and seeded, for each resample.
    n_resamples : int, default=10
        How many.
    random_state : int, RandomState instance or None, default=0
        Governs the resamples, and seeds the clones.
    n_jobs : int or None, default=None
        Processes, as in joblib.

    Returns
    -------
    score : float
        0 on average for labels dealt out at random, at most 1; higher is better. NaN where two refits have a single
        cluster, or call all rows noise: there is nothing to agree about.

    See Also
    --------
    skvae.model_selection.select_n_clusters : The same over numbers of clusters.

    References
    ----------
    A. Ben-Hur, A. Elisseeff and I. Guyon, "A stability based method for discovering structure in clustered data",
    Pacific Symposium on Biocomputing, 2002.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import make_blobs
    >>> from skvae.metrics import stability_score
    >>> X, _ = make_blobs(120, centers=3, random_state=1)
    >>> round(stability_score(X, KMeans(3, n_init=3)), 2), stability_score(X, KMeans(6, n_init=1)) < 0.9
    (1.0, True)
    """
    agreement = pairwise_agreement(*refit_on_resamples(X, clusterer, n_resamples, random_state, n_jobs))
    return float(agreement[np.tril_indices(n_resamples, -1)].mean())


def refit_on_resamples(X, clusterer, n_resamples, random_state, n_jobs=None):
    """Return the labels of each resample, and its rows."""
    rng, n_rows = check_random_state(random_state), _num_samples(X)
    size = round(FRACTION * n_rows)
    if size < 2:
        raise ValueError(f"X has {n_rows} rows; resamples need at least 3")
    samples = [np.sort(rng.choice(n_rows, size, replace=False)) for _ in range(n_resamples)]
    seeds = rng.randint(np.iinfo(np.int32).max, size=n_resamples)
    labels = Parallel(n_jobs=n_jobs)(
        delayed(_refit)(clusterer, _safe_indexing(X, rows), int(seed))
        for rows, seed in zip(samples, seeds, strict=True)
    )
    return labels, samples


def _refit(clusterer, X, seed):
    return np.asarray(seeded(clusterer, seed).fit_predict(X))


def pairwise_agreement(labels, samples):
    """Return the adjusted Rand index of every two resamples on the rows that they share.

    Parameters
    ----------
    labels : sequence of array of shape (n_rows_of_resample,)
        Labels of each resample.
    samples : sequence of array of int
        Its rows, each once.

    Returns
    -------
    ndarray of shape (n_resamples, n_resamples)
        NaN on the diagonal, and where both have a single cluster or share no row.
    """
    n, labels = len(samples), [np.unique(found, return_inverse=True)[1] for found in labels]
    agreement = np.full((n, n), np.nan)
    for i in range(n):
        for j in range(i):
            _, in_i, in_j = np.intersect1d(samples[i], samples[j], assume_unique=True, return_indices=True)
            a, b = labels[i][in_i], labels[j][in_j]
            if len(a) and not (a[0] == a).all() & (b[0] == b).all():
                agreement[i, j] = agreement[j, i] = ari(count(a, b))
    return agreement


def seeded(estimator, seed):
    """Clone an estimator and seed all that is random in it."""
    names = [name for name in estimator.get_params() if name == "random_state" or name.endswith("__random_state")]
    return clone(estimator).set_params(**dict.fromkeys(names, seed))
