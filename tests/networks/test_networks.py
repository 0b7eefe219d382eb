"""Architectures and fusion."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from torch.distributions import Normal

from skvae.networks import MLP, Conv1d, Conv2d
from skvae.networks._fusion import FUSIONS, EarlyFusion, ProductOfExperts


@pytest.mark.parametrize("hidden", [(), (5,), (7, 3)])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_mlp_has_the_asked_shape(hidden, dropout):
    encoder, decoder = MLP(hidden, dropout=dropout, activation="tanh").build(n_in=6, n_latent=2, n_condition=3)
    assert encoder(torch.zeros(4, 9)).shape == (4, 4)
    assert decoder(torch.zeros(4, 5)).shape == (4, 6)
    widths = [layer.out_features for layer in encoder if isinstance(layer, torch.nn.Linear)]
    assert widths == [*hidden, 4]
    assert isinstance(encoder[-1], torch.nn.Linear)
    assert isinstance(decoder[-1], torch.nn.Linear)


@pytest.mark.parametrize("settings", [{"activation": "swish"}, {"hidden": (0,)}, {"dropout": 1.0}])
def test_mlp_refuses_by_name(settings):
    with pytest.raises(ValueError, match=f"MLP {next(iter(settings))}"):
        MLP(**settings).build(3, 2, 0)


def test_network_settings_clone():
    assert clone(MLP((3, 4), activation="elu")).get_params() == {"hidden": (3, 4), "activation": "elu", "dropout": 0.0}


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-2, 2), st.booleans()), min_size=1, max_size=4))
def test_product_of_experts_is_the_product_of_densities(experts):
    means, log_variances, observed = (
        torch.tensor(column, dtype=torch.float64) for column in zip(*experts, strict=True)
    )
    parts = torch.stack([means, log_variances], -1).unsqueeze(1)
    fused = ProductOfExperts([], [1] * len(experts), 1).combine(parts, observed.reshape(-1, 1, 1))
    mean, log_variance = fused.squeeze(0)
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    log_product = Normal(0.0, 1.0).log_prob(z)
    for m, v, seen in zip(means, log_variances, observed, strict=True):
        log_product = log_product + seen * Normal(m, torch.exp(0.5 * v)).log_prob(z)
    density = Normal(mean, torch.exp(0.5 * log_variance)).log_prob(z)
    difference = log_product - density  # equal up to the normalisation
    assert torch.allclose(difference, difference[0].expand_as(difference), atol=1e-9)


@settings(deadline=None, max_examples=25)
@given(
    network=st.sampled_from([Conv1d, Conv2d]),
    shape=st.tuples(st.integers(1, 21), st.integers(1, 33)),
    channels=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    n_condition=st.integers(0, 2),
)
def test_any_shape_reconstructs_to_its_own_size(network, shape, channels, n_condition):
    n_in = shape[0] * shape[1]
    encoder, decoder = network(shape, channels).build(n_in, 3, n_condition)
    assert encoder(torch.zeros(2, n_in + n_condition)).shape == (2, 6)
    assert decoder(torch.zeros(2, 3 + n_condition)).shape == (2, n_in)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Conv2d((4, 4)), r"Conv2d shape=\(4, 4\) has 16 elements, the modality has 12 columns"),
        (Conv1d((20,)), "Conv1d shape must be two positive numbers"),
        (Conv2d((-3, -4)), "Conv2d shape must be two positive numbers"),
        (Conv2d(), "12 columns are no square image"),
        (Conv1d(channels=()), "Conv1d channels"),
        (Conv1d(activation="swish"), "Conv1d activation"),
    ],
)
def test_a_shape_that_does_not_fit_is_refused(network, message):
    with pytest.raises(ValueError, match=message):
        network.build(12, 2, 0)


def test_shapes_that_names_stand_for():
    assert Conv2d().build(9, 1, 0)[1](torch.zeros(1, 1)).shape == (1, 9)
    assert Conv1d().build(7, 1, 0)[1](torch.zeros(1, 1)).shape == (1, 7)


@pytest.mark.parametrize("fusion", ["early", "late", "attention", "poe"])
def test_what_stands_in_a_missing_modality_does_not_matter(fusion):
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


def test_experts_sure_beyond_all_numbers_share_what_there_is():
    means, log_variances = torch.tensor([1e18, 3e18, 0.0]), torch.tensor([-1e18, -2e18, 0.0])
    parts = torch.stack([means, log_variances], 1)[:, None]
    fused = FUSIONS["poe"]([], [1, 1, 1], 1).combine(parts, torch.ones(3, 1, 1))
    assert torch.allclose(fused, torch.tensor([[2e18, -40 - np.log(2)]], dtype=torch.float32))


def test_attention_weights_add_up():
    """Where all parts say the same, so does their average."""
    fuse = FUSIONS["attention"]([], [3, 5], 2)
    parts = torch.randn(1, 6, 4).expand(2, 6, 4)
    observed = torch.tensor([1.0, 1.0]).reshape(2, 1, 1).expand(2, 6, 1)
    assert torch.allclose(fuse.combine(parts, observed), parts[0])
