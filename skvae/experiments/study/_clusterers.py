"""Registry of clusterers: one function and one line of `CLUSTERERS` for each.

A function receives the table `Z`, the number of clusters, the argument in the name and the settings of the user. It
returns an unfitted clusterer. The settings override the values of the function.
"""

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

from ._names import Kind, parse_specs
from ._neighbors import knee, neighbor_distances

MIN_SAMPLES = 5  # scikit-learn's default for DBSCAN; includes the row itself
SPACES = ("latent", "umap")


def make_kmeans(Z, n_clusters, argument, settings):
    """Make a k-means clusterer with 10 starts."""
    return KMeans(**{"n_clusters": n_clusters, "n_init": 10} | settings)


def make_minibatch_kmeans(Z, n_clusters, argument, settings):
    """Make a mini-batch k-means clusterer with 10 starts."""
    return MiniBatchKMeans(**{"n_clusters": n_clusters, "n_init": 10} | settings)


def make_agglomerative(Z, n_clusters, linkage, settings):
    """Make an agglomerative clusterer with Ward linkage, or with the linkage in the name."""
    return AgglomerativeClustering(**{"n_clusters": n_clusters, "linkage": linkage or "ward"} | settings)


def make_dbscan(Z, n_clusters, argument, settings):
    """Make a DBSCAN clusterer whose radius is the knee of the neighbor distances."""
    min_samples = settings.get("min_samples", MIN_SAMPLES)
    # Duplicate rows can give a knee of 0, but the radius must be positive.
    eps = knee(neighbor_distances(Z, min_samples - 1)) or np.finfo(np.float32).eps
    return DBSCAN(**{"eps": eps, "min_samples": min_samples} | settings)


def make_hdbscan(Z, n_clusters, argument, settings):
    """Make an HDBSCAN clusterer."""
    return HDBSCAN(**{"min_cluster_size": min(MIN_SAMPLES, len(Z)), "copy": True} | settings)


def make_spectral(Z, n_clusters, argument, settings):
    """Make a spectral clusterer on the graph of the 10 nearest neighbors."""
    own = {"n_clusters": n_clusters, "affinity": "nearest_neighbors", "n_neighbors": min(10, len(Z) - 1)}
    return SpectralClustering(**own | settings)


def make_gmm(Z, n_clusters, argument, settings):
    """Make a Gaussian mixture with diagonal covariances and 5 starts."""
    own = {"n_components": n_clusters, "covariance_type": "diag", "n_init": 5, "reg_covar": 1e-3}
    return GaussianMixture(**own | settings)


def make_birch(Z, n_clusters, argument, settings):
    """Make a BIRCH clusterer whose threshold is the median distance to the nearest neighbor."""
    threshold = float(np.median(neighbor_distances(Z, 1))) or np.finfo(np.float32).eps
    return Birch(**{"n_clusters": n_clusters, "threshold": threshold} | settings)


CLUSTERERS = {
    "kmeans": Kind(make_kmeans, (KMeans,)),
    "minibatch-kmeans": Kind(make_minibatch_kmeans, (MiniBatchKMeans,)),
    "agglomerative": Kind(
        make_agglomerative, (AgglomerativeClustering,), allowed_arguments=("complete", "average", "single")
    ),
    "dbscan": Kind(make_dbscan, (DBSCAN,)),
    "hdbscan": Kind(make_hdbscan, (HDBSCAN,)),
    "spectral": Kind(make_spectral, (SpectralClustering,)),
    "gmm": Kind(make_gmm, (GaussianMixture,)),
    "birch": Kind(make_birch, (Birch,)),
}
"""Kinds of clusterers by name."""


def parse_clusterers(entries):
    """Parse the clusterers of a study; see `parse_specs`.

    Parameters
    ----------
    entries : list
        Clusterers as in `compare`.

    Returns
    -------
    list of Spec
        Specifications of the clusterers.
    """
    specs = parse_specs(entries, CLUSTERERS, "clusterer")
    for spec in specs:
        if spec.scope and spec.scope not in SPACES:
            raise ValueError(
                f"unknown space {spec.scope!r} of clusterer {spec.name!r}. "
                "The name must end in @umap, or contain no @ for the latent space."
            )
    return specs


def clusterer_space(spec):
    """Return the space in which a clusterer works. An estimator of the user has it in its name."""
    scope = spec.scope or spec.name.partition("@")[2]
    return "umap" if scope == "umap" else "latent"
