"""Search for the nearest tracks in the latent space."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from ...cluster._subsample import sample_rows

N_NEAREST = 3
"""Number of nearest tracks that are listed for each track."""

SAMPLE_NEIGHBORS = 20_000
"""Maximum number of tracks that are searched. A subsample is used for larger libraries."""


def nearest_rows(Z, n_neighbors=N_NEAREST, random_state=None):
    """Find the nearest other rows of each row, nearest first.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, latent_dim)
        Latent representation. If it has more than `SAMPLE_NEIGHBORS` rows, the neighbors are searched in a subsample of
        this size.
    n_neighbors : int, default=3
        Number of neighbors. Reduced if there are fewer other rows.
    random_state : int, RandomState instance or None, default=None
        Seed for the subsample.

    Returns
    -------
    ndarray of int of shape (n_samples, n_neighbors)
        Row numbers of the neighbors.
    """
    rows = sample_rows(len(Z), SAMPLE_NEIGHBORS, random_state)
    n_neighbors = min(n_neighbors, len(rows) - 1)
    found = rows[NearestNeighbors(n_neighbors=n_neighbors + 1).fit(Z[rows]).kneighbors(Z, return_distance=False)]
    # The row itself is not always the first neighbor, because other rows can be identical.
    itself = found == np.arange(len(Z))[:, None]
    itself[~itself.any(axis=1), -1] = True
    return found[~itself].reshape(len(Z), n_neighbors)
