"""Two-dimensional embedding of a latent space."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.utils import check_array, check_random_state

from ..._umap import umap_context

METHODS = ("auto", "tsne", "umap", "pca")

MIN_ROWS_NEIGHBORS = 15  # with fewer rows, a neighbor graph contains no more information than two components
MAX_ROWS_TSNE = 5_000
"""Maximum number of rows for which "auto" selects t-SNE."""

PERPLEXITY = 30
"""Perplexity of t-SNE, the default of scikit-learn. Limited to a third of the other rows."""

INITIAL_STD = 1e-4
"""Standard deviation of the initial coordinates of t-SNE, as in scikit-learn."""


def embed_plane(Z, *, method="auto", n_neighbors=15, random_state=None):
    """Embed a latent representation in two dimensions, so that similar rows are close to each other.

    A table with fewer than 15 rows is always projected on its first two principal components. All coordinates are 0 if
    all rows are equal.

    Parameters
    ----------
    Z : array-like of shape (n_samples, latent_dim)
        Latent representation, without NaN.
    method : {"auto", "tsne", "umap", "pca"}, default="auto"
        Embedding method: t-SNE [1]_, UMAP [2]_, or the first two principal components. "auto" uses t-SNE for up to
        5,000 rows, and UMAP for more rows. The first call of UMAP in a process compiles code, which takes longer than
        t-SNE of 5,000 rows.
    n_neighbors : int, default=15
        Number of neighbors in UMAP, at most ``n_samples - 1``. Ignored by the other methods.
    random_state : int, RandomState instance or None, default=None
        Random seed.

    Returns
    -------
    points : ndarray of shape (n_samples, 2)
        Coordinates, without a unit.
    method : {"t-SNE", "UMAP", "PCA"}
        Name of the method that was used.

    Raises
    ------
    ValueError
        If `method` is unknown, or `Z` contains NaN.

    See Also
    --------
    MapDisplay : Plots the points.

    References
    ----------
    .. [1] van der Maaten and Hinton, "Visualizing Data using t-SNE", Journal of Machine Learning Research 9, 2008.
    .. [2] McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
       arXiv 1802.03426, 2018.

    Examples
    --------
    >>> from skvae.plots import embed_plane
    >>> points, method = embed_plane([[0.0, 1.0, 2.0], [1.0, 1.0, 2.0], [4.0, 0.0, 2.0]])
    >>> points.shape, method
    ((3, 2), 'PCA')
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    Z = check_array(Z, dtype=np.float64)
    if len(Z) < MIN_ROWS_NEIGHBORS or not np.ptp(Z, axis=0).any():
        method = "pca"
    elif method == "auto":
        method = "tsne" if len(Z) <= MAX_ROWS_TSNE else "umap"
    if method == "tsne":
        return _embed_tsne(Z, random_state), "t-SNE"
    if method == "umap":
        return _embed_umap(Z, n_neighbors, random_state), "UMAP"
    return _embed_pca(Z, random_state), "PCA"


def _embed_tsne(Z, random_state):
    """Embed rows with t-SNE, starting from two principal components."""
    from sklearn.manifold import TSNE

    initial = _embed_pca(Z, random_state)
    scale = initial[:, 0].std()
    initial *= INITIAL_STD / scale
    perplexity = min(PERPLEXITY, (len(Z) - 1) / 3)
    # "pca" as the initialization would raise an error for one column.
    tsne = TSNE(perplexity=perplexity, init=initial.astype(np.float32), random_state=random_state)
    return tsne.fit_transform(Z / scale).astype(np.float64)  # scaled, because float32 overflows


def _embed_umap(Z, n_neighbors, random_state):
    """Embed rows with UMAP."""
    with umap_context():
        from umap import UMAP

        n_neighbors = min(n_neighbors, len(Z) - 1)
        mapper = UMAP(n_neighbors=n_neighbors, random_state=check_random_state(random_state), n_jobs=1)
        return mapper.fit_transform(Z).astype(np.float64)


def _embed_pca(Z, random_state):
    """Project rows on two principal components. Missing components, and components of equal rows, are 0."""
    points = np.zeros((len(Z), 2))
    if np.ptp(Z, axis=0).any():
        n_components = min(2, *Z.shape)
        points[:, :n_components] = PCA(n_components, random_state=random_state).fit_transform(Z)
    return points
