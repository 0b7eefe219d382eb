"""MLP: fully connected encoder and decoder."""

from itertools import pairwise

from torch import nn

from ._base import Network

ACTIVATIONS = {"elu": nn.ELU, "gelu": nn.GELU, "relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


def activation_class(name, network):
    """Find the torch class of an activation, or say which there are."""
    if name not in ACTIVATIONS:
        raise ValueError(f"{network} activation must be one of {sorted(ACTIVATIONS)}, got {name!r}.")
    return ACTIVATIONS[name]


class MLP(Network):
    """Fully connected encoder, and a decoder that mirrors it.

    Parameters
    ----------
    hidden : sequence of int, default=(256,)
        Widths of the hidden layers of the encoder, from the features inwards; the decoder has them reversed. Empty
        makes both linear.
    activation : {"elu", "gelu", "relu", "silu", "tanh"}, default="relu"
        What stands between the layers.
    dropout : float, default=0.0
        Share of hidden units of the encoder that training drops.

    See Also
    --------
    skvae.VAETransformer : Trains it; ``network="mlp"`` stands for ``MLP()``.

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
        """Make the torch modules; see `Network.build`.

        Parameters
        ----------
        n_in : int
            Number of features of the modality.
        n_latent : int
            Number of latent units.
        n_condition : int
            Number of condition columns, 0 for none.

        Returns
        -------
        encoder : torch.nn.Sequential
            (n, n_in + n_condition) to (n, 2 * n_latent).
        decoder : torch.nn.Sequential
            (n, n_latent + n_condition) to (n, n_in).

        Raises
        ------
        ValueError
            If the activation is unknown, a width is not positive or the dropout lies outside [0, 1).
        """
        activation = activation_class(self.activation, "MLP")
        if any(width < 1 for width in self.hidden):
            raise ValueError(f"MLP hidden must hold positive widths, got {self.hidden!r}.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"MLP dropout must lie in [0, 1), got {self.dropout!r}.")
        encoder = _stack([n_in + n_condition, *self.hidden, 2 * n_latent], activation, self.dropout)
        decoder = _stack([n_latent + n_condition, *reversed(self.hidden), n_in], activation, 0.0)
        return encoder, decoder


def _stack(widths, activation, dropout):
    layers = []
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), activation(), nn.Dropout(dropout)]
    # The last linear layer stands alone: its outputs are unbounded.
    return nn.Sequential(*layers[:-2])
