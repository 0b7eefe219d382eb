"""VaDEClusterer with all networks, fusions and conditions, and on degenerate tables."""

from contextlib import nullcontext
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from skvae import MLP, VaDEClusterer, VAETransformer
from skvae.networks import Conv1d, Conv2d
from skvae.vae import VAEWarning

NETWORK = MLP(hidden=(32,))
# The initial mixture finds the groups of these small tables, so that training may not improve it.
pytestmark = pytest.mark.filterwarnings("ignore:Joint training did not improve")


@pytest.fixture(scope="module")
def songs():
    """Three groups with audio, lyrics and two languages. The lyrics are missing in each fifth row."""
    X, y = make_blobs(240, n_features=8, centers=3, cluster_std=0.5, random_state=1)
    table = pd.DataFrame(X, columns=[f"{'audio' if i < 4 else 'lyrics'}__{i}" for i in range(8)])
    english = np.arange(240) % 2
    table += 3 * english[:, None]
    table.loc[::5, table.columns.str.startswith("lyrics__")] = np.nan
    return table.assign(language__en=english, language__fr=1 - english), y


def fit_small(X, n_clusters=3, *, init="gmm", max_epochs=5, **settings):
    """Fit a small model."""
    defaults = {"latent_dim": 4, "max_epochs": 40, "network": NETWORK, "batch_size": 32, "learning_rate": 3e-3}
    vae = VAETransformer(**defaults | settings)
    return VaDEClusterer(n_clusters, vae=vae, init=init, n_init=2, max_epochs=max_epochs, random_state=0).fit(X)


@pytest.fixture(params=["standard", pytest.param("power", marks=pytest.mark.slow)])
def cluster(request):
    """Function that fits a small model. The power transform takes more time."""
    return partial(fit_small, scale=request.param)


