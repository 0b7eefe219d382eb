"""Two-dimensional embedding."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from skvae.plots import embed_plane
from skvae.plots.maps import _embedding


@pytest.fixture
def blobs():
    return make_blobs(40, n_features=5, centers=3, random_state=0)


@pytest.mark.parametrize("n", [1, 2, 14])
@pytest.mark.parametrize("width", [1, 2, 6])
@pytest.mark.parametrize("method", ["auto", "tsne", "umap", "pca"])
def test_few_rows_are_embedded_with_pca(n, width, method):
    points, method = embed_plane(np.arange(n * width, dtype=float).reshape(n, width) ** 2, method=method)
    assert points.shape == (n, 2)
    assert method == "PCA"
    assert np.isfinite(points).all()


@pytest.fixture
def umap_settings(monkeypatch):
    """Replace UMAP with a function that returns two columns, and return its settings."""
    settings = {}

    class FakeUMAP:
        def __init__(self, **given):
            settings.update(given)

        def fit_transform(self, Z):
            return Z[:, :2]

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=FakeUMAP))
    return settings


def test_umap_is_called_on_request(blobs, umap_settings):
    Z = blobs[0]
    points, method = embed_plane(Z, method="umap", n_neighbors=100, random_state=0)
    assert method == "UMAP"
    np.testing.assert_array_equal(points, Z[:, :2])
    assert umap_settings["n_neighbors"] == len(Z) - 1


def test_auto_selects_tsne_for_few_rows_and_umap_for_many(blobs, umap_settings, monkeypatch):
    monkeypatch.setattr(_embedding, "MAX_ROWS_TSNE", len(blobs[0]))
    assert embed_plane(blobs[0])[1] == "t-SNE"
    assert not umap_settings
    monkeypatch.setattr(_embedding, "MAX_ROWS_TSNE", len(blobs[0]) - 1)
    assert embed_plane(blobs[0])[1] == "UMAP"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", ["tsne", "pca", pytest.param("umap", marks=pytest.mark.slow)])  # UMAP compiles
def test_embedding_keeps_neighbors_is_reproducible_and_keeps_the_global_random_state(blobs, method, dtype):
    Z, labels = blobs[0].astype(dtype), blobs[1]
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    points, name = embed_plane(Z, method=method, random_state=0)
    assert name.replace("-", "").lower() == method
    assert points.dtype == np.float64
    np.testing.assert_array_equal(points, embed_plane(Z, method=method, random_state=0)[0])
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002
    nearest = [labels[np.argsort(((points - point) ** 2).sum(axis=1))[1]] for point in points]
    assert np.mean(nearest == labels) > 0.9


@pytest.mark.parametrize("n", [15, 16, 91, 92])
def test_perplexity_of_tsne_is_smaller_than_the_number_of_rows(n):
    points, method = embed_plane(np.random.default_rng(0).normal(size=(n, 3)), random_state=0)
    assert method == "t-SNE"
    assert np.isfinite(points).all()
    assert len(np.unique(points, axis=0)) == n


@pytest.mark.parametrize(
    "Z",
    [
        pytest.param(np.r_[np.zeros((28, 4)), np.ones((2, 4))], id="duplicates"),
        pytest.param(np.arange(40.0)[:, None], id="one column"),
        pytest.param(np.arange(160.0).reshape(40, 4) ** 2 * 1e-12, id="small values"),
        pytest.param(np.arange(160.0).reshape(40, 4) ** 2 * 1e25, id="large values"),
    ],
)
def test_tsne_of_unusual_tables_is_finite(Z):
    points, method = embed_plane(Z, random_state=0)
    assert method == "t-SNE"
    assert np.isfinite(points).all()


def test_unknown_method_raises_an_error(blobs):
    with pytest.raises(ValueError, match="method must be one of auto, tsne, umap, pca, got 'mds'"):
        embed_plane(blobs[0], method="mds")


def test_collapsed_latent_space_is_embedded_in_one_point():
    assert not embed_plane(np.ones((30, 4)))[0].any()
