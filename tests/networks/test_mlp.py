"""Fully connected networks."""

import pytest
import torch
from sklearn.base import clone

from skvae.networks import MLP


@pytest.mark.parametrize("hidden", [(), (5,), (7, 3)])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_mlp_has_the_requested_layers(hidden, dropout):
    encoder, decoder = MLP(hidden, dropout=dropout, activation="tanh").build(n_in=6, n_latent=2, n_condition=3)
    assert encoder(torch.zeros(4, 9)).shape == (4, 4)
    assert decoder(torch.zeros(4, 5)).shape == (4, 6)
    widths = [layer.out_features for layer in encoder if isinstance(layer, torch.nn.Linear)]
    assert widths == [*hidden, 4]
    assert isinstance(encoder[-1], torch.nn.Linear)
    assert isinstance(decoder[-1], torch.nn.Linear)


@pytest.mark.parametrize("settings", [{"activation": "swish"}, {"hidden": (0,)}, {"dropout": 1.0}])
def test_mlp_error_contains_the_parameter_name(settings):
    with pytest.raises(ValueError, match=f"MLP {next(iter(settings))}"):
        MLP(**settings).build(3, 2, 0)


def test_mlp_can_be_cloned():
    assert clone(MLP((3, 4), activation="elu")).get_params() == {"hidden": (3, 4), "activation": "elu", "dropout": 0.0}
