"""Clusterers, memberships and neighbours in a latent, with a stated sample where a step is quadratic."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import softmax
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from ...cluster._subsample import sample_rows
from ...model_selection import select_n_clusters

SAMPLE_PAIRS = 5_000
"""Rows on which a clusterer that compares all pairs is fitted; the others follow their nearest sampled row."""

SAMPLE_NEIGHBOURS = 20_000
"""Rows among which neighbours are looked for."""

SAMPLE_N_CLUSTERS = 5_000
"""Rows that are asked how many clusters there are."""

CLUSTERERS = {
    "kmeans": lambda k, seed: KMeans(k, n_init=10, random_state=seed),
    "gmm": lambda k, seed: GaussianMixture(k, covariance_type="diag", n_init=5, reg_covar=1e-3, random_state=seed),
    "agglomerative": lambda k, seed: AgglomerativeClustering(k),
    "spectral": lambda k, seed: SpectralClustering(k, affinity="nearest_neighbors", random_state=seed),
}
"""Makers of clusterers by name, from number of clusters and seed."""


@dataclass
class RoundClusters:
    """Clusters as round Gaussians, all of the one variance that the rows have about their centres.

    K-means is the limit of that mixture. It tells how surely a row belongs, for clusterers without probabilities.

    Parameters
    ----------
    labels : ndarray of int of shape (n_clusters,)
        The clusters, ascending.
    centres : ndarray of shape (n_clusters, latent_dim)
        Means of their rows.
    variance : float
        Mean squared distance to the own centre, a dimension.
    shares : ndarray of shape (n_clusters,)
        Shares of the rows.
    """

    labels: np.ndarray
    centres: np.ndarray
    variance: float
    shares: np.ndarray

    @classmethod
    def fit(cls, Z, labels):
        """Describe clusters.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, latent_dim)
            The rows.
        labels : ndarray of int of shape (n_samples,)
            Their clusters.

        Returns
        -------
        RoundClusters
            The clusters.
        """
        clusters, own = np.unique(labels, return_inverse=True)
        centres = np.array([Z[labels == cluster].mean(axis=0, dtype=np.float64) for cluster in clusters])
        variance = np.square(Z - centres[own]).mean()
        return cls(clusters, centres, max(float(variance), np.finfo(float).tiny), np.bincount(own) / len(own))

    def membership(self, Z, labels):
        """Tell how surely rows belong to their clusters.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, latent_dim)
            The rows.
        labels : ndarray of int of shape (n_samples,)
            Their clusters.

        Returns
        -------
        ndarray of shape (n_samples,)
            Posterior probability of the row's own cluster, between 0 and 1.
        """
        logits = np.log(self.shares) - cdist(Z, self.centres, "sqeuclidean") / (2 * self.variance)
        return softmax(logits, axis=1)[np.arange(len(Z)), np.searchsorted(self.labels, labels)]


def nearest_rows(Z, n_neighbors=3, random_state=None):
    """Find the rows nearest to each row, nearest first, itself left out.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, latent_dim)
        The rows; above `SAMPLE_NEIGHBOURS` of them the neighbours come from a sample of that size.
    n_neighbors : int, default=3
        How many, or as many as there are.
    random_state : int, RandomState instance or None, default=None
        Governs the sample.

    Returns
    -------
    ndarray of int of shape (n_samples, n_neighbors)
        Positions.
    """
    rows = sample_rows(len(Z), SAMPLE_NEIGHBOURS, random_state)
    n_neighbors = min(n_neighbors, len(rows) - 1)
    found = rows[NearestNeighbors(n_neighbors=n_neighbors + 1).fit(Z[rows]).kneighbors(Z, return_distance=False)]
    # Among equal rows the row itself need not come first.
    itself = found == np.arange(len(Z))[:, None]
    itself[~itself.any(axis=1), -1] = True
    return found[~itself].reshape(len(Z), n_neighbors)


def choose_n_clusters(Z, *, most=20, random_state=None):
    """Ask several criteria how many clusters k-means should look for in a latent.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, latent_dim)
        The rows; above `SAMPLE_N_CLUSTERS` of them a sample of that size is asked.
    most : int, default=20
        Largest number tried, as long as there are five rows to a cluster; the smallest is 2.
    random_state : int, RandomState instance or None, default=None
        Governs sample, resamples and starts.

    Returns
    -------
    NClusters
        Curves, choices, and the number.
    """
    Z = Z[sample_rows(len(Z), SAMPLE_N_CLUSTERS, random_state)]
    candidates = range(2, max(2, min(most, len(Z) // 5)) + 1)
    return select_n_clusters(KMeans(n_init=3), Z, candidates, n_resamples=5, random_state=random_state)
