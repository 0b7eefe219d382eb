"""First partitions of a latent: by k-means, by a Gaussian mixture, or by the neighbour graph."""

import numpy as np
import torch
from sklearn import config_context
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier

# Rows that enter the neighbour graph; the others take the majority label of their nearest neighbours in it.
UMAP_ROWS = 20_000
# Rows that k-means and the mixture are fitted on; the others are labelled by what was found.
MIXTURE_ROWS = 50_000


def partition_kmeans(Z, n_clusters, n_init, seed):
    """Partition by k-means."""
    return KMeans(n_clusters, n_init=n_init, random_state=seed).fit(_sample(Z, MIXTURE_ROWS, seed)).predict(Z)


def partition_gmm(Z, n_clusters, n_init, seed):
    """Partition by a mixture of diagonal Gaussians, the best of its starts by likelihood."""
    mixture = GaussianMixture(n_clusters, covariance_type="diag", n_init=n_init, random_state=seed)
    return mixture.fit(_sample(Z, MIXTURE_ROWS, seed)).predict(Z)


def partition_umap(Z, n_clusters, n_init, seed):
    """Partition by a Gaussian mixture on a UMAP embedding with few neighbours and no minimal distance.

    McConville et al., "N2D: (not too) deep clustering via clustering the local manifold of an autoencoded embedding",
    ICPR 2020.
    """
    from umap import UMAP

    n = min(len(Z), UMAP_ROWS)
    if n < 8:  # too few rows for a graph
        return partition_kmeans(Z, n_clusters, n_init, seed)
    rows = np.sort(np.random.default_rng(seed).choice(len(Z), n, replace=False))
    umap = UMAP(n_neighbors=min(20, n - 1), n_components=min(10, n - 2), min_dist=0.0, random_state=seed, n_jobs=1)
    n_threads = torch.get_num_threads()
    embedding = umap.fit_transform(Z[rows])
    torch.set_num_threads(n_threads)  # numba sets OpenMP's number, which torch reads, and does not set it back
    labels = GaussianMixture(n_clusters, n_init=n_init, random_state=seed).fit_predict(embedding.astype(np.float64))
    if n == len(Z):
        return labels
    return KNeighborsClassifier(10).fit(Z[rows], labels).predict(Z)


PARTITIONS = {"gmm": partition_gmm, "kmeans": partition_kmeans, "umap": partition_umap}


def first_partition(Z, n_clusters, *, init, n_init, seed):
    """Partition a latent into exactly `n_clusters` groups.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_latent)
        Latent points, at least `n_clusters` distinct ones.
    n_clusters : int
        Number of groups.
    init : {"umap", "gmm", "kmeans"}
        How.
    n_init : int
        Starts of the mixture or of k-means, the best chosen by likelihood or inertia.
    seed : int
        Governs it.

    Returns
    -------
    ndarray of int of shape (n_samples,)
        Labels from 0 to `n_clusters` - 1, each on at least one row.
    """
    # Z is NumPy whatever X was, and GaussianMixture's k-means start knows no array-API dispatch.
    with config_context(array_api_dispatch=False):
        labels = PARTITIONS[init](Z, n_clusters, n_init, seed)
        if np.unique(labels).size < n_clusters:
            # A mixture may leave a component without a row of its own; k-means never does.
            labels = partition_kmeans(Z, n_clusters, n_init, seed)
    return labels


def _sample(Z, n_rows, seed):
    """All rows, or `n_rows` of them."""
    return Z if len(Z) <= n_rows else Z[np.random.default_rng(seed).choice(len(Z), n_rows, replace=False)]
