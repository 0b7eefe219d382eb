"""VaDEClusterer over every network, fusion and condition, and on tables that tempt a mixture to break."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from skvae import MLP, VaDEClusterer, VAETransformer
from skvae.networks import Conv1d, Conv2d
from skvae.vae import VAEWarning

NETWORK = MLP(hidden=(32,))
# so small tables, whose groups the first mixture has right, teach it little
pytestmark = pytest.mark.filterwarnings("ignore:Joint training did not improve")


@pytest.fixture(scope="module")
def songs():
    """Three groups in four audio and four lyrics columns, sung in two languages; every fifth without lyrics."""
    X, y = make_blobs(240, n_features=8, centers=3, cluster_std=0.5, random_state=1)
    table = pd.DataFrame(X, columns=[f"{'audio' if i < 4 else 'lyrics'}__{i}" for i in range(8)])
    english = np.arange(240) % 2
    table += 3 * english[:, None]
    table.loc[::5, table.columns.str.startswith("lyrics__")] = np.nan
    return table.assign(language__en=english, language__fr=1 - english), y


def cluster(X, n_clusters=3, *, init="gmm", max_epochs=10, **settings):
    vae = VAETransformer(**{"latent_dim": 4, "max_epochs": 100, "network": NETWORK, "batch_size": 32} | settings)
    return VaDEClusterer(n_clusters, vae=vae, init=init, n_init=2, max_epochs=max_epochs, random_state=0).fit(X)


def check_model(vade, X):
    """Everything that a fitted model says is a number, and consistent."""
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
def test_every_fusion_and_a_condition(fusion, songs):
    X, y = songs
    vade = cluster(X, modalities="auto", fusion=fusion, condition="language")
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.7
    assert abs(adjusted_rand_score(X["language__en"], vade.labels_)) < 0.1


@pytest.mark.parametrize("network", [Conv1d((1, 16), channels=(4,)), Conv2d((4, 4), channels=(4,))])
def test_every_network(network):
    X, y = make_blobs(120, n_features=16, centers=3, random_state=0)
    vade = cluster(X, network=network)
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.9


@pytest.mark.parametrize("settings", [{"regularizer": "tc", "beta": 2.0}, {"free_bits": 0.1}, {"scale": "standard"}])
def test_every_objective(settings):
    X, y = make_blobs(120, n_features=6, centers=3, random_state=0)
    vade = cluster(X, **settings)
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.9


def test_bernoulli_likelihood():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 50)
    X = (rng.random((150, 12)) < np.where(np.arange(12) // 4 == y[:, None], 0.95, 0.05)).astype(float)
    vade = cluster(X, likelihood="bernoulli")
    check_model(vade, X)
    assert adjusted_rand_score(y, vade.labels_) > 0.7


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_new_rows_are_labelled_without_refitting(dtype):
    X, y = make_blobs(240, n_features=6, centers=3, random_state=2)
    X = X.astype(dtype)
    vade = cluster(X[::2])
    weights = vade.weights_.copy()
    assert adjusted_rand_score(y[1::2], vade.predict(X[1::2])) > 0.9
    assert np.array_equal(vade.predict(X[::2]), vade.labels_)
    assert np.array_equal(vade.weights_, weights)
    assert vade.predict_proba(X[1::2]).dtype == dtype


def test_a_row_has_its_label_whatever_stands_beside_it(songs):
    X, _ = songs
    vade = cluster(X, modalities="auto", condition="language")
    order = np.random.default_rng(0).permutation(len(X))
    assert np.array_equal(vade.predict(X.iloc[order]), vade.labels_[order])
    assert np.array_equal([vade.predict(X.iloc[[i]])[0] for i in range(5)], vade.labels_[:5])


@pytest.mark.parametrize("cluster_number", [None, 2])
def test_samples_and_centres_are_decoded_in_the_units_of_the_table(cluster_number, songs):
    X, _ = songs
    vade = cluster(X, modalities="auto", condition="language")
    english = np.array([1.0, 0.0])
    sample, labels = vade.sample(60, cluster=cluster_number, condition=english, random_state=0)
    sample = pd.DataFrame(sample, columns=X.columns)
    assert (sample[["language__en", "language__fr"]] == english).all(axis=None)
    assert (vade.predict(sample) == labels).mean() > 0.8
    assert set(labels) == ({0, 1, 2} if cluster_number is None else {cluster_number})
    centres = vade.inverse_transform(vade.cluster_centers_, condition=english)
    assert vade.predict(pd.DataFrame(centres, columns=X.columns)).tolist() == [0, 1, 2]
    again, _ = vade.sample(60, cluster=cluster_number, condition=english, random_state=0)
    assert np.array_equal(sample, again)


@pytest.mark.parametrize("init", ["gmm", "kmeans", "umap"])
def test_a_table_of_duplicates_only(init):
    X = np.repeat(np.random.default_rng(0).normal(size=(3, 5)), 20, axis=0)
    vade = cluster(X, init=init)
    check_model(vade, X)
    assert adjusted_rand_score(np.repeat([0, 1, 2], 20), vade.labels_) == 1


def test_a_table_of_one_row_over_and_over():
    X = np.ones((30, 4))
    check_model(cluster(X, 1), X)
    with pytest.raises(ValueError, match=r"n_clusters=2 is larger than the number of distinct rows \(1\)"):
        cluster(X, 2)


@pytest.mark.parametrize("init", ["gmm", "kmeans", "umap"])
@pytest.mark.parametrize("scale", ["power", "standard"])
def test_two_far_outliers(init, scale):
    """They may take clusters for themselves, and nothing else: scaling leaves hardly anything of the blobs."""
    X, _ = make_blobs(200, n_features=6, centers=3, random_state=0)
    X[:2] = [[1e4], [-1e4]]
    # the neighbour graph parts what the encoder can no longer tell apart, and the model says so
    equal = pytest.warns(VAEWarning, match="nearly equal") if init == "umap" else nullcontext()
    with equal:
        vade = cluster(X, init=init, scale=scale, max_epochs=40)
    check_model(vade, X)
    assert np.isfinite([row["train_elbo"] for row in vade.history_]).all()
    assert vade.labels_[0] not in vade.labels_[2:]


@pytest.mark.parametrize("far", [50, 100])
def test_blobs_stay_apart_where_each_outlier_is_given_to_one(far):
    """As the neighbour graph does: it has no clusters for single rows."""
    X, y = make_blobs(200, n_features=6, centers=3, random_state=0)
    X[:2] = [[far], [-far]]
    vade = cluster(X, init="umap", max_epochs=40)
    assert adjusted_rand_score(y[2:], vade.labels_[2:]) > 0.9
