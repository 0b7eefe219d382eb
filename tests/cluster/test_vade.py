"""VaDEClusterer and its mixture prior."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from skvae import VaDEClusterer, VAETransformer
from skvae.vae._objective import gaussian_kl
from skvae.vae._prior import MixturePrior


@pytest.fixture(scope="module")
def blobs():
    """Three blobs in eight columns."""
    return make_blobs(240, n_features=8, centers=3, random_state=0)


def small(**settings):
    """A clusterer that fits in a second."""
    vae = VAETransformer(4, max_epochs=60, batch_size=64)
    return VaDEClusterer(3, vae=vae, max_epochs=20, n_init=2, random_state=0, **settings)


@pytest.fixture(scope="module")
def fitted(blobs):
    """Plain VaDE on the blobs."""
    return small(init="gmm").fit(blobs[0])


@pytest.mark.parametrize("init", ["umap", "gmm", "kmeans"])
def test_three_blobs_are_recovered(init, blobs):
    X, y = blobs
    assert adjusted_rand_score(y, small(init=init).fit_predict(X)) > 0.9


def test_labels_are_those_of_predict(fitted, blobs):
    assert np.array_equal(fitted.labels_, fitted.predict(blobs[0]))
    assert np.array_equal(fitted.labels_, fitted.predict_proba(blobs[0]).argmax(1))
    assert np.array_equal(fitted.labels_, small(init="gmm").fit_predict(blobs[0]))


def as_gaussian_mixture(weights, means, covariances):
    """scikit-learn's mixture of the same parameters."""
    mixture = GaussianMixture(len(weights), covariance_type="diag")
    mixture.weights_, mixture.means_, mixture.covariances_ = (
        np.asarray(part, dtype=float) for part in (weights, means, covariances)
    )
    mixture.precisions_cholesky_ = 1 / np.sqrt(mixture.covariances_)
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


def parameters(prior):
    """Weights, means and variances as arrays."""
    log_weights, means, log_variances = (part.detach().numpy() for part in prior.parameters_())
    return np.exp(log_weights), means, np.exp(log_variances)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.integers(9, 3000))
def test_a_prior_of_gaussian_groups_has_their_moments(seed, n_rows):
    mean, std, labels = groups(seed, n_rows)
    weights, means, variances = parameters(MixturePrior.from_partition(mean, std, labels, 3))
    for k in range(3):
        own = labels == k
        assert weights[k] == pytest.approx(own.mean(), rel=1e-5)
        if n_rows >= 60:  # the median deviation of a few rows may be anything
            assert np.allclose(means[k], mean[own].mean(0), rtol=1e-4, atol=1e-5)
            assert np.allclose(variances[k], mean[own].var(0) + np.square(std[own]).mean(0), rtol=1e-4)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.floats(100, 1e6))
def test_far_rows_do_not_make_a_component(seed, far):
    mean, std, labels = groups(seed)
    without = MixturePrior.from_partition(mean[2:], std[2:], labels[2:], 3)
    _, *expected = parameters(without)
    mean[0], mean[1] = far, -far
    prior = MixturePrior.from_partition(mean, std, labels, 3)
    weights, *found = parameters(prior)
    assert np.allclose(weights, 1 / 3)
    for values, alone in zip(found, expected, strict=True):
        assert np.allclose(values, alone, rtol=1e-4, atol=1e-5)
    assert torch.allclose(prior.log_floor, without.log_floor, atol=1e-3)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000))
def test_a_prior_of_a_partition_has_the_least_kl(seed):
    mean, std, labels = groups(seed)
    prior = MixturePrior.from_partition(mean, std, labels, 3).double()
    log_weights, means, log_variances = (part[torch.from_numpy(labels)] for part in prior.parameters_())
    posterior = torch.from_numpy(mean), torch.from_numpy(2 * np.log(std))
    (gaussian_kl(*posterior, means, log_variances) - log_weights).mean().backward()
    for parameter in prior.parameters():
        assert torch.allclose(parameter.grad, torch.zeros(1, dtype=torch.float64), atol=1e-5)


def test_a_group_that_is_no_gaussian_keeps_all_its_rows():
    mean = np.zeros((100, 1))
    mean[:40] = np.linspace(5, 6, 40)[:, None]
    _, means, variances = parameters(MixturePrior.from_partition(mean, np.full((100, 1), 1e-3), np.zeros(100, int), 1))
    assert means[0] == pytest.approx(mean.mean(), rel=1e-5)
    assert variances[0] == pytest.approx(mean.var(), rel=1e-4)


def random_prior(seed, k=3, d=2):
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(k))
    return MixturePrior(weights, rng.normal(size=(k, d)), rng.uniform(0.2, 2, (k, d)), np.full(d, 1e-3)).double()


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 5), st.floats(-3, 3))
def test_responsibilities_are_those_of_the_same_gaussian_mixture(seed, k, d, log_spread):
    """Also where variances differ by orders of magnitude, and far from every component."""
    prior = random_prior(seed, k, d)
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        prior.log_variances += torch.from_numpy(rng.normal(scale=2, size=(k, d)))
        log_weights, means, log_variances = prior.parameters_()
        z = rng.normal(scale=10**log_spread, size=(20, d))
        found = prior.responsibilities(torch.from_numpy(z)).numpy()
    mixture = as_gaussian_mixture(log_weights.exp(), means.detach(), log_variances.exp())
    # GaussianMixture computes squares as differences of large numbers, and is the less exact of the two
    assert np.allclose(found, mixture.predict_proba(z), atol=1e-6)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000))
