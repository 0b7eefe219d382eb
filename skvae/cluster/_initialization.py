"""Initial partitions of a latent representation: k-means, Gaussian mixture or neighbor graph."""

import numpy as np
from scipy.stats import median_abs_deviation
from sklearn import config_context
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier

from ..vae.model._mixture import RELATIVE_VARIANCE_FLOOR
from ._graph import build_neighbor_graph, combine_graphs, partition_graph, propagate_labels
from ._subsample import sample_rows

# Minimum number of rows for a neighbor graph.
MIN_GRAPH_ROWS = 8


def partition_kmeans(Z, rows, n_clusters, n_init, seed, covariance_type="full", table=None):
    """Partition with k-means."""
    labels = KMeans(n_clusters, n_init=n_init, random_state=seed).fit(Z[rows]).predict(Z)
    return labels, np.eye(n_clusters)[labels]


def partition_gmm(Z, rows, n_clusters, n_init, seed, covariance_type="full", table=None):
    """Partition with the Gaussian mixture that has the highest likelihood of `n_init` initializations.

    With full covariances, all components share one covariance matrix if this lowers the BIC. The variances have the
    same lower bound as in the prior, because the likelihood of a component with one or two rows is unbounded. A mixture
    in which a component has fewer than two rows is only used if all initializations have such a component.
    """
    sample = Z[rows]
    # The median absolute deviation is robust against outliers.
    spread = np.square(median_abs_deviation(Z, scale="normal")).mean()
    settings = {"n_components": n_clusters, "reg_covar": max(RELATIVE_VARIANCE_FLOOR * spread, 1e-6)}

    def has_tiny_component(mixture):
        return np.bincount(mixture.predict(sample), minlength=n_clusters).min() < 2

    best = []
    for kind in ("full", "tied") if covariance_type == "full" else (covariance_type,):
        rng = np.random.RandomState(seed)
        starts = [
            GaussianMixture(covariance_type=kind, random_state=rng, **settings).fit(sample) for _ in range(n_init)
        ]
        best.append(max(starts, key=lambda start: (not has_tiny_component(start), start.lower_bound_)))
    memberships = min(best, key=lambda mixture: (has_tiny_component(mixture), mixture.bic(sample))).predict_proba(Z)
    return memberships.argmax(axis=1), memberships


def build_combined_graph(Z, x, seed):
    """Build a graph that combines the neighbors in the latent space and in the table.

    The two graphs have different errors, because neighbors in the latent space depend on the encoder. If `x` is None,
    the graph contains only the neighbors in the latent space. Rows with NaN in `x` also use only these neighbors.
    """
    graph = build_neighbor_graph(Z, seed)
    if x is None:
        return graph
    complete = np.flatnonzero(~np.isnan(x).any(axis=1))
    if len(complete) < MIN_GRAPH_ROWS:
        return graph
    return combine_graphs(graph, build_neighbor_graph(x[complete], seed), complete)


def partition_umap(Z, rows, n_clusters, n_init, seed, covariance_type="full", table=None):
    """Partition the combined neighbor graph of the latent space and the table.

    Rows outside the subsample are labeled by their nearest neighbors in the subsample.
    """
    if len(rows) < MIN_GRAPH_ROWS:
        return partition_kmeans(Z, rows, n_clusters, n_init, seed)
    graph = build_combined_graph(Z[rows], None if table is None else table(rows), seed)
    labels = partition_graph(graph, Z[rows], n_clusters, n_init, seed)
    memberships = propagate_labels(graph, labels, n_clusters)
    if len(rows) == len(Z):
        return labels, memberships
    nearest = KNeighborsClassifier(10).fit(Z[rows], labels)
    all_memberships = np.zeros((len(Z), n_clusters))
    all_memberships[:, nearest.classes_] = nearest.predict_proba(Z)  # A component of the mixture may have no row.
    all_memberships[rows] = memberships
    all_labels = all_memberships.argmax(axis=1)
    all_labels[rows] = labels
    return all_labels, all_memberships


PARTITIONS = {"gmm": partition_gmm, "kmeans": partition_kmeans, "umap": partition_umap}


def compute_initial_partition(Z, n_clusters, *, init, n_init, seed, subsample=None, covariance_type="full", table=None):
    """Partition a latent representation into exactly `n_clusters` groups.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_latent)
        Latent representation with at least `n_clusters` distinct rows.
    n_clusters : int
        Number of groups.
    init : {"umap", "gmm", "kmeans"}
        Method.
    n_init : int
        Number of initializations of the mixture or of k-means. The best one is chosen by likelihood, inertia or
        modularity.
    seed : int
        Random seed.
    subsample : int or None, default=None
        Maximum number of rows that are used to compute the partition. The other rows are assigned to its groups. If
        None, all rows are used.
    covariance_type : {"full", "diag"}, default="full"
        Covariance type of the mixture. Ignored if `init` is not "gmm".
    table : callable or None, default=None
        Returns the scaled table for given row positions, with NaN for missing modalities. If None, only the latent
        representation is used. Ignored if `init` is not "umap".

    Returns
    -------
    labels : ndarray of int of shape (n_samples,)
        Group of each row, from 0 to ``n_clusters - 1``. Each group has at least one row.
    memberships : ndarray of shape (n_samples, n_clusters)
        Membership of each row in each group. Rows sum to 1.
    """
    rows = sample_rows(len(Z), len(Z) if subsample is None else subsample, seed)
    # Z is a NumPy array, and the k-means initialization of GaussianMixture does not support array API dispatch.
    with config_context(array_api_dispatch=False):
        labels, memberships = PARTITIONS[init](Z, rows, n_clusters, n_init, seed, covariance_type, table)
        if np.unique(labels).size < n_clusters:
            # A component of a mixture may have no row. A cluster of k-means always has a row.
            labels, memberships = partition_kmeans(Z, rows, n_clusters, n_init, seed)
    return labels, memberships
