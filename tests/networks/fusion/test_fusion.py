"""Fusion of modalities."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Normal

from skvae.networks import MLP
from skvae.networks.fusion._early import EarlyFusion
from skvae.networks.fusion._product_of_experts import ProductOfExperts
from skvae.networks.fusion._registry import FUSIONS


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-2, 2), st.booleans()), min_size=1, max_size=4))
def test_product_of_experts_is_the_product_of_densities(experts):
    means, log_variances, observed = (
        torch.tensor(column, dtype=torch.float64) for column in zip(*experts, strict=True)
    )
    posteriors = torch.stack([means, log_variances], -1).unsqueeze(1)
    fused = ProductOfExperts([], [1] * len(experts), 1).combine(posteriors, observed.reshape(-1, 1, 1))
    mean, log_variance = fused.squeeze(0)
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    log_product = Normal(0.0, 1.0).log_prob(z)
    for m, v, seen in zip(means, log_variances, observed, strict=True):
        log_product = log_product + seen * Normal(m, torch.exp(0.5 * v)).log_prob(z)
    density = Normal(mean, torch.exp(0.5 * log_variance)).log_prob(z)
    difference = log_product - density  # constant, because the product is not normalized
    assert torch.allclose(difference, difference[0].expand_as(difference), atol=1e-9)


@pytest.mark.parametrize("fusion", ["early", "late", "attention", "poe"])
def test_values_of_a_missing_modality_are_ignored(fusion):
    torch.manual_seed(0)
    encoders = [MLP((4,)).build(width, 2, 1)[0] for width in (3, 5)]
    fuse = (
        EarlyFusion(MLP((4,)).build(10, 2, 1)[0], [3, 5]) if fusion == "early" else FUSIONS[fusion](encoders, [3, 5], 2)
    )
    x, condition, observed = torch.randn(6, 8), torch.randn(6, 1), torch.tensor([[1.0, 0.0]] * 3 + [[1.0, 1.0]] * 3)
    mean, log_variance = fuse(x, observed, condition)
    assert mean.shape == log_variance.shape == (6, 2)
    x[:, 3:] = 99
    other, _ = fuse(x, observed, condition)
    assert torch.equal(mean[:3], other[:3])
    assert not torch.isclose(mean[3:], other[3:]).any()


def test_experts_with_extremely_low_variance_are_averaged():
    means, log_variances = torch.tensor([1e18, 3e18, 0.0]), torch.tensor([-1e18, -2e18, 0.0])
    posteriors = torch.stack([means, log_variances], 1)[:, None]
    fused = FUSIONS["poe"]([], [1, 1, 1], 1).combine(posteriors, torch.ones(3, 1, 1))
    assert torch.allclose(fused, torch.tensor([[2e18, -40 - np.log(2)]], dtype=torch.float32))


def test_attention_weights_sum_to_one():
    fuse = FUSIONS["attention"]([], [3, 5], 2)
    posteriors = torch.randn(1, 6, 4).expand(2, 6, 4)
    observed = torch.tensor([1.0, 1.0]).reshape(2, 1, 1).expand(2, 6, 1)
    assert torch.allclose(fuse.combine(posteriors, observed), posteriors[0])
