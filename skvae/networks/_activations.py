"""Activation functions by name."""

from torch import nn

ACTIVATIONS = {"elu": nn.ELU, "gelu": nn.GELU, "relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


def get_activation_class(name, network):
    """Return the PyTorch class of an activation. `network` is the class name for the error message."""
    if name not in ACTIVATIONS:
        raise ValueError(f"{network} activation must be one of {sorted(ACTIVATIONS)}, got {name!r}.")
    return ACTIVATIONS[name]
