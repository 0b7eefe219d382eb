"""Architectures and fusion."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from torch.distributions import Normal

from skvae.networks import MLP, ProductOfExperts


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
    mean, log_variance = ProductOfExperts()(
        means.reshape(-1, 1, 1), log_variances.reshape(-1, 1, 1), observed.reshape(1, -1)
    )
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    log_product = Normal(0.0, 1.0).log_prob(z)
    for m, v, seen in zip(means, log_variances, observed, strict=True):
        log_product = log_product + seen * Normal(m, torch.exp(0.5 * v)).log_prob(z)
    fused = Normal(mean.squeeze(), torch.exp(0.5 * log_variance.squeeze())).log_prob(z)
    difference = log_product - fused  # equal up to the normalisation
    assert torch.allclose(difference, difference[0].expand_as(difference), atol=1e-9)
