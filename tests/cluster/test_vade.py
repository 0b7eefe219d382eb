"""VaDEClusterer: clusters, memberships, samples and parameters."""

import warnings

import numpy as np
import pytest
from gaussian_mixtures import as_gaussian_mixture
from sklearn.datasets import make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_rand_score

from skvae import MLP, VaDEClusterer, VAETransformer
from skvae.vae.model._mixture import MIXTURES

# Training of a few epochs on a small table may not improve the initial mixture.
pytestmark = pytest.mark.filterwarnings("ignore:Joint training did not")


@pytest.fixture(scope="module")
def blobs():
    """Three blobs in eight columns."""
    return make_blobs(240, n_features=8, centers=3, random_state=0)


def small(**settings):
    """Return a clusterer that is fitted in about a second."""
    vae = VAETransformer(4, network=MLP((32,)), max_epochs=30, batch_size=64, learning_rate=3e-3)
    return VaDEClusterer(3, vae=vae, max_epochs=10, n_init=2, random_state=0, **settings)


@pytest.fixture(scope="module", params=MIXTURES)
def fitted(blobs, request):
    """VaDE without a guide."""
    return small(init="gmm", covariance_type=request.param).fit(blobs[0])


@pytest.mark.parametrize("init", ["umap", "gmm", "kmeans"])
def test_three_blobs_are_recovered(init, blobs):
    X, y = blobs
    assert adjusted_rand_score(y, small(init=init).fit_predict(X)) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("covariance_type", MIXTURES)
@pytest.mark.parametrize("init", ["umap", "gmm", "kmeans"])
def test_joint_training_improves_the_initial_mixture(init, covariance_type, blobs):
    X, y = blobs
    vae = VAETransformer(4, max_epochs=60, batch_size=64)
    settings = {"init": init, "covariance_type": covariance_type, "max_epochs": 20, "n_init": 2, "random_state": 0}
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Joint training did not improve")
        vade = VaDEClusterer(3, vae=vae, **settings).fit(X)
    assert adjusted_rand_score(y, vade.labels_) > 0.9


@pytest.mark.parametrize("init", ["gmm", "umap"])
def test_initial_partition_can_use_a_subsample(init, blobs):
    X, y = blobs
    sampled, complete = (small(init=init, subsample=subsample).fit(X) for subsample in (50, None))
    assert adjusted_rand_score(y, sampled.initial_labels_) == adjusted_rand_score(y, complete.initial_labels_) == 1
    assert not np.array_equal(sampled.cluster_centers_, complete.cluster_centers_)


def test_average_covariance_is_the_identity_in_the_latent_space(fitted, blobs):
    X = blobs[0]
    mean, std = fitted.vae_.posterior(X)
    if fitted.covariance_type == "full":
        assert np.allclose(np.average(fitted.covariances_, axis=0, weights=fitted.weights_), np.eye(4), atol=1e-5)
    else:
        assert np.array_equal(fitted.basis_, np.eye(4))
    assert np.allclose(fitted.transform(X), mean @ fitted.basis_, rtol=1e-5)
    shares = [np.diag(fitted.basis_.T @ np.diag(np.square(row)) @ fitted.basis_) for row in std]
    assert np.allclose(np.square(fitted.posterior(X)[1]), shares, rtol=1e-5)
    assert np.allclose(fitted.inverse_transform(fitted.transform(X)), fitted.reconstruct(X), atol=1e-4)


def test_labels_equal_the_predictions_and_are_reproducible(fitted, blobs):
    assert np.array_equal(fitted.labels_, fitted.predict(blobs[0]))
    assert np.array_equal(fitted.labels_, fitted.predict_proba(blobs[0]).argmax(1))
    again = small(init="gmm", covariance_type=fitted.covariance_type)
    assert np.array_equal(fitted.labels_, again.fit_predict(blobs[0]))


