"""Clusterers for the latent space, by name."""

from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.mixture import GaussianMixture

SAMPLE_PAIRS = 5_000
"""Maximum number of rows for clusterers that compare all pairs. Other rows get the label of the nearest row."""

CLUSTERERS = {
    "kmeans": lambda k, seed: KMeans(k, n_init=10, random_state=seed),
    "gmm": lambda k, seed: GaussianMixture(k, covariance_type="diag", n_init=5, reg_covar=1e-3, random_state=seed),
    "agglomerative": lambda k, seed: AgglomerativeClustering(k),
    "spectral": lambda k, seed: SpectralClustering(k, affinity="nearest_neighbors", random_state=seed),
}
"""Functions that create a clusterer from the number of clusters and the random seed."""

TITLES = {"kmeans": "KMeans", "gmm": "GMM"}
"""Names in the tables, if they differ from the keys of `CLUSTERERS`."""
