"""Gaussian mixture priors."""

import numpy as np
import pytest
import torch
from gaussian_mixtures import as_gaussian_mixture
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import (
    Categorical,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    kl_divergence,
)

from skvae.vae.model._mixture import MIXTURES, DiagonalMixture, FullMixture

every_mixture = pytest.mark.parametrize("mixture", MIXTURES.values(), ids=MIXTURES)


def groups(seed, n_rows=120, k=3, d=4):
    """Return posterior means, standard deviations and labels of Gaussian groups."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_rows) % k
    mean = rng.normal(scale=3, size=(k, d))[labels] + rng.normal(scale=rng.uniform(0.1, 2, d), size=(n_rows, d))
    return mean, rng.uniform(0.1, 0.5, size=(n_rows, d)), labels


def given_parameters(prior):
    """Return weights, means and covariances, or variances, as arrays."""
    return [part.detach().numpy() for part in (prior.log_weights().exp(), prior.means, prior.covariances())]


def parameters(prior):
    """Return weights, means and covariance matrices as arrays."""
    weights, means, covariances = given_parameters(prior)
    return weights, means, covariances if covariances.ndim == 3 else np.stack([np.diag(row) for row in covariances])


def distributions(prior):
    """Return the components as a distribution of PyTorch."""
    covariances = prior.covariances()
    return MultivariateNormal(prior.means, covariances if covariances.ndim == 3 else torch.diag_embed(covariances))


@every_mixture
# Fixed examples: about one in a thousand tables has a row that is excluded as an outlier.
@settings(deadline=None, max_examples=30, derandomize=True)
@given(seed=st.integers(0, 1000), n_rows=st.integers(9, 3000))
def test_mixture_of_a_partition_has_the_moments_of_its_groups(mixture, seed, n_rows):
    mean, std, labels = groups(seed, n_rows)
    weights, means, covariances = parameters(mixture.from_partition(mean, std, labels, 3))
    for k in range(3):
        own = labels == k
        assert weights[k] == pytest.approx(own.mean(), rel=1e-5)
        if n_rows >= 60:  # the median deviation of a few rows is unreliable
            assert np.allclose(means[k], mean[own].mean(0), rtol=1e-4, atol=1e-5)
            variances = mean[own].var(0) + np.square(std[own]).mean(0)
            assert np.trace(covariances[k]) == pytest.approx(variances.sum(), rel=1e-4)
            if mixture is DiagonalMixture:
                assert np.allclose(np.diag(covariances[k]), variances, rtol=1e-4)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000))
def test_covariances_of_few_rows_are_shrunk_toward_the_average_shape(seed):
    """The weight of the average shape is 2/3 with half the rows per unit, and close to 0 with thousands of rows."""
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
def test_outliers_do_not_change_the_components(mixture, seed, far):
    mean, std, labels = groups(seed, n_rows=3000)  # so many rows contain no outliers by chance
    without = mixture.from_partition(mean[2:], std[2:], labels[2:], 3)
    _, *expected = parameters(without)
    mean[0], mean[1] = far, -far
    prior = mixture.from_partition(mean, std, labels, 3)
    weights, *found = parameters(prior)
    assert np.allclose(weights, 1 / 3)
    for values, alone in zip(found, expected, strict=True):
        # Outliers count in the size of a group, which determines the shrinkage.
        assert np.allclose(values, alone, rtol=1e-4, atol=1e-5 if mixture is DiagonalMixture else 0.02)
    assert torch.allclose(prior.log_floor, without.log_floor, atol=1e-3)


class OwnShapes(FullMixture):
    """Full mixture without shrinkage."""

    @staticmethod
    def _initial_covariances(covariances, sizes):
        return covariances


@pytest.mark.parametrize("mixture", [DiagonalMixture, OwnShapes])
@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000))
def test_mixture_of_a_partition_minimizes_the_kl_term(mixture, seed):
    mean, std, labels = groups(seed, n_rows=3000)  # so many rows contain no outliers by chance
    prior = mixture.from_partition(mean, std, labels, 3).double()
    kl = prior.divergences(torch.from_numpy(mean), torch.from_numpy(2 * np.log(std))) - prior.log_weights()
    kl[range(len(labels)), labels].mean().backward()
    for parameter in prior.parameters():
        assert torch.allclose(parameter.grad, torch.zeros(1, dtype=torch.float64), atol=1e-5)


def test_groups_with_many_distant_rows_keep_all_rows():
    mean = np.zeros((100, 1))
    mean[:40] = np.linspace(5, 6, 40)[:, None]
    prior = DiagonalMixture.from_partition(mean, np.full((100, 1), 1e-3), np.zeros(100, int), 1)
    _, means, covariances = parameters(prior)
    assert means[0] == pytest.approx(mean.mean(), rel=1e-5)
    assert covariances[0] == pytest.approx(mean.var(), rel=1e-4)


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_groups_with_fewer_rows_than_units_or_equal_units_have_a_covariance(n_rows):
    rng = np.random.default_rng(0)
    mean = np.concatenate([rng.normal(size=(n_rows, 8)), 10 + np.repeat(rng.normal(size=(20, 1)), 8, axis=1)])
    labels = np.repeat([0, 1], [n_rows, 20])
    prior = FullMixture.from_partition(mean, np.full_like(mean, 1e-6), labels, 2)
    assert np.linalg.eigvalsh(prior.covariances().detach().double().numpy()).min() > 0
    assert np.array_equal(prior.responsibilities(torch.from_numpy(mean).float()).argmax(1), labels)


def random_prior(mixture, seed, k=3, d=2):
    """Return a mixture with random parameters in double precision."""
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
def test_responsibilities_equal_those_of_scikit_learn(mixture, seed, k, d, log_spread, scale):
    """Also with variances of different orders of magnitude, and far from all components."""
    prior = random_prior(mixture, seed, k, d)
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        log_scales = prior.log_variances if mixture is DiagonalMixture else prior.log_diagonals
        log_scales += torch.from_numpy(rng.normal(scale=scale, size=(k, d)))
        z = rng.normal(scale=10**log_spread, size=(20, d))
        found = prior.responsibilities(torch.from_numpy(z)).numpy()
    # GaussianMixture computes squares as differences of large numbers, which is less precise.
    assert np.allclose(found, as_gaussian_mixture(*given_parameters(prior)).predict_proba(z), atol=1e-6)


@every_mixture
@given(seed=st.integers(0, 1000), d=st.integers(1, 5))
def test_divergences_equal_those_of_torch(mixture, seed, d):
    prior = random_prior(mixture, seed, d=d)
    generator = torch.Generator().manual_seed(seed)
    mean, log_variance = torch.randn((2, 7, d), generator=generator, dtype=torch.float64)
    posteriors = MultivariateNormal(mean.unsqueeze(1), torch.diag_embed(log_variance.exp()).unsqueeze(1))
    assert torch.allclose(prior.divergences(mean, log_variance), kl_divergence(posteriors, distributions(prior)))


@every_mixture
def test_objective_is_computed_in_single_precision_with_autocast(mixture):
    prior = random_prior(mixture, 0, d=5).float()
    mean, log_variance = torch.randn((2, 7, 5), generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = prior.kl(mean, log_variance), prior.log_responsibilities(mean)
    for values, expected in zip(found, (prior.kl(mean, log_variance), prior.log_responsibilities(mean)), strict=True):
        assert torch.equal(values, expected)


@every_mixture
def test_deviations_have_the_covariance_of_their_component(mixture):
    prior = random_prior(mixture, 0)
    noise = torch.randn((100_000, 2), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for label, covariance in enumerate(parameters(prior)[2]):
        drawn = prior.deviations(noise, torch.full((len(noise),), label)).detach()
        assert np.allclose(torch.cov(drawn.T), covariance, rtol=0.03, atol=0.02)


@every_mixture
@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000))
def test_kl_equals_its_monte_carlo_estimate(mixture, seed):
    """The optimal memberships are those of equation 16 of Jiang et al."""
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
def test_cross_entropy_of_the_guide_is_minimal_for_the_memberships(mixture, seed):
    prior = random_prior(mixture, seed)
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn((5, 2), generator=generator, dtype=torch.float64)
    guide = torch.softmax(torch.randn((5, 3), generator=generator, dtype=torch.float64), -1)
    memberships = prior.responsibilities(z)
    assert torch.allclose(prior.guide_cross_entropy(z, memberships), Categorical(probs=memberships).entropy())
    assert (prior.guide_cross_entropy(z, guide) >= Categorical(probs=guide).entropy() - 1e-9).all()


@every_mixture
@given(seed=st.integers(0, 1000))
def test_kl_of_a_narrow_posterior_is_the_negative_log_density_minus_its_entropy(mixture, seed):
    """If q is a point, KL plus the entropy of q is the cross-entropy, the negative logarithm of the mixture density."""
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
def test_gradients_are_finite_for_extreme_values(mixture, value, log_variance, prior_log_variance, logit):
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
