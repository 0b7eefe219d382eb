"""Latent representation and clusters of tracks with computed features, from the pipeline of a run."""

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from ...cluster import VaDEClusterer


def compute_latent(pipeline, table):
    """Return the latent representation of a feature table. A `VaDEClusterer` computes it in the last step."""
    last = pipeline[-1]
    return last.transform(table) if isinstance(last, VaDEClusterer) else pipeline[1:-1].transform(table)


def assign_clusters(pipeline, table, Z, clusters):
    """Return cluster labels and membership probabilities of a feature table.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted pipeline of a run.
    table : DataFrame of shape (n_samples, n_features)
        Feature table.
    Z : ndarray of shape (n_samples, latent_dim)
        Latent representation of the table.
    clusters : SphericalClusters
        Used to compute the probabilities if the clusterer has no ``predict_proba``.

    Returns
    -------
    labels : ndarray of int of shape (n_samples,)
        Cluster labels.
    membership : ndarray of shape (n_samples,)
        Probability of the assigned cluster.
    """
    last = pipeline[-1]
    X = table if isinstance(last, VaDEClusterer) else Z
    labels = np.asarray(last.predict(X))
    # A KNeighborsClassifier replaces clusterers without `predict`. Its probabilities are all 1.
    if hasattr(last, "predict_proba") and not isinstance(last, KNeighborsClassifier):
        return labels, last.predict_proba(X).max(axis=1)
    return labels, clusters.membership(Z, labels)
