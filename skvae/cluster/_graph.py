"""Neighbor graphs: construction, combination, embedding and partition."""

import numpy as np
from scipy import sparse
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from .._umap import umap_context

N_NEIGHBORS = 15
N_COMPONENTS = 10
N_EPOCHS = 200
N_EMBEDDINGS = 5


def build_neighbor_graph(Z, seed):
    """Build the fuzzy neighbor graph of UMAP [1]_ from exact neighbors.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_features)
        Table.
    seed : int
        Random seed. Required by UMAP, but not used with given neighbors.

    Returns
    -------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Symmetric weights between 0 and 1.

    References
    ----------
    .. [1] McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
       arXiv 1802.03426, 2018, sections 3.1 and 4.1.
    """
    n_neighbors = min(N_NEIGHBORS, len(Z) - 1)
    distances, neighbors = NearestNeighbors(n_neighbors=n_neighbors).fit(Z).kneighbors(Z)
    with umap_context():
        from umap.umap_ import fuzzy_simplicial_set

        graph, *_ = fuzzy_simplicial_set(
            Z,
            n_neighbors,
            np.random.RandomState(seed),
            "euclidean",
            knn_indices=neighbors,
            knn_dists=distances.astype(np.float32),
        )
    return sparse.csr_array(graph)


def combine_graphs(graph, other, rows):
    """Combine the weights of two graphs.

    Parameters
    ----------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Graph of all rows.
    other : scipy.sparse.csr_array of shape (n_rows, n_rows)
        Graph of a subset of the rows.
    rows : ndarray of int of shape (n_rows,)
        Positions of the subset.

    Returns
    -------
    combined : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Geometric mean of both weights for two rows of the subset, and the weight in `graph` for other rows. If a row
        has no common neighbor in both graphs, its weights in `graph` are kept.
    """
    other, rows = other.tocoo(), rows.astype(np.int32)  # scikit-learn does not support graphs with 64-bit indices.
    other = sparse.csr_array((other.data, (rows[other.row], rows[other.col])), shape=graph.shape)
    in_subset = np.zeros(graph.shape[0])
    in_subset[rows] = 1
    within = sparse.diags_array(in_subset) @ graph @ sparse.diags_array(in_subset)
    combined = (graph - within) + graph.multiply(other).sqrt()
    isolated = sparse.diags_array((combined.sum(axis=1) == 0).astype(float))
    combined = combined.maximum(isolated @ graph)
    return sparse.csr_array(combined.maximum(combined.T))


def compute_modularity(graph, labels):
    """Compute the modularity of a partition [1]_.

    The modularity is the fraction of the edge weight within groups, minus its expected value for random edges with the
    same degrees.

    References
    ----------
    .. [1] Newman and Girvan, "Finding and evaluating community structure in networks", Physical Review E 69, 2004.
    """
    edges = graph.tocoo()
    degrees = graph.sum(axis=1)
    shares = np.bincount(labels, weights=degrees) / degrees.sum()
    return edges.data[labels[edges.row] == labels[edges.col]].sum() / degrees.sum() - np.square(shares).sum()


def propagate_labels(graph, labels, n_clusters):
    """Compute memberships with one step of label propagation [1]_.

    Parameters
    ----------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Graph in which each row has a neighbor.
    labels : ndarray of int of shape (n_samples,)
        Group of each row.
    n_clusters : int
        Number of groups.

    Returns
    -------
    memberships : ndarray of shape (n_samples, n_clusters)
        Fraction of the edge weight of a row that leads to each group. Rows sum to 1.

    References
    ----------
    .. [1] Zhu and Ghahramani, "Learning from labeled and unlabeled data with label propagation", CMU-CALD-02-107, 2002.
    """
    weights = graph @ np.eye(n_clusters)[labels]
    return weights / weights.sum(axis=1, keepdims=True)


def embed_graph(graph, Z, rng):
    """Embed a graph in a few dimensions with UMAP and a minimum distance of 0.

    Parameters
    ----------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Neighbor graph of the rows of `Z`.
    Z : ndarray of shape (n_samples, n_features)
        Table. Used to place the connected components of the graph relative to each other.
    rng : RandomState instance
        Random number generator.

    Returns
    -------
    embedding : ndarray of shape (n_samples, n_components)
        Coordinates.
    """
    with umap_context():
        from umap.umap_ import find_ab_params, simplicial_set_embedding

        a, b = find_ab_params(spread=1.0, min_dist=0.0)
        embedding, _ = simplicial_set_embedding(
            Z.astype(np.float32),
            sparse.coo_matrix(graph),
            min(N_COMPONENTS, len(Z) - 2),
            initial_alpha=1.0,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=N_EPOCHS,
            init="spectral",
            random_state=rng,
            metric="euclidean",
            metric_kwds={},
            densmap=False,
            densmap_kwds={},
            output_dens=False,
        )
    return embedding.astype(np.float64)


def partition_graph(graph, Z, n_clusters, n_init, seed):
    """Partition a graph with Gaussian mixtures on its UMAP embeddings [1]_.

    Several embeddings are computed, and several mixtures are fitted to each. The partition with the highest modularity
    is returned. An embedding may split a cluster or merge two clusters. The likelihood of the mixture does not detect
    this, but the modularity of the graph does.

    The components share one covariance matrix, unlike in [1]_, because UMAP makes clusters about equally wide. If each
    component had its own covariance, one of them could cover only the dense center of a cluster. Another one could
    cover the borders of several clusters.

    Parameters
    ----------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Neighbor graph of the rows of `Z`.
    Z : ndarray of shape (n_samples, n_features)
        Table.
    n_clusters : int
        Number of groups.
    n_init : int
        Number of initializations of the mixture on each embedding.
    seed : int
        Random seed of the embeddings and initializations.

    Returns
    -------
    labels : ndarray of int of shape (n_samples,)
        Group of each row.

    References
    ----------
    .. [1] McConville et al., "N2D: (not too) deep clustering via clustering the local manifold of an autoencoded
       embedding", ICPR 2020.
    """
    rng = np.random.RandomState(seed)
    mixture = GaussianMixture(n_clusters, covariance_type="tied", random_state=rng)
    embeddings = (embed_graph(graph, Z, rng) for _ in range(N_EMBEDDINGS))
    candidates = (mixture.fit_predict(embedding) for embedding in embeddings for _ in range(n_init))
    return max(candidates, key=lambda labels: compute_modularity(graph, labels))