def check_model(vade, X):
    """Check that the results of a fitted model are finite and consistent."""
    n, k = len(X), vade.n_clusters
    memberships = vade.predict_proba(X)
    assert memberships.shape == (n, k)
    assert np.allclose(memberships.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(vade.labels_, vade.predict(X))
    assert vade.weights_.sum() == pytest.approx(1, abs=1e-5)
    assert np.linalg.eigvalsh(vade.covariances_.astype(float)).min() > 0
    for values in (vade.cluster_centers_, vade.covariances_, vade.transform(X), vade.score_samples(X)):
        assert np.isfinite(values).all()


@pytest.mark.parametrize("fusion", ["poe", "late", "attention", "early"])
def test_fusions_with_a_condition_find_the_groups(fusion, songs, cluster):
    X, y = songs
    vade = cluster(X, modalities="auto", fusion=fusion, condition="language")
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.7
    assert abs(adjusted_rand_score(X["language__en"], vade.labels_)) < 0.1


@pytest.mark.parametrize("network", [Conv1d((1, 16), channels=(4,)), Conv2d((4, 4), channels=(4,))])
def test_convolutional_networks_find_the_groups(network, cluster):
    X, y = make_blobs(120, n_features=16, centers=3, random_state=0)
    vade = cluster(X, network=network)
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.9


@pytest.mark.parametrize("settings", [{"regularizer": "tc", "beta": 2.0}, {"free_bits": 0.1}, {}])
def test_objectives_find_the_groups(settings, cluster):
    X, y = make_blobs(120, n_features=6, centers=3, random_state=0)
    vade = cluster(X, **settings)
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.9


def test_bernoulli_likelihood_finds_the_groups(cluster):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 50)
    X = (rng.random((150, 12)) < np.where(np.arange(12) // 4 == y[:, None], 0.95, 0.05)).astype(float)
    vade = cluster(X, likelihood="bernoulli")
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.7


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_new_rows_are_assigned_to_clusters_without_refitting(dtype, cluster):
    X, y = make_blobs(240, n_features=6, centers=3, random_state=2)
    X = X.astype(dtype)
    vade = cluster(X[::2])
    weights = vade.weights_.copy()
    assert adjusted_rand_score(y[1::2], vade.predict(X[1::2])) > 0.9
    assert np.array_equal(vade.predict(X[::2]), vade.labels_)
    assert np.array_equal(vade.weights_, weights)
    assert vade.predict_proba(X[1::2]).dtype == dtype


def test_label_of_a_row_does_not_depend_on_the_other_rows(songs, cluster):
    X, _ = songs
    vade = cluster(X, modalities="auto", condition="language")
    order = np.random.default_rng(0).permutation(len(X))
    assert np.array_equal(vade.predict(X.iloc[order]), vade.labels_[order])
    assert np.array_equal([vade.predict(X.iloc[[i]])[0] for i in range(5)], vade.labels_[:5])


@pytest.mark.parametrize("cluster_number", [None, 2])
def test_samples_and_centers_are_decoded_in_the_units_of_the_table(cluster_number, songs, cluster):
    X, _ = songs
    vade = cluster(X, modalities="auto", condition="language")
    english = np.array([1.0, 0.0])
    sample, labels = vade.sample(60, cluster=cluster_number, condition=english, random_state=0)
    sample = pd.DataFrame(sample, columns=X.columns)
    assert (sample[["language__en", "language__fr"]] == english).all(axis=None)
    assert (vade.predict(sample) == labels).mean() > 0.8
    assert set(labels) == ({0, 1, 2} if cluster_number is None else {cluster_number})
    centers = vade.inverse_transform(vade.cluster_centers_, condition=english)
    assert vade.predict(pd.DataFrame(centers, columns=X.columns)).tolist() == [0, 1, 2]
    again, _ = vade.sample(60, cluster=cluster_number, condition=english, random_state=0)
    assert np.array_equal(sample, again)


@pytest.mark.parametrize("init", ["gmm", "kmeans", "umap"])
def test_tables_with_duplicates_only_have_one_cluster_per_distinct_row(init, cluster):
    X = np.repeat(np.random.default_rng(0).normal(size=(3, 5)), 20, axis=0)
    vade = cluster(X, init=init)
    check_model(vade, X)
    assert adjusted_rand_score(np.repeat([0, 1, 2], 20), vade.labels_) == 1


def test_table_with_equal_rows_has_one_cluster(cluster):
    X = np.ones((30, 4))
    check_model(cluster(X, 1), X)
    with pytest.raises(ValueError, match=r"n_clusters=2 is larger than the number of distinct rows \(1\)"):
        cluster(X, 2)


@pytest.mark.parametrize("init", ["gmm", "kmeans", "umap"])
@pytest.mark.parametrize("scale", ["power", "standard"])
def test_two_outliers_do_not_share_clusters_with_other_rows(init, scale):
    """After scaling, the other rows are nearly equal, so that their clusters are not checked."""
    X, _ = make_blobs(200, n_features=6, centers=3, random_state=0)
    X[:2] = [[1e4], [-1e4]]
    # The nearest-neighbor graph separates rows that are equal for the encoder, which causes a warning.
    equal = pytest.warns(VAEWarning, match="nearly equal") if init == "umap" else nullcontext()
    with equal:
        vade = fit_small(X, init=init, scale=scale, max_epochs=20)
    check_model(vade, X)
    assert np.isfinite([row["train_elbo"] for row in vade.history_]).all()
    assert vade.labels_[0] not in vade.labels_[2:]


@pytest.mark.parametrize("far", [50, 100])
def test_graph_assigns_outliers_to_the_clusters_of_other_rows(far):
    """The nearest-neighbor graph has no clusters of single rows."""
    X, y = make_blobs(200, n_features=6, centers=3, random_state=0)
    X[:2] = [[far], [-far]]
    vade = fit_small(X, init="umap", max_epochs=20)
    assert adjusted_rand_score(y[2:], vade.labels_[2:]) > 0.9
