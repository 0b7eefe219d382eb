"""Fully connected encoder and decoder."""

from itertools import pairwise

from torch import nn

from ._activations import get_activation_class
from ._base import Network


class MLP(Network):
    """Fully connected encoder and decoder.

    Parameters
    ----------
    hidden : sequence of int, default=(256,)
        Number of units in each hidden layer of the encoder. The decoder has the same layers in reverse order. If
        empty, encoder and decoder are linear.
    activation : {"elu", "gelu", "relu", "silu", "tanh"}, default="relu"
        Activation function of the hidden layers.
    dropout : float, default=0.0
        Dropout probability of the hidden units of the encoder. Must be in [0, 1).

    See Also
    --------
    Conv1d : Convolutions along time.
    Conv2d : Convolutions along bands and time.
    skvae.VAETransformer : Train the network. ``network="mlp"`` is the same as ``MLP()``.

    Examples
    --------
    >>> from skvae import MLP
    >>> encoder, decoder = MLP(hidden=(64, 32)).build(n_in=57, n_latent=8, n_condition=2)
    >>> [layer.out_features for layer in encoder if hasattr(layer, "out_features")]
    [64, 32, 16]
    """

    def __init__(self, hidden=(256,), *, activation="relu", dropout=0.0):
        self.hidden = hidden
        self.activation = activation
        self.dropout = dropout

    def build(self, n_in, n_latent, n_condition):
        """Build the PyTorch modules, see `Network.build`.

        Parameters
        ----------
        n_in : int
            Number of features of the modality.
        n_latent : int
            Number of latent units.
        n_condition : int
            Number of condition columns. 0 without a condition.

        Returns
        -------
        encoder : torch.nn.Sequential
            Maps shape (n, n_in + n_condition) to (n, 2 * n_latent).
        decoder : torch.nn.Sequential
            Maps shape (n, n_latent + n_condition) to (n, n_in).

        Raises
        ------
        ValueError
            If `activation` is unknown, a value of `hidden` is not positive or `dropout` is not in [0, 1).
        """
        activation = get_activation_class(self.activation, "MLP")
        if any(width < 1 for width in self.hidden):
            raise ValueError(f"MLP hidden must contain positive integers, got {self.hidden!r}.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"MLP dropout must be in [0, 1), got {self.dropout!r}.")
        encoder = _stack_layers([n_in + n_condition, *self.hidden, 2 * n_latent], activation, self.dropout)
        decoder = _stack_layers([n_latent + n_condition, *reversed(self.hidden), n_in], activation, 0.0)
        return encoder, decoder


def _stack_layers(widths, activation, dropout):
    layers = []
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), activation(), nn.Dropout(dropout)]
    # The outputs are unbounded, so the last linear layer has no activation and no dropout.
    return nn.Sequential(*layers[:-2])
