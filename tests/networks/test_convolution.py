"""Convolutional networks."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.networks import Conv1d, Conv2d


@settings(deadline=None, max_examples=25)
@given(
    network=st.sampled_from([Conv1d, Conv2d]),
    shape=st.tuples(st.integers(1, 21), st.integers(1, 33)),
    channels=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    n_condition=st.integers(0, 2),
)
def test_decoder_returns_the_number_of_input_columns_for_any_shape(network, shape, channels, n_condition):
    n_in = shape[0] * shape[1]
    encoder, decoder = network(shape, channels).build(n_in, 3, n_condition)
    assert encoder(torch.zeros(2, n_in + n_condition)).shape == (2, 6)
    assert decoder(torch.zeros(2, 3 + n_condition)).shape == (2, n_in)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Conv2d((4, 4)), r"Conv2d shape=\(4, 4\) has 16 elements, but the modality has 12 columns"),
        (Conv1d((20,)), "Conv1d shape must be two positive integers"),
        (Conv2d((-3, -4)), "Conv2d shape must be two positive integers"),
        (Conv2d(), "12 columns are not a square image"),
        (Conv1d(channels=()), "Conv1d channels"),
        (Conv1d(activation="swish"), "Conv1d activation"),
    ],
)
def test_invalid_parameters_raise_an_error(network, message):
    with pytest.raises(ValueError, match=message):
        network.build(12, 2, 0)


def test_default_shapes():
    assert Conv2d().build(9, 1, 0)[1](torch.zeros(1, 1)).shape == (1, 9)
    assert Conv1d().build(7, 1, 0)[1](torch.zeros(1, 1)).shape == (1, 7)
