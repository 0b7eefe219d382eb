"""Random subsamples for clusterers whose cost grows quadratically with the number of rows."""

import warnings

import numpy as np
from sklearn.cluster import AgglomerativeClustering, SpectralClustering
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import check_random_state

PAIRWISE_CLUSTERERS = (AgglomerativeClustering, SpectralClustering)
"""Clusterers that compute all pairwise similarities."""


def fit_on_subsample(clusterer, Z, *, sample_size, random_state=None):
    """Fit a clusterer, on a subsample if necessary, and label all rows.

    Parameters
    ----------
    clusterer : clusterer
        Clusterer. It is fitted in place. `n_neighbors` of `SpectralClustering` is limited to the number of other rows.
    Z : ndarray of shape (n_samples, n_features)
        Table.
    sample_size : int
        Maximum number of rows for `PAIRWISE_CLUSTERERS`. Other rows get the label of the nearest row of the subsample.
    random_state : int, RandomState instance or None, default=None
        Random seed of the subsample.

    Returns
    -------
    labels : ndarray of int of shape (n_samples,)
        Labels. -1 for rows without a cluster.
    predictor : estimator
        Fitted estimator with a `predict` method for new rows. It is the clusterer, or a 1-nearest-neighbor classifier
        if the clusterer has no `predict` method.
    """
    rows = sample_rows(len(Z), sample_size if isinstance(clusterer, PAIRWISE_CLUSTERERS) else len(Z), random_state)
    if isinstance(clusterer, SpectralClustering):
        clusterer.set_params(n_neighbors=min(clusterer.n_neighbors, len(rows) - 1))
    sample = Z if len(rows) == len(Z) else Z[rows]
    with warnings.catch_warnings():
        # Separate components of the neighbor graph are expected, because they are clusters.
        warnings.filterwarnings("ignore", "Graph is not fully connected", UserWarning)
        # scikit-learn warns that a square table may be an affinity matrix.
        warnings.filterwarnings("ignore", "The spectral clustering API has changed", UserWarning)
        labels = np.asarray(clusterer.fit_predict(sample))
    if hasattr(clusterer, "predict"):
        return labels, clusterer
    predictor = KNeighborsClassifier(1, algorithm="brute").fit(sample, labels)
    return (labels if sample is Z else predictor.predict(Z)), predictor


def sample_rows(n, size, random_state=None):
    """Return the sorted positions of all `n` rows, or of a random subsample of `size` rows if `n` is larger."""
    if n <= size:
        return np.arange(n)
    return np.sort(check_random_state(random_state).choice(n, size, replace=False))
