"""VaDEClusterer and its mixture prior."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from torch.distributions import (
    Categorical,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    kl_divergence,
)

from skvae import VaDEClusterer, VAETransformer
from skvae.vae.model._mixture import MIXTURES, DiagonalMixture, FullMixture

every_mixture = pytest.mark.parametrize("mixture", MIXTURES.values(), ids=MIXTURES)


@pytest.fixture(scope="module")
def blobs():
    """Three blobs in eight columns."""
    return make_blobs(240, n_features=8, centers=3, random_state=0)


def small(**settings):
    """A clusterer that fits in a second."""
    vae = VAETransformer(4, max_epochs=60, batch_size=64)
    return VaDEClusterer(3, vae=vae, max_epochs=20, n_init=2, random_state=0, **settings)


@pytest.fixture(scope="module", params=MIXTURES)
def fitted(blobs, request):
    """Plain VaDE on the blobs."""
    return small(init="gmm", covariance_type=request.param).fit(blobs[0])


@pytest.mark.parametrize("init", ["umap", "gmm", "kmeans"])
def test_three_blobs_are_recovered(init, blobs):
    X, y = blobs
    assert adjusted_rand_score(y, small(init=init).fit_predict(X)) > 0.9


def test_the_first_partition_may_be_made_of_some_rows(blobs):
    X, y = blobs
    some, every = (small(subsample=subsample).fit(X) for subsample in (50, None))
    assert adjusted_rand_score(y, some.initial_labels_) == adjusted_rand_score(y, every.initial_labels_) == 1
    assert not np.array_equal(some.cluster_centers_, every.cluster_centers_)


def test_clusters_are_round_on_average_in_the_latent(fitted, blobs):
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


def test_labels_are_those_of_predict(fitted, blobs):
    assert np.array_equal(fitted.labels_, fitted.predict(blobs[0]))
    assert np.array_equal(fitted.labels_, fitted.predict_proba(blobs[0]).argmax(1))
    again = small(init="gmm", covariance_type=fitted.covariance_type)
    assert np.array_equal(fitted.labels_, again.fit_predict(blobs[0]))


def as_gaussian_mixture(weights, means, covariances):
    """scikit-learn's mixture of the same parameters."""
    weights, means, covariances = (np.asarray(part, dtype=float) for part in (weights, means, covariances))
    full = covariances.ndim == 3
    mixture = GaussianMixture(len(weights), covariance_type="full" if full else "diag")
    mixture.weights_, mixture.means_, mixture.covariances_ = weights, means, covariances
    mixture.precisions_cholesky_ = (
        np.linalg.inv(np.linalg.cholesky(covariances)).mT if full else 1 / np.sqrt(covariances)
    )
    return mixture


def test_memberships_are_those_of_the_same_gaussian_mixture(fitted, blobs):
    mixture = as_gaussian_mixture(fitted.weights_, fitted.cluster_centers_, fitted.covariances_)
    expected = mixture.predict_proba(fitted.transform(blobs[0]))
    assert np.allclose(fitted.predict_proba(blobs[0]), expected, atol=1e-5)


