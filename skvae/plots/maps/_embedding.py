"""Two-dimensional embedding of a latent space."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.utils import check_array, check_random_state

from ..._umap import umap_context

MIN_ROWS_UMAP = 15  # with fewer rows, the neighbor graph of UMAP contains no more information than two components


def embed_plane(Z, *, n_neighbors=15, random_state=None):
    """Embed a latent representation in two dimensions, so that similar rows are close to each other.

    The embedding is computed with UMAP [1]_. A table with fewer than 15 rows is projected on its first two principal
    components instead. All coordinates are 0 if all rows are equal.

    Parameters
    ----------
    Z : array-like of shape (n_samples, latent_dim)
        Latent representation, without NaN.
    n_neighbors : int, default=15
        Number of neighbors in UMAP, at most ``n_samples - 1``.
    random_state : int, RandomState instance or None, default=None
        Seed for UMAP.

    Returns
    -------
    points : ndarray of shape (n_samples, 2)
        Coordinates, without a unit.
    method : {"UMAP", "PCA"}
        Name of the method.

    See Also
    --------
    MapDisplay : Plots the points.

    References
    ----------
    .. [1] McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
       arXiv 1802.03426, 2018.

    Examples
    --------
    >>> from skvae.plots import embed_plane
    >>> points, method = embed_plane([[0.0, 1.0, 2.0], [1.0, 1.0, 2.0], [4.0, 0.0, 2.0]])
    >>> points.shape, method
    ((3, 2), 'PCA')
    """
    Z = check_array(Z, dtype=np.float64)
    n_samples, varies = len(Z), np.ptp(Z, axis=0).any()
    if n_samples < MIN_ROWS_UMAP or not varies:
        points = np.zeros((n_samples, 2))
        n_components = min(2, *Z.shape)
        if varies:
            points[:, :n_components] = PCA(n_components, svd_solver="full").fit_transform(Z)
        return points, "PCA"
    with umap_context():
        from umap import UMAP

        n_neighbors = min(n_neighbors, n_samples - 1)
        mapper = UMAP(n_neighbors=n_neighbors, random_state=check_random_state(random_state), n_jobs=1)
        return mapper.fit_transform(Z).astype(np.float64), "UMAP"
