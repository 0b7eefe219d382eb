"""Membership probabilities for clusterers without ``predict_proba``."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import softmax


@dataclass
class SphericalClusters:
    """Clusters as spherical Gaussians with one common variance.

    K-means is the limit of this mixture for small variances. The mixture provides membership probabilities for
    clusterers without ``predict_proba``.

    Parameters
    ----------
    labels : ndarray of int of shape (n_clusters,)
        Cluster labels in ascending order.
    centers : ndarray of shape (n_clusters, latent_dim)
        Means of the clusters.
    variance : float
        Mean squared distance of the rows to their cluster centers, per dimension.
    weights : ndarray of shape (n_clusters,)
        Fraction of the rows in each cluster.
    """

    labels: np.ndarray
    centers: np.ndarray
    variance: float
    weights: np.ndarray

    @classmethod
    def fit(cls, Z, labels):
        """Compute centers, variance and weights of given clusters.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, latent_dim)
            Latent representation.
        labels : ndarray of int of shape (n_samples,)
            Cluster labels.

        Returns
        -------
        SphericalClusters
            Fitted clusters.
        """
        clusters, own = np.unique(labels, return_inverse=True)
        centers = np.array([Z[labels == cluster].mean(axis=0, dtype=np.float64) for cluster in clusters])
        variance = np.square(Z - centers[own]).mean()
        return cls(clusters, centers, max(float(variance), np.finfo(float).tiny), np.bincount(own) / len(own))

    def membership(self, Z, labels):
        """Compute the posterior probability of the cluster of each row.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, latent_dim)
            Latent representation.
        labels : ndarray of int of shape (n_samples,)
            Cluster labels.

        Returns
        -------
        ndarray of shape (n_samples,)
            Probabilities between 0 and 1.
        """
        logits = np.log(self.weights) - cdist(Z, self.centers, "sqeuclidean") / (2 * self.variance)
        return softmax(logits, axis=1)[np.arange(len(Z)), np.searchsorted(self.labels, labels)]
