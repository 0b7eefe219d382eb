"""A latent of many dimensions on a plane."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.utils import check_array, check_random_state

from ..._umap import umap_context

MIN_ROWS_UMAP = 15  # a neighbour graph of fewer points says nothing that their two main axes do not


def embed_plane(Z, *, n_neighbors=15, random_state=None):
    """Place the rows of a latent on a plane, near rows near each other.

    UMAP does it; fewer than 15 rows are projected on their two main axes (PCA) instead.

    Parameters
    ----------
    Z : array-like of shape (n_samples, latent_dim)
        Latent coordinates, finite.
    n_neighbors : int, default=15
        Neighbours that UMAP keeps together, at most ``n_samples - 1``.
    random_state : int, RandomState instance or None, default=None
        Seed of the UMAP layout.

    Returns
    -------
    points : ndarray of shape (n_samples, 2)
        Coordinates on the plane, without a unit.
    method : {"UMAP", "PCA"}
        How they were found.

    References
    ----------
    McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
    arXiv 1802.03426, 2018.

    Examples
    --------
    >>> from skvae.plots import embed_plane
    >>> points, method = embed_plane([[0.0, 1.0, 2.0], [1.0, 1.0, 2.0], [4.0, 0.0, 2.0]])
    >>> points.shape, method
    ((3, 2), 'PCA')
    """
    Z = check_array(Z, dtype=np.float64)
    n_samples = len(Z)
    if n_samples < MIN_ROWS_UMAP or not np.ptp(Z, axis=0).any():
        points = np.zeros((n_samples, 2))
        n_components = min(2, *Z.shape)
        if np.ptp(Z, axis=0).any():
            points[:, :n_components] = PCA(n_components, svd_solver="full").fit_transform(Z)
        return points, "PCA"
    with umap_context():
        from umap import UMAP

        n_neighbors = min(n_neighbors, n_samples - 1)
        mapper = UMAP(n_neighbors=n_neighbors, random_state=check_random_state(random_state), n_jobs=1)
        return mapper.fit_transform(Z).astype(np.float64), "UMAP"
