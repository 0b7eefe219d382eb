"""Terms of the evidence lower bound, compared with the densities of PyTorch."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Independent, Normal, kl_divergence

from skvae.vae.model._objective import gaussian_kl, gaussian_log_likelihood, total_correlation


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_kl_divergence_equals_that_of_torch(seed, width):
    generator = torch.Generator().manual_seed(seed)
    mean, log_variance, m, v = torch.randn((4, 5, width), generator=generator, dtype=torch.float64)

    def normal(mean, log_variance):
        return Independent(Normal(mean, torch.exp(0.5 * log_variance)), 1)

    expected = kl_divergence(normal(mean, log_variance), normal(m, v))
    assert torch.allclose(gaussian_kl(mean, log_variance, m, v), expected)
    standard = kl_divergence(normal(mean, log_variance), normal(torch.zeros_like(m), torch.zeros_like(v)))
    assert torch.allclose(gaussian_kl(mean, log_variance), standard)


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3))
def test_log_likelihood_equals_that_of_torch(seed, variance):
    x, mean = torch.randn((2, 5, 3), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    variance = torch.tensor(variance, dtype=torch.float64)
    expected = Independent(Normal(mean, variance.sqrt()), 1).log_prob(x)
    assert torch.allclose(gaussian_log_likelihood((x - mean).square().sum(-1), 3, variance), expected)


def test_total_correlation_of_two_points_has_a_closed_form():
    """Two distant points on the diagonal. One unit determines the other, so that the correlation is log 2 nats."""
    mean = torch.tensor([[-50.0, -50.0], [50.0, 50.0]], dtype=torch.float64)
    z = mean + 0.3
    assert torch.allclose(total_correlation(z, mean, torch.zeros_like(mean), 2), torch.full((2,), 0.6931472).double())
    # Four points at the corners of a square. The units are independent.
    mean = torch.tensor([[-50.0, -50], [50, 50], [-50, 50], [50, -50]], dtype=torch.float64)
    assert torch.allclose(total_correlation(mean, mean, torch.zeros_like(mean), 4), torch.zeros(4).double(), atol=1e-9)


def test_total_correlation_of_a_gaussian_has_a_closed_form():
    """Posteriors of equal width around draws from a correlated Gaussian form a correlated Gaussian."""
    generator = torch.Generator().manual_seed(0)
    n, spread, rho = 2000, 1.0, 0.9
    covariance = torch.tensor([[1.0, rho], [rho, 1.0]], dtype=torch.float64)
    mean = torch.randn((n, 2), generator=generator, dtype=torch.float64) @ torch.linalg.cholesky(covariance).T
    z = mean + spread * torch.randn((n, 2), generator=generator, dtype=torch.float64)
    log_variance = torch.full_like(mean, 2 * torch.tensor(spread).log().item())
    total = covariance + spread**2 * torch.eye(2, dtype=torch.float64)
    expected = 0.5 * (total.diagonal().log().sum() - torch.logdet(total))
    assert torch.isclose(total_correlation(z, mean, log_variance, n).mean(), expected, rtol=0.1)
    # A batch estimates the value of the table.
    batch = total_correlation(z[:500], mean[:500], log_variance[:500], n).mean()
    assert torch.isclose(batch, expected, rtol=0.15)
