"""Automatic choice of the number of clusters."""

from sklearn.cluster import KMeans

from ...cluster._subsample import sample_rows
from ...model_selection import select_n_clusters

SAMPLE_N_CLUSTERS = 5_000
"""Maximum number of rows for the choice of the number of clusters. A subsample is used for larger tables."""

MAX_CLUSTERS = 20
DEFAULT_CLUSTERS = 10


def choose_n_clusters(Z, *, max_clusters=MAX_CLUSTERS, random_state=None):
    """Choose the number of clusters for k-means with several criteria.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, latent_dim)
        Latent representation. If it has more than `SAMPLE_N_CLUSTERS` rows, a subsample of this size is used.
    max_clusters : int, default=20
        Largest number of clusters to try. Reduced so that each cluster has at least five rows on average. The smallest
        number is 2.
    random_state : int, RandomState instance or None, default=None
        Seed for the subsample, the resamples and the initializations.

    Returns
    -------
    NClusters
        Curves, choices of the criteria, and the selected number.
    """
    Z = Z[sample_rows(len(Z), SAMPLE_N_CLUSTERS, random_state)]
    candidates = range(2, max(2, min(max_clusters, len(Z) // 5)) + 1)
    return select_n_clusters(KMeans(n_init=3), Z, candidates, n_resamples=5, random_state=random_state)


def default_n_clusters(n_samples):
    """Return 10, or a fifth of the number of tracks if this is smaller, but at least 2."""
    return max(2, min(DEFAULT_CLUSTERS, n_samples // 5))
