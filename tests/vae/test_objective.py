"""The terms of the bound against torch's own densities."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Independent, Normal, kl_divergence

from skvae.vae._objective import gaussian_kl, gaussian_log_likelihood


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_kl_is_torchs(seed, width):
    generator = torch.Generator().manual_seed(seed)
    mean, log_variance, m, v = torch.randn((4, 5, width), generator=generator, dtype=torch.float64)

    def normal(mean, log_variance):
        return Independent(Normal(mean, torch.exp(0.5 * log_variance)), 1)

    expected = kl_divergence(normal(mean, log_variance), normal(m, v))
    assert torch.allclose(gaussian_kl(mean, log_variance, m, v), expected)
    standard = kl_divergence(normal(mean, log_variance), normal(torch.zeros_like(m), torch.zeros_like(v)))
    assert torch.allclose(gaussian_kl(mean, log_variance), standard)


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3))
def test_log_likelihood_is_torchs(seed, variance):
    x, mean = torch.randn((2, 5, 3), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    variance = torch.tensor(variance, dtype=torch.float64)
    expected = Independent(Normal(mean, variance.sqrt()), 1).log_prob(x)
    assert torch.allclose(gaussian_log_likelihood(x, mean, variance), expected)
