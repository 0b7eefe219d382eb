"""fit_on_subsample: labels of all rows by any clusterer, also by one that can compare only some of them."""

import warnings

import numpy as np
from sklearn.cluster import AgglomerativeClustering, SpectralClustering
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import check_random_state

PAIRWISE_CLUSTERERS = (AgglomerativeClustering, SpectralClustering)
"""Clusterers that compare all pairs of rows."""


def fit_on_subsample(clusterer, Z, *, sample_size, random_state=None):
    """Fit a clusterer and label every row.

    Parameters
    ----------
    clusterer : clusterer
        Fitted in place. A spectral one is asked for no more neighbours than there are.
    Z : ndarray of shape (n_samples, n_features)
        The rows.
    sample_size : int
        Rows that one of `PAIRWISE_CLUSTERERS` is given at most; the others follow the nearest of these.
    random_state : int, RandomState instance or None, default=None
        Governs the sample.

    Returns
    -------
    labels : ndarray of int of shape (n_samples,)
        The labels; -1 is in no cluster.
    predictor : estimator
        Labels further rows: the clusterer itself, or for one that cannot the nearest of the rows that it was given.
    """
    rows = sample_rows(len(Z), sample_size if isinstance(clusterer, PAIRWISE_CLUSTERERS) else len(Z), random_state)
    if isinstance(clusterer, SpectralClustering):
        clusterer.set_params(n_neighbors=min(clusterer.n_neighbors, len(rows) - 1))
    given = Z if len(rows) == len(Z) else Z[rows]
    with warnings.catch_warnings():
        # Islands in the neighbour graph are clusters, which is what is looked for.
        warnings.filterwarnings("ignore", "Graph is not fully connected", UserWarning)
        # And a table that happens to be square is still a table.
        warnings.filterwarnings("ignore", "The spectral clustering API has changed", UserWarning)
        labels = np.asarray(clusterer.fit_predict(given))
    if hasattr(clusterer, "predict"):
        return labels, clusterer
    predictor = KNeighborsClassifier(1, algorithm="brute").fit(given, labels)
    return (labels if given is Z else predictor.predict(Z)), predictor


def sample_rows(n, size, random_state=None):
    """Sorted positions of all of `n` rows, or of `size` of them."""
    if n <= size:
        return np.arange(n)
    return np.sort(check_random_state(random_state).choice(n, size, replace=False))