def groups(seed, n_rows=120, k=3, d=4):
    """Posteriors in Gaussian groups."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_rows) % k
    mean = rng.normal(scale=3, size=(k, d))[labels] + rng.normal(scale=rng.uniform(0.1, 2, d), size=(n_rows, d))
    return mean, rng.uniform(0.1, 0.5, size=(n_rows, d)), labels


def given_parameters(prior):
    """Weights, means and covariances, or variances, as arrays."""
    return [part.detach().numpy() for part in (prior.log_weights().exp(), prior.means, prior.covariances())]


def parameters(prior):
    """The same with covariances, which are diagonal where only variances are modelled."""
    weights, means, covariances = given_parameters(prior)
    return weights, means, covariances if covariances.ndim == 3 else np.stack([np.diag(row) for row in covariances])


def distributions(prior):
    """The components as torch distributions."""
    covariances = prior.covariances()
    return MultivariateNormal(prior.means, covariances if covariances.ndim == 3 else torch.diag_embed(covariances))


@every_mixture
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), n_rows=st.integers(9, 3000))
def test_a_prior_of_gaussian_groups_has_their_moments(mixture, seed, n_rows):
    mean, std, labels = groups(seed, n_rows)
    weights, means, covariances = parameters(mixture.from_partition(mean, std, labels, 3))
    for k in range(3):
        own = labels == k
        assert weights[k] == pytest.approx(own.mean(), rel=1e-5)
        if n_rows >= 60:  # the median deviation of a few rows may be anything
            assert np.allclose(means[k], mean[own].mean(0), rtol=1e-4, atol=1e-5)
            variances = mean[own].var(0) + np.square(std[own]).mean(0)
            assert np.trace(covariances[k]) == pytest.approx(variances.sum(), rel=1e-4)
            if mixture is DiagonalMixture:
                assert np.allclose(np.diag(covariances[k]), variances, rtol=1e-4)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000))
def test_covariances_of_few_rows_are_drawn_to_the_common_shape(seed):
    """Two thirds of the way where there are half as many rows as units, hardly where there are thousands."""
    rng = np.random.default_rng(seed)
    sizes, d = [3, 30_000], 6
    labels = np.repeat([0, 1], sizes)
    rotation, _ = np.linalg.qr(rng.normal(size=(d, d)))
    mean = rng.normal(size=(len(labels), d)) * rng.uniform(0.5, 2, d) @ rotation
    _, _, (few, many) = parameters(FullMixture.from_partition(mean, np.full_like(mean, 1e-3), labels, 2))
    own = [np.cov(mean[labels == k].T, ddof=0) + 1e-6 * np.eye(d) for k in range(2)]
    shapes = [covariance / np.trace(covariance) for covariance in own]
    shape = np.average(shapes, axis=0, weights=sizes)
    assert np.allclose(few, np.trace(own[0]) * (shapes[0] / 3 + shape * 2 / 3), rtol=1e-3, atol=1e-3)
    assert np.allclose(many, own[1], rtol=1e-3, atol=1e-3 * np.trace(own[1]))


@every_mixture
@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), far=st.floats(100, 1e6))
def test_far_rows_do_not_make_a_component(mixture, seed, far):
    mean, std, labels = groups(seed, n_rows=3000)  # of so many that none lies far by chance
    without = mixture.from_partition(mean[2:], std[2:], labels[2:], 3)
    _, *expected = parameters(without)
    mean[0], mean[1] = far, -far
    prior = mixture.from_partition(mean, std, labels, 3)
    weights, *found = parameters(prior)
    assert np.allclose(weights, 1 / 3)
    for values, alone in zip(found, expected, strict=True):
        # far rows count in the size of their group, by which it is drawn to the common shape
        assert np.allclose(values, alone, rtol=1e-4, atol=1e-5 if mixture is DiagonalMixture else 0.02)
    assert torch.allclose(prior.log_floor, without.log_floor, atol=1e-3)


class OwnShapes(FullMixture):
    """A full mixture whose components begin with the covariances of their groups."""

    @staticmethod
    def _initial_covariances(covariances, sizes):
        return covariances


@pytest.mark.parametrize("mixture", [DiagonalMixture, OwnShapes])
@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000))
def test_a_prior_of_a_partition_has_the_least_kl(mixture, seed):
    mean, std, labels = groups(seed, n_rows=3000)  # of so many that none lies far by chance
    prior = mixture.from_partition(mean, std, labels, 3).double()
    kl = prior.divergences(torch.from_numpy(mean), torch.from_numpy(2 * np.log(std))) - prior.log_weights()
    kl[range(len(labels)), labels].mean().backward()
    for parameter in prior.parameters():
        assert torch.allclose(parameter.grad, torch.zeros(1, dtype=torch.float64), atol=1e-5)


def test_a_group_that_is_no_gaussian_keeps_all_its_rows():
    mean = np.zeros((100, 1))
    mean[:40] = np.linspace(5, 6, 40)[:, None]
    prior = DiagonalMixture.from_partition(mean, np.full((100, 1), 1e-3), np.zeros(100, int), 1)
    _, means, covariances = parameters(prior)
    assert means[0] == pytest.approx(mean.mean(), rel=1e-5)
    assert covariances[0] == pytest.approx(mean.var(), rel=1e-4)


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_a_group_of_fewer_rows_than_units_has_a_covariance(n_rows):
    """And so has one whose units are all the same."""
    rng = np.random.default_rng(0)
    mean = np.concatenate([rng.normal(size=(n_rows, 8)), 10 + np.repeat(rng.normal(size=(20, 1)), 8, axis=1)])
    labels = np.repeat([0, 1], [n_rows, 20])
    prior = FullMixture.from_partition(mean, np.full_like(mean, 1e-6), labels, 2)
    assert np.linalg.eigvalsh(prior.covariances().detach().double().numpy()).min() > 0
    assert np.array_equal(prior.responsibilities(torch.from_numpy(mean).float()).argmax(1), labels)


def random_prior(mixture, seed, k=3, d=2):
    rng = np.random.default_rng(seed)
    factors = np.tril(rng.normal(size=(k, d, d)), -1) + rng.uniform(0.4, 1.4, (k, d, 1)) * np.eye(d)
    return mixture(rng.dirichlet(np.ones(k)), rng.normal(size=(k, d)), factors @ factors.mT, np.full(d, 1e-3)).double()


@every_mixture
@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 1000),
    k=st.integers(1, 6),
    d=st.integers(1, 5),
    log_spread=st.floats(-3, 3),
    scale=st.floats(0, 2),
)
def test_responsibilities_are_those_of_the_same_gaussian_mixture(mixture, seed, k, d, log_spread, scale):
    """Also where variances differ by orders of magnitude, and far from every component."""
    prior = random_prior(mixture, seed, k, d)
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        log_scales = prior.log_variances if mixture is DiagonalMixture else prior.log_diagonals
        log_scales += torch.from_numpy(rng.normal(scale=scale, size=(k, d)))
        z = rng.normal(scale=10**log_spread, size=(20, d))
        found = prior.responsibilities(torch.from_numpy(z)).numpy()
    # GaussianMixture computes squares as differences of large numbers, and is the less exact of the two
    assert np.allclose(found, as_gaussian_mixture(*given_parameters(prior)).predict_proba(z), atol=1e-6)


@every_mixture
@given(seed=st.integers(0, 1000), d=st.integers(1, 5))
def test_divergences_are_those_of_torch(mixture, seed, d):
    prior = random_prior(mixture, seed, d=d)
    generator = torch.Generator().manual_seed(seed)
    mean, log_variance = torch.randn((2, 7, d), generator=generator, dtype=torch.float64)
    posteriors = MultivariateNormal(mean.unsqueeze(1), torch.diag_embed(log_variance.exp()).unsqueeze(1))
    assert torch.allclose(prior.divergences(mean, log_variance), kl_divergence(posteriors, distributions(prior)))


@every_mixture
def test_half_precision_of_the_networks_is_not_that_of_the_objective(mixture):
    prior = random_prior(mixture, 0, d=5).float()
    mean, log_variance = torch.randn((2, 7, 5), generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = prior.kl(mean, log_variance), prior.log_responsibilities(mean)
    for values, expected in zip(found, (prior.kl(mean, log_variance), prior.log_responsibilities(mean)), strict=True):
        assert torch.equal(values, expected)


@every_mixture
def test_deviations_have_the_covariances_of_their_component(mixture):
    prior = random_prior(mixture, 0)
    noise = torch.randn((100_000, 2), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for label, covariance in enumerate(parameters(prior)[2]):
        drawn = prior.deviations(noise, torch.full((len(noise),), label)).detach()
        assert np.allclose(torch.cov(drawn.T), covariance, rtol=0.03, atol=0.02)


@every_mixture
@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000))
def test_kl_equals_its_monte_carlo_estimate(mixture, seed):
    """At the memberships of equation 16 of Jiang et al., and no others give less."""
    prior = random_prior(mixture, seed)
    generator = torch.Generator().manual_seed(seed)
    mean, log_variance = torch.randn((2, 1, 2), generator=generator, dtype=torch.float64)
    std = torch.exp(0.5 * log_variance)
    z = mean + std * torch.randn((200_000, 2), generator=generator, dtype=torch.float64)
    q = Independent(Normal(mean, std), 1).log_prob(z)
    p = distributions(prior).log_prob(z.unsqueeze(1)) + prior.log_weights()
    best = torch.softmax((p - q.unsqueeze(1)).mean(0, keepdim=True), -1)
    other = torch.softmax(torch.randn((1, 3), generator=generator, dtype=torch.float64), -1)
    estimates = [q.mean() + (gamma * (gamma.log() - p)).sum(1).mean() for gamma in (best, other)]
    assert torch.isclose(prior.kl(mean, log_variance)[0], estimates[0], rtol=0.02, atol=0.02)
    assert estimates[0] <= estimates[1]


@every_mixture
@given(seed=st.integers(0, 1000))
def test_disagreement_is_least_for_the_memberships_themselves(mixture, seed):
    prior = random_prior(mixture, seed)
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn((5, 2), generator=generator, dtype=torch.float64)
    guide = torch.softmax(torch.randn((5, 3), generator=generator, dtype=torch.float64), -1)
    memberships = prior.responsibilities(z)
    assert torch.allclose(prior.guide_cross_entropy(z, memberships), Categorical(probs=memberships).entropy())
    assert (prior.guide_cross_entropy(z, guide) >= Categorical(probs=guide).entropy() - 1e-9).all()


@every_mixture
@given(seed=st.integers(0, 1000))
def test_a_narrow_posterior_pays_the_negative_log_density(mixture, seed):
    """As q shrinks to a point, KL plus its entropy is the cross-entropy, -log of the mixture density."""
    prior = random_prior(mixture, seed)
    mean = torch.randn((4, 2), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    log_variance = torch.full_like(mean, -18.0)
    entropy = Independent(Normal(mean, torch.exp(0.5 * log_variance)), 1).entropy()
    density = MixtureSameFamily(Categorical(logits=prior.log_weights()), distributions(prior))
    assert torch.allclose(prior.kl(mean, log_variance) + entropy, -density.log_prob(mean), atol=1e-4)


@every_mixture
@settings(deadline=None, max_examples=100)
@given(
    value=st.floats(-1e6, 1e6),
    log_variance=st.floats(-10, 10),
    prior_log_variance=st.floats(-60, 60),
    logit=st.floats(-1e3, 1e3),
)
def test_gradients_stay_finite_at_extremes(mixture, value, log_variance, prior_log_variance, logit):
    prior = random_prior(mixture, 0).float()
    with torch.no_grad():
        if mixture is DiagonalMixture:
            prior.log_variances[0] = prior_log_variance
        else:
            prior.log_diagonals[0] = 0.5 * prior_log_variance
        prior.logits[1] = logit
    mean = torch.full((1, 2), value, requires_grad=True)
    spread = torch.full((1, 2), log_variance, requires_grad=True)
    loss = prior.kl(mean, spread) + prior.guide_cross_entropy(mean, torch.tensor([[1.0, 0.0, 0.0]]))
    (loss.sum() + prior.responsibilities(mean)[:, 0].sum()).backward()
    assert torch.isfinite(loss).all()
    for tensor in (mean, spread, *prior.parameters()):
        assert torch.isfinite(tensor.grad).all()


def test_one_cluster(blobs):
    vade = VaDEClusterer(1, vae=VAETransformer(2, max_epochs=5), max_epochs=2, random_state=0).fit(blobs[0])
    assert set(vade.labels_) == {0}
    assert np.allclose(vade.weights_, 1)


def test_more_clusters_than_distinct_rows_are_refused_before_training(monkeypatch):
    X = np.repeat(np.eye(3), 10, axis=0)
    X[:5] = -0.0, np.nan, 1.0  # a modality that is missing is equal to itself, and -0 to 0
    X[5:10] = 0.0, np.nan, 1.0
    monkeypatch.setattr("skvae.vae._transformer.train", None)
    vae = VAETransformer(2, modalities=[("a", None, [0, 2]), ("b", None, [1])])
    with pytest.raises(ValueError, match=r"n_clusters=5 is larger than the number of distinct rows \(3\)"):
        VaDEClusterer(5, vae=vae).fit(X)


def test_a_first_partition_of_fewer_rows_than_clusters_is_refused(blobs):
    with pytest.raises(ValueError, match="subsample=2 is smaller than n_clusters=3"):
        small(subsample=2).fit(blobs[0])


def test_a_plain_autoencoder_is_refused(blobs):
    with pytest.raises(ValueError, match="regularizer=None"):
        VaDEClusterer(3, vae=VAETransformer(regularizer=None)).fit(blobs[0])


def test_sampling_from_a_cluster_lands_in_it(fitted):
    X, labels = fitted.sample(50, cluster=1, random_state=0)
    assert set(labels) == {1}
    assert (fitted.predict(X) == 1).mean() > 0.9
    for cluster in (3, -1, 0.5):
        with pytest.raises(ValueError, match=f"cluster must be an integer from 0 to 2, got {cluster}"):
            fitted.sample(1, cluster=cluster)


def test_history_names_its_phases(blobs, fitted):
    assert [*dict.fromkeys(row["phase"] for row in fitted.history_)] == ["vae", "mixture"]
    guided = small(init="kmeans", guide=1.0).fit(blobs[0])
    assert [*dict.fromkeys(row["phase"] for row in guided.history_)] == ["vae", "guided"]
    assert guided.n_iter_ == len(guided.history_)


def test_parameters_of_the_vae_are_searchable():
    vade = VaDEClusterer(vae=VAETransformer())
    assert vade.set_params(vae__beta=4.0, vae__latent_dim=3).vae.latent_dim == 3


def test_rows_without_anything_get_no_cluster(blobs):
    X = blobs[0].copy()
    X[5] = np.nan
    vae = VAETransformer(2, modalities=[("all", None, slice(None))], max_epochs=20)
    with pytest.warns(UserWarning, match="All modalities are missing in 1 of 240 rows"):
        vade = VaDEClusterer(3, vae=vae, init="kmeans", max_epochs=5, random_state=0).fit(X)
    assert vade.labels_[5] == vade.initial_labels_[5] == -1
    assert (np.delete(vade.labels_, 5) >= 0).all()
