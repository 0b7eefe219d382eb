"""Neighbor graphs and their partition."""

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from umap import UMAP

from skvae.cluster._graph import (
    build_neighbor_graph,
    combine_graphs,
    compute_modularity,
    partition_graph,
    propagate_labels,
)


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(150, n_features=6, centers=4, cluster_std=0.8, random_state=1)


def test_neighbor_graph_equals_the_graph_of_umap(blobs):
    X = blobs[0]
    expected = UMAP(n_neighbors=15, n_epochs=1, random_state=0, n_jobs=1).fit(X).graph_
    assert np.allclose(build_neighbor_graph(X, 0).toarray(), expected.toarray(), atol=1e-4)


def random_graph(seed, n, density=0.3):
    rng = np.random.default_rng(seed)
    half = np.triu(rng.uniform(size=(n, n)) * (rng.uniform(size=(n, n)) < density), 1)
    return sparse.csr_array(half + half.T)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1000), st.integers(2, 12), st.integers(0, 12))
def test_combined_weights_equal_the_definition(seed, n, n_known):
    graph, rng = random_graph(seed, n), np.random.default_rng(seed)
    known = np.sort(rng.choice(n, min(n_known, n), replace=False))
    other = random_graph(seed + 1, len(known))
    full = np.zeros((n, n))
    full[np.ix_(known, known)] = other.toarray()
    both = np.isin(np.arange(n), known)
    expected = np.where(np.outer(both, both), np.sqrt(graph.toarray() * full), graph.toarray())
    alone = expected.sum(1) == 0
    expected = np.where(alone[:, None] | alone, graph.toarray(), expected)
    found = combine_graphs(graph, other, known)
    assert found.indices.dtype == np.int32
    found = found.toarray()
    assert np.allclose(found, expected)
    assert np.array_equal(found, found.T)


def test_combination_of_a_graph_with_itself_is_the_graph(blobs):
    graph = build_neighbor_graph(blobs[0], 0)
    assert np.allclose(combine_graphs(graph, graph, np.arange(len(blobs[0]))).toarray(), graph.toarray())


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(4, 12), st.integers(1, 4))
def test_modularity_equals_networkx(seed, n, k):
    graph = random_graph(seed, n, density=0.8)
    labels = np.random.default_rng(seed).integers(0, k, n)
    groups = [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]
    expected = networkx.community.modularity(networkx.from_scipy_sparse_array(graph), groups)
    assert compute_modularity(graph, labels) == pytest.approx(expected)


def test_partition_finds_the_clusters(blobs):
    X, y = blobs
    graph = build_neighbor_graph(X, 0)
    labels = partition_graph(graph, X, 4, 2, 0)
    assert adjusted_rand_score(y, labels) == 1
    assert np.array_equal(labels, partition_graph(graph, X, 4, 2, 0))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(4, 12), st.integers(1, 4))
def test_memberships_are_fractions_of_the_edge_weight(seed, n, k):
    graph = random_graph(seed, n, density=1.0)
    labels = np.random.default_rng(seed).integers(0, k, n)
    shares = propagate_labels(graph, labels, k)
    dense = graph.toarray()
    expected = [[dense[i, labels == group].sum() / dense[i].sum() for group in range(k)] for i in range(n)]
    assert np.allclose(shares, expected)


def test_memberships_of_separate_clusters_are_one_hot(blobs):
    X, y = blobs
    assert np.allclose(propagate_labels(build_neighbor_graph(X, 0), y, 4), np.eye(4)[y])
