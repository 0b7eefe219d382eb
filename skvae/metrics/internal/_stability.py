"""Stability of clusters under resampling."""

from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval, validate_params

from ._resampling import pairwise_agreement, refit_on_resamples


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
    """Compute the stability of clusters under resampling.

    The clusterer is fitted on random subsets with 80 % of the rows each. The stability is the mean adjusted Rand index
    of two subsets on their common rows.

    Stable clusters are not necessarily meaningful. A few large clusters are easily stable, and so are the clusters of a
    table with one long axis.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Table to cluster. The score is valid for this space only.
    clusterer : clusterer or Pipeline
        Clusterer that is cloned and seeded for each resample.
    n_resamples : int, default=10
        Number of resamples.
    random_state : int, RandomState instance or None, default=0
        Seed for the resamples and the clones.
    n_jobs : int or None, default=None
        Number of parallel jobs, as in joblib.

    Returns
    -------
    score : float
        Score of at most 1. Random labels have a score of 0 on average. Higher is better. The score is NaN if two
        resamples have a single cluster each, which includes the case that all rows are noise.

    Raises
    ------
    ValueError
        If `X` has fewer than 3 rows.

    See Also
    --------
    skvae.model_selection.select_n_clusters : Compares the stability of several numbers of clusters.

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
