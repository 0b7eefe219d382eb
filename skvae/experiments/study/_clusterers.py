"""The clusterers that a study can ask for, and the spaces that they work in."""

import numpy as np
from sklearn.cluster import (
    DBSCAN,
    HDBSCAN,
    AgglomerativeClustering,
    Birch,
    KMeans,
    MiniBatchKMeans,
    SpectralClustering,
)
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from ._names import Kind, parse_methods

SAMPLE_PAIRS = 10_000  # rows that a clusterer which compares all pairs is given; the others follow the nearest of them
MIN_SAMPLES = 5  # of a dense neighbourhood, the row itself among them: scikit-learn's number
SPACES = ("latent", "umap")


def knee(distances):
    """Find where a curve of sorted distances turns from flat to steep.

    It is the point farthest below the straight line between the ends of the curve, both axes scaled to one: the
    offline rule of Kneedle, without smoothing.

    Parameters
    ----------
    distances : ndarray of shape (n_samples,)
        Distances, in any order.

    Returns
    -------
    float
        The distance at the knee.

    References
    ----------
    Satopää et al., "Finding a 'kneedle' in a haystack: detecting knee points in system behavior", ICDCS Workshops 2011.

    Examples
    --------
    >>> from skvae.experiments import knee
    >>> float(knee([1.0, 1.1, 1.2, 1.3, 1.4, 9.0]))
    1.4
    """
    curve = np.sort(np.asarray(distances, dtype=float))
    height = np.ptp(curve)
    if height == 0:
        return curve[0]
    return curve[np.argmax(np.linspace(0, 1, len(curve)) - (curve - curve[0]) / height)]


def neighbour_distances(Z, k):
    """Distance of each row to the `k`-th nearest other one, or the last that there is."""
    k = min(k, len(Z) - 1)
    return NearestNeighbors(n_neighbors=k).fit(Z).kneighbors()[0][:, -1]


def dbscan(Z, n_clusters, argument, settings):
    """Take the radius at the knee of the distances to the neighbour that makes a neighbourhood dense."""
    min_samples = settings.get("min_samples", MIN_SAMPLES)
    # rows that stand on one another have a knee at zero, which is no radius
    eps = knee(neighbour_distances(Z, min_samples - 1)) or np.finfo(np.float32).eps
    return DBSCAN(**{"eps": eps, "min_samples": min_samples} | settings)


def spectral(Z, n_clusters, argument, settings):
    """Cut the graph of nearest neighbours."""
    own = {"n_clusters": n_clusters, "affinity": "nearest_neighbors", "n_neighbors": min(10, len(Z) - 1)}
    return SpectralClustering(**own | settings)


def birch(Z, n_clusters, argument, settings):
    """Let the tree merge what is nearer than half of the rows are to their neighbours."""
    threshold = float(np.median(neighbour_distances(Z, 1))) or np.finfo(np.float32).eps
    return Birch(**{"n_clusters": n_clusters, "threshold": threshold} | settings)


def gmm(Z, n_clusters, argument, settings):
    """Fit a mixture of diagonal Gaussians."""
    own = {"n_components": n_clusters, "covariance_type": "diag", "n_init": 5, "reg_covar": 1e-3}
    return GaussianMixture(**own | settings)


def _plain(cls, **own):
    """Clusterer of so many clusters."""
    return lambda Z, n_clusters, argument, settings: cls(**{"n_clusters": n_clusters} | own | settings)


def agglomerative(Z, n_clusters, linkage, settings):
    """Merge from the rows up, by Ward's rule unless the name says otherwise."""
    return AgglomerativeClustering(**{"n_clusters": n_clusters, "linkage": linkage or "ward"} | settings)


def hdbscan(Z, n_clusters, argument, settings):
    """Take what persists over all radii."""
    return HDBSCAN(**{"min_cluster_size": min(MIN_SAMPLES, len(Z)), "copy": True} | settings)


CLUSTERERS = {
    "kmeans": Kind(_plain(KMeans, n_init=10), (KMeans,)),
    "minibatch-kmeans": Kind(_plain(MiniBatchKMeans, n_init=10), (MiniBatchKMeans,)),
    "agglomerative": Kind(agglomerative, (AgglomerativeClustering,), choices=("complete", "average", "single")),
    "dbscan": Kind(dbscan, (DBSCAN,)),
    "hdbscan": Kind(hdbscan, (HDBSCAN,)),
    "spectral": Kind(spectral, (SpectralClustering,)),
    "gmm": Kind(gmm, (GaussianMixture,)),
    "birch": Kind(birch, (Birch,)),
}
"""Kinds of clusterers by name."""


def parse_clusterers(entries):
    """Read the clusterers of a study; see `parse_methods`.

    Parameters
    ----------
    entries : list
        As in `compare`.

    Returns
    -------
    list of Method
        The clusterers.
    """
    methods = parse_methods(entries, CLUSTERERS, "clusterer")
    for method in methods:
        if method.part and method.part not in SPACES:
            raise ValueError(f"clusterer {method.name!r} must end in @umap, or in nothing for the latent itself")
    return methods


def space_of(method):
    """Space that a clusterer works in; an estimator says so by its name."""
    part = method.part or method.name.partition("@")[2]
    return "umap" if part == "umap" else "latent"