def test_memberships_equal_those_of_scikit_learn(fitted, blobs):
    mixture = as_gaussian_mixture(fitted.weights_, fitted.cluster_centers_, fitted.covariances_)
    expected = mixture.predict_proba(fitted.transform(blobs[0]))
    assert np.allclose(fitted.predict_proba(blobs[0]), expected, atol=1e-5)


@pytest.mark.parametrize("init", ["gmm", "umap"])
def test_one_cluster_contains_all_rows(init, blobs):
    vae = VAETransformer(2, max_epochs=3)
    vade = VaDEClusterer(1, vae=vae, init=init, max_epochs=2, random_state=0).fit(blobs[0])
    assert set(vade.labels_) == {0}
    assert np.allclose(vade.weights_, 1)


def test_more_clusters_than_distinct_rows_raise_an_error_before_training(monkeypatch):
    X = np.repeat(np.eye(3), 10, axis=0)
    X[:5] = -0.0, np.nan, 1.0  # missing modalities are equal, and -0 is equal to 0
    X[5:10] = 0.0, np.nan, 1.0
    monkeypatch.setattr("skvae.vae._transformer.train", None)
    vae = VAETransformer(2, modalities=[("a", None, [0, 2]), ("b", None, [1])])
    with pytest.raises(ValueError, match=r"n_clusters=5 is larger than the number of distinct rows \(3\)"):
        VaDEClusterer(5, vae=vae).fit(X)


def test_subsample_smaller_than_the_number_of_clusters_raises_an_error(blobs):
    with pytest.raises(ValueError, match="subsample=2 is smaller than n_clusters=3"):
        small(subsample=2).fit(blobs[0])


def test_plain_autoencoder_raises_an_error(blobs):
    with pytest.raises(ValueError, match="regularizer=None"):
        VaDEClusterer(3, vae=VAETransformer(regularizer=None)).fit(blobs[0])


def test_samples_of_a_cluster_belong_to_it(fitted):
    X, labels = fitted.sample(50, cluster=1, random_state=0)
    assert set(labels) == {1}
    assert (fitted.predict(X) == 1).mean() > 0.9
    for cluster in (3, -1, 0.5):
        with pytest.raises(ValueError, match=f"cluster must be an integer from 0 to 2, got {cluster}"):
            fitted.sample(1, cluster=cluster)


def test_history_contains_the_phases(blobs, fitted):
    assert [*dict.fromkeys(row["phase"] for row in fitted.history_)] == ["vae", "mixture"]
    guided = small(init="kmeans", guide=1.0).fit(blobs[0])
    assert [*dict.fromkeys(row["phase"] for row in guided.history_)] == ["vae", "guided"]
    assert guided.n_iter_ == len(guided.history_)


def test_parameters_of_the_vae_can_be_set():
    vade = VaDEClusterer(vae=VAETransformer())
    assert vade.set_params(vae__beta=4.0, vae__latent_dim=3).vae.latent_dim == 3


def test_rows_without_any_modality_have_the_label_minus_1(blobs):
    X = blobs[0].copy()
    X[5] = np.nan
    vae = VAETransformer(2, modalities=[("all", None, slice(None))], max_epochs=5)
    with pytest.warns(UserWarning, match="All modalities are missing in 1 of 240 rows"):
        vade = VaDEClusterer(3, vae=vae, init="kmeans", max_epochs=5, random_state=0).fit(X)
    assert vade.labels_[5] == vade.initial_labels_[5] == -1
    assert (np.delete(vade.labels_, 5) >= 0).all()


def test_unfitted_models_raise_an_error(blobs):
    X = blobs[0]
    vade = VaDEClusterer(3)
    methods = (vade.transform, vade.predict, vade.predict_proba, vade.impute, vade.score, vade.inverse_transform)
    for method in methods:
        with pytest.raises(NotFittedError):
            method(X)
    with pytest.raises(NotFittedError):
        vade.sample()


def test_errors_and_warnings_name_the_clusterer_and_the_caller(fitted, blobs):
    with pytest.raises(ValueError, match="VaDEClusterer is expecting 8 features"):
        fitted.predict(blobs[0][:, :7])
