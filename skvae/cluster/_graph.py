"""Groups of the neighbour graph: which rows are near by the latent and by the table as well."""

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
    """Build UMAP's fuzzy graph, of exact neighbours.

    McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction", arXiv
    1802.03426, 2018, sections 3.1 and 4.1.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_features)
        Rows.
    seed : int
        Asked for by UMAP.

    Returns
    -------
    scipy.sparse.csr_array of shape (n_samples, n_samples)
        To which degree, from 0 to 1, two rows are neighbours; symmetric.
    """
    n_neighbors = min(N_NEIGHBORS, len(Z) - 1)
    distances, neighbours = NearestNeighbors(n_neighbors=n_neighbors).fit(Z).kneighbors(Z)
    with umap_context():
        from umap.umap_ import fuzzy_simplicial_set

        graph, *_ = fuzzy_simplicial_set(
            Z,
            n_neighbors,
            np.random.RandomState(seed),
            "euclidean",
            knn_indices=neighbours,
            knn_dists=distances.astype(np.float32),
        )
    return sparse.csr_array(graph)


def combine_graphs(graph, other, rows):
    """Keep what two graphs agree on.

    Parameters
    ----------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Of all rows.
    other : scipy.sparse.csr_array of shape (n_rows, n_rows)
        Of some of the rows.
    rows : ndarray of int of shape (n_rows,)
        Which.

    Returns
    -------
    scipy.sparse.csr_array of shape (n_samples, n_samples)
        The geometric mean of both degrees between rows that both know; that of `graph` elsewhere, and for rows whose
        neighbours in the one graph are none in the other.
    """
    other, rows = other.tocoo(), rows.astype(np.int32)  # scikit-learn takes no graph with longer numbers
    other = sparse.csr_array((other.data, (rows[other.row], rows[other.col])), shape=graph.shape)
    known = np.zeros(graph.shape[0])
    known[rows] = 1
    both = sparse.diags_array(known) @ graph @ sparse.diags_array(known)
    agreed = (graph - both) + graph.multiply(other).sqrt()
    alone = sparse.diags_array((agreed.sum(axis=1) == 0).astype(float))
    agreed = agreed.maximum(alone @ graph)
    return sparse.csr_array(agreed.maximum(agreed.T))


def compute_modularity(graph, labels):
    """Share of a graph's weight that lies within groups, less what it would be were all edges dealt out by degree.

    Newman and Girvan, "Finding and evaluating community structure in networks", Physical Review E 69, 2004.
    """
    edges = graph.tocoo()
    degrees = graph.sum(axis=1)
    shares = np.bincount(labels, weights=degrees) / degrees.sum()
    return edges.data[labels[edges.row] == labels[edges.col]].sum() / degrees.sum() - np.square(shares).sum()


def propagate_labels(graph, labels, n_clusters):
    """Soften a partition of a graph: how much of each row's neighbourhood lies in which group.

    One step of label propagation: Zhu and Ghahramani, "Learning from labeled and unlabeled data with label
    propagation", CMU-CALD-02-107, 2002.

    Parameters
    ----------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        In which every row has a neighbour.
    labels : ndarray of int of shape (n_samples,)
        Group of each row.
    n_clusters : int
        Number of groups.

    Returns
    -------
    ndarray of shape (n_samples, n_clusters)
        Shares of the weight of a row's edges; rows sum to 1.
    """
    weights = graph @ np.eye(n_clusters)[labels]
    return weights / weights.sum(axis=1, keepdims=True)


def embed_graph(graph, Z, rng):
    """Lay a graph out in a few dimensions, by UMAP with no least distance.

    Parameters
    ----------
    graph : scipy.sparse.csr_array of shape (n_samples, n_samples)
        Of the rows of `Z`.
    Z : ndarray of shape (n_samples, n_features)
        Says where parts of the graph lie that nothing connects.
    rng : RandomState instance
        Governs it.

    Returns
    -------
    ndarray of shape (n_samples, n_components)
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
    """Partition a graph by Gaussian mixtures on its UMAP embeddings; the partition of most modularity counts.

    McConville et al., "N2D: (not too) deep clustering via clustering the local manifold of an autoencoded embedding",
    ICPR 2020. Here components share one covariance: UMAP makes clusters about equally wide, and a component of its own
    width may close on the dense middle of one cluster, while another takes what lies around several. And embeddings
    differ: some tear a cluster or lay two together. Their likelihoods say nothing of it, the graph does.

    Parameters
    ----------
    graph, Z
        As in `embed_graph`.
    n_clusters : int
        Number of groups.
    n_init : int
        Starts of the mixture on each embedding.
    seed : int
        Governs embeddings and starts.

    Returns
    -------
    ndarray of int of shape (n_samples,)
        Labels.
    """
    rng = np.random.RandomState(seed)
    mixture = GaussianMixture(n_clusters, covariance_type="tied", random_state=rng)
    embeddings = (embed_graph(graph, Z, rng) for _ in range(N_EMBEDDINGS))
    candidates = (mixture.fit_predict(embedding) for embedding in embeddings for _ in range(n_init))
    return max(candidates, key=lambda labels: compute_modularity(graph, labels))
