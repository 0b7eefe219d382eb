"""First partitions of a latent, hard and soft: by k-means, by a Gaussian mixture, or by the neighbour graph."""

import numpy as np
from scipy.stats import median_abs_deviation
from sklearn import config_context
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import gen_batches

from ..vae._inference import CHUNK
from ..vae.model._mixture import RELATIVE_VARIANCE_FLOOR
from ._graph import build_neighbor_graph, combine_graphs, partition_graph, propagate_labels
from ._subsample import sample_rows

# Fewer have no graph to speak of.
LEAST_ROWS = 8


def partition_kmeans(Z, rows, n_clusters, n_init, seed, covariance_type="full", table=None):
    """Partition by k-means."""
    labels = KMeans(n_clusters, n_init=n_init, random_state=seed).fit(Z[rows]).predict(Z)
    return labels, np.eye(n_clusters)[labels]


def partition_gmm(Z, rows, n_clusters, n_init, seed, covariance_type="full", table=None):
    """Partition by a mixture of Gaussians, the best of its starts by likelihood.

    Where BIC says that the rows do not bear full covariances, components share one. All have the floor of the prior
    that they become: on a row or two, likelihood would grow without bound. It is high there all the same, and a start
    that gives a component a single row is taken only where all do.
    """
    some = Z[rows]
    spread = np.square(median_abs_deviation(Z, scale="normal")).mean()  # which a few far rows leave as it is
    settings = {"n_components": n_clusters, "reg_covar": max(RELATIVE_VARIANCE_FLOOR * spread, 1e-6)}

    def lonely(mixture):
        return np.bincount(mixture.predict(some), minlength=n_clusters).min() < 2

    best = []
    for kind in ("full", "tied") if covariance_type == "full" else (covariance_type,):
        rng = np.random.RandomState(seed)
        starts = [GaussianMixture(covariance_type=kind, random_state=rng, **settings).fit(some) for _ in range(n_init)]
        best.append(max(starts, key=lambda start: (not lonely(start), start.lower_bound_)))
    memberships = min(best, key=lambda mixture: (lonely(mixture), mixture.bic(some))).predict_proba(Z)
    return memberships.argmax(axis=1), memberships


def build_combined_graph(Z, x, seed):
    """Build the graph of what neighbours in the latent and in the table agree on.

    The latent brings together what varies together, and errs where the encoder does; the table errs elsewhere. Without
    `x` the latent has the only say, and so it has for rows of `x` with NaN.
    """
    graph = build_neighbor_graph(Z, seed)
    if x is None:
        return graph
    complete = np.flatnonzero(~np.isnan(x).any(axis=1))
    if len(complete) < LEAST_ROWS:
        return graph
    return combine_graphs(graph, build_neighbor_graph(x[complete], seed), complete)


def partition_umap(Z, rows, n_clusters, n_init, seed, covariance_type="full", table=None):
    """Partition by what the neighbour graphs of latent and table agree on.

    Rows that are in no graph go by their nearest neighbours that are.
    """
    if len(rows) < LEAST_ROWS:
        return partition_kmeans(Z, rows, n_clusters, n_init, seed)
    graph = build_combined_graph(Z[rows], None if table is None else table(rows), seed)
    labels = partition_graph(graph, Z[rows], n_clusters, n_init, seed)
    memberships = propagate_labels(graph, labels, n_clusters)
    if len(rows) == len(Z):
        return labels, memberships
    nearest = KNeighborsClassifier(10).fit(Z[rows], labels)
    all_memberships = np.zeros((len(Z), n_clusters))
    all_memberships[:, nearest.classes_] = nearest.predict_proba(Z)  # a mixture may have left a component without a row
    all_memberships[rows] = memberships
    all_labels = all_memberships.argmax(axis=1)
    all_labels[rows] = labels
    return all_labels, all_memberships


PARTITIONS = {"gmm": partition_gmm, "kmeans": partition_kmeans, "umap": partition_umap}


def first_partition(Z, n_clusters, *, init, n_init, seed, subsample=None, covariance_type="full", table=None):
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
        Starts of the mixture or of k-means, the best chosen by likelihood, inertia or modularity.
    seed : int
        Governs it.
    subsample : int or None, default=None
        Rows at most that it is made of; the others are labelled by it.
    covariance_type : {"full", "diag"}, default="full"
        Covariances of the mixture of "gmm".
    table : callable or None
        Gives the rows of some numbers as the networks see them, NaN where a modality is missing; None goes by the
        latent alone.

    Returns
    -------
    labels : ndarray of int of shape (n_samples,)
        From 0 to `n_clusters` - 1, each on at least one row.
    memberships : ndarray of shape (n_samples, n_clusters)
        How far each row is in each group; rows sum to 1.
    """
    rows = sample_rows(len(Z), len(Z) if subsample is None else subsample, seed)
    # Z is NumPy whatever X was, and GaussianMixture's k-means start knows no array-API dispatch.
    with config_context(array_api_dispatch=False):
        labels, memberships = PARTITIONS[init](Z, rows, n_clusters, n_init, seed, covariance_type, table)
        if np.unique(labels).size < n_clusters:
            # A mixture may leave a component without a row of its own; k-means never does.
            labels, memberships = partition_kmeans(Z, rows, n_clusters, n_init, seed)
    return labels, memberships


def check_distinct(vae, X, n_clusters):
    """Refuse more clusters than distinct rows, before anything is trained."""
    vae._validate_params()
    vae._check_parameters()
    values = vae._validate(X, reset=True)
    layout, names = vae._settle_columns(values, X), getattr(vae, "feature_names_in_", None)
    distinct = set()
    for rows in gen_batches(len(values), CHUNK):  # the first will do, unless nearly all rows are equal
        observed = layout.observed(values[rows], names, first_row=rows.start)
        # As bytes NaN equals itself; the sum makes -0 equal to 0.
        distinct.update(row.tobytes() for row in values[rows][observed.any(axis=1)] + 0.0)
        if len(distinct) >= n_clusters:
            return
    raise ValueError(f"n_clusters={n_clusters} is more than the {len(distinct)} distinct rows: lower it.")
