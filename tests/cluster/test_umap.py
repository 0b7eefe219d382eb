"""UMAP transformer."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from skvae import MLP, VAETransformer, load, save
from skvae.cluster import UMAPTransformer
from skvae.metrics import get_scorer
from skvae.model_selection import AllRows, TransductiveClusterer


def small(**settings):
    return UMAPTransformer(2, n_neighbors=8, n_epochs=30, random_state=0).set_params(**settings)


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(80, n_features=5, centers=3, cluster_std=0.5, random_state=2)


@pytest.fixture(scope="module")
def fitted(blobs):
    return small().fit(blobs[0])


@pytest.mark.slow
def test_scikit_learn_checks():
    checks = check_estimator(UMAPTransformer(2, n_epochs=1), on_skip=None, on_fail=None)
    assert [check["check_name"] for check in checks if check["status"] not in ("passed", "skipped")] == []
    assert len(checks) > 40


def test_coordinates_of_a_row_do_not_depend_on_other_rows(fitted, blobs):
    X, _ = blobs
    assert np.array_equal(fitted.transform(X), fitted.embedding_)
    chosen = np.random.default_rng(0).permutation(80)[:30]
    assert np.array_equal(fitted.transform(X[chosen]), fitted.embedding_[chosen])
    further = X[chosen] + 1e-3
    assert np.array_equal(fitted.transform(further), np.vstack([fitted.transform(row[None]) for row in further]))
    assert np.array_equal(fitted.transform(further), fitted.embedding_[chosen])


def test_saved_model_returns_the_same_coordinates(fitted, blobs, tmp_path):
    save(fitted, tmp_path / "umap.skvae")
    assert np.array_equal(load(tmp_path / "umap.skvae").transform(blobs[0]), fitted.embedding_)


def test_fit_transform_is_reproducible(fitted, blobs):
    X, _ = blobs
    assert np.array_equal(small().fit_transform(X), fitted.embedding_)
    assert np.array_equal(clone(fitted).fit(X).embedding_, fitted.embedding_)
    assert not np.array_equal(small(random_state=1).fit_transform(X), fitted.embedding_)


def test_global_random_state_and_threads_are_not_changed(blobs):
    torch.manual_seed(0)
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), torch.get_num_threads()  # noqa: NPY002
    small(random_state=None, n_epochs=2).fit(blobs[0])
    assert torch.equal(before[0], torch.get_rng_state())
    assert torch.get_num_threads() == before[2]
    small(n_epochs=2).fit(blobs[0])


def test_output_keeps_precision_and_index(blobs):
    X = pd.DataFrame(blobs[0], index=np.arange(80) + 7).add_prefix("z")
    out = small(n_epochs=2).set_output(transform="pandas").fit_transform(X)
    assert out.index.equals(X.index)
    assert out.columns.tolist() == ["umaptransformer0", "umaptransformer1"]
    assert small(n_epochs=2).fit_transform(blobs[0].astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("n", [4, 5, 9])
def test_few_rows(n, blobs):
    Z = UMAPTransformer(n_epochs=2).fit_transform(blobs[0][:n])
    assert Z.shape == (n, min(10, n - 2))
    assert np.isfinite(Z).all()


def test_equal_rows_have_equal_coordinates():
    Z = small(n_epochs=2).fit_transform(np.repeat(np.eye(3), [20, 1, 1], axis=0))
    assert np.isfinite(Z).all()
    assert np.ptp(Z[:20], axis=0).max() == 0


def test_invalid_input_raises_an_error(blobs):
    with pytest.raises(ValueError, match=r"3 sample\(s\).* a minimum of 4 is required by UMAPTransformer"):
        UMAPTransformer().fit(blobs[0][:3])
    with pytest.raises(ValueError, match="contains NaN"):
        UMAPTransformer().fit(np.full((9, 2), np.nan))
    with pytest.raises(ValueError, match="'n_neighbors' parameter"):
        UMAPTransformer(n_neighbors=1).fit(blobs[0])


def test_grid_search_of_a_pipeline_with_vae_and_clusterer(blobs):
    X, y = blobs
    vae = VAETransformer(3, network=MLP((16,)), max_epochs=40, learning_rate=1e-2, input_noise=0.1, random_state=0)
    model = make_pipeline(vae, small(), KMeans(3, random_state=0))
    search = GridSearchCV(
        model, {"umaptransformer__n_neighbors": [5, 10]}, scoring=get_scorer("ari"), cv=2, error_score="raise"
    ).fit(X, y)
    assert search.best_score_ > 0.8
    dense = TransductiveClusterer(make_pipeline(vae, small(n_epochs=100), HDBSCAN(min_cluster_size=10, copy=True)))
    search = GridSearchCV(
        dense,
        {"clusterer__umaptransformer__n_components": [2, 3]},
        scoring={name: get_scorer(name) for name in ("ari", "silhouette_latent")},
        refit="ari",
        cv=AllRows(),
        error_score="raise",
    ).fit(X, y)
    assert adjusted_rand_score(y, search.predict(X)) > 0.8
