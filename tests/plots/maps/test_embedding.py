"""Two-dimensional embedding."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from skvae.plots import (
    embed_plane,
)


@pytest.fixture
def blobs():
    return make_blobs(40, n_features=5, centers=3, random_state=0)


@pytest.mark.parametrize("n", [1, 2, 14])
@pytest.mark.parametrize("width", [1, 2, 6])
def test_few_rows_are_embedded_with_pca(n, width):
    points, method = embed_plane(np.arange(n * width, dtype=float).reshape(n, width) ** 2)
    assert points.shape == (n, 2)
    assert method == "PCA"
    assert np.isfinite(points).all()


def test_umap_is_called_for_larger_tables(blobs, monkeypatch):
    settings = {}

    class FakeUMAP:
        def __init__(self, **given):
            settings.update(given)

        def fit_transform(self, Z):
            return Z[:, :2]

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=FakeUMAP))
    Z = blobs[0]
    points, method = embed_plane(Z, n_neighbors=100, random_state=0)
    assert method == "UMAP"
    np.testing.assert_array_equal(points, Z[:, :2])
    assert settings["n_neighbors"] == len(Z) - 1


@pytest.mark.slow  # compiles UMAP
def test_umap_keeps_neighbors_is_reproducible_and_keeps_the_global_random_state(blobs):
    Z, labels = blobs
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    points, method = embed_plane(Z, random_state=0)
    assert method == "UMAP"
    np.testing.assert_array_equal(points, embed_plane(Z, random_state=0)[0])
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002
    nearest = [labels[np.argsort(((points - point) ** 2).sum(axis=1))[1]] for point in points]
    assert np.mean(nearest == labels) > 0.9


def test_collapsed_latent_space_is_embedded_in_one_point():
    assert not embed_plane(np.ones((30, 4)))[0].any()