def test_kl_equals_its_monte_carlo_estimate(seed):
    """At the memberships of equation 16 of Jiang et al., and no others give less."""
    prior = random_prior(seed)
    generator = torch.Generator().manual_seed(seed)
    mean, log_variance = torch.randn((2, 1, 2), generator=generator, dtype=torch.float64)
    log_weights, means, log_variances = prior.parameters_()
    std = torch.exp(0.5 * log_variance)
    z = mean + std * torch.randn((200_000, 2), generator=generator, dtype=torch.float64)
    q = Independent(Normal(mean, std), 1).log_prob(z)
    p = Independent(Normal(means, torch.exp(0.5 * log_variances)), 1).log_prob(z.unsqueeze(1)) + log_weights
    best = torch.softmax((p - q.unsqueeze(1)).mean(0, keepdim=True), -1)
    other = torch.softmax(torch.randn((1, 3), generator=generator, dtype=torch.float64), -1)
    estimates = [q.mean() + (gamma * (gamma.log() - p)).sum(1).mean() for gamma in (best, other)]
    assert torch.isclose(prior.kl(mean, log_variance)[0], estimates[0], rtol=0.02, atol=0.02)
    assert estimates[0] <= estimates[1]


@given(st.integers(0, 1000))
def test_disagreement_is_least_for_the_memberships_themselves(seed):
    prior = random_prior(seed)
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn((5, 2), generator=generator, dtype=torch.float64)
    guide = torch.softmax(torch.randn((5, 3), generator=generator, dtype=torch.float64), -1)
    memberships = prior.responsibilities(z)
    assert torch.allclose(prior.disagreement(z, memberships), Categorical(probs=memberships).entropy())
    assert (prior.disagreement(z, guide) >= Categorical(probs=guide).entropy() - 1e-9).all()


@given(st.integers(0, 1000))
def test_a_narrow_posterior_pays_the_negative_log_density(seed):
    """As q shrinks to a point, KL plus its entropy is the cross-entropy, -log of the mixture density."""
    prior = random_prior(seed)
    mean = torch.randn((4, 2), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    log_variance = torch.full_like(mean, -18.0)
    entropy = Independent(Normal(mean, torch.exp(0.5 * log_variance)), 1).entropy()
    log_weights, means, log_variances = prior.parameters_()
    mixture = MixtureSameFamily(
        Categorical(logits=log_weights), Independent(Normal(means, torch.exp(0.5 * log_variances)), 1)
    )
    assert torch.allclose(prior.kl(mean, log_variance) + entropy, -mixture.log_prob(mean), atol=1e-4)


@settings(deadline=None, max_examples=100)
@given(
    value=st.floats(-1e6, 1e6),
    log_variance=st.floats(-10, 10),
    prior_log_variance=st.floats(-60, 60),
    logit=st.floats(-1e3, 1e3),
)
def test_gradients_stay_finite_at_extremes(value, log_variance, prior_log_variance, logit):
    prior = random_prior(0).float()
    with torch.no_grad():
        prior.log_variances[0] = prior_log_variance
        prior.logits[1] = logit
    mean = torch.full((1, 2), value, requires_grad=True)
    spread = torch.full((1, 2), log_variance, requires_grad=True)
    loss = prior.kl(mean, spread) + prior.disagreement(mean, torch.tensor([[1.0, 0.0, 0.0]]))
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
    monkeypatch.setattr(VAETransformer, "_train", None)
    vae = VAETransformer(2, modalities=[("a", None, [0, 2]), ("b", None, [1])])
    with pytest.raises(ValueError, match="n_clusters=5 is more than the 3 distinct rows"):
        VaDEClusterer(5, vae=vae).fit(X)


def test_a_plain_autoencoder_is_refused(blobs):
    with pytest.raises(ValueError, match="regularizer=None"):
        VaDEClusterer(3, vae=VAETransformer(regularizer=None)).fit(blobs[0])


def test_sampling_from_a_cluster_lands_in_it(fitted):
    X, labels = fitted.sample(50, cluster=1, random_state=0)
    assert set(labels) == {1}
    assert (fitted.predict(X) == 1).mean() > 0.9
    for cluster in (3, -1, 0.5):
        with pytest.raises(ValueError, match=f"cluster={cluster} does not exist: .* clusters 0 to 2"):
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
    with pytest.warns(UserWarning, match="1 of 240 rows lack every modality"):
        vade = VaDEClusterer(3, vae=vae, init="kmeans", max_epochs=5, random_state=0).fit(X)
    assert vade.labels_[5] == vade.initial_labels_[5] == -1
    assert (np.delete(vade.labels_, 5) >= 0).all()
