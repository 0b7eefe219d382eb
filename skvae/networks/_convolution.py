"""Base class of the convolutional networks."""

from abc import abstractmethod
from itertools import pairwise
from math import prod

import torch
from torch import nn

from ._activations import get_activation_class
from ._base import Network


class ConvolutionalNetwork(Network):
    """Base class of `Conv1d` and `Conv2d`.

    The encoder consists of strided convolutions, which halve each axis, and a linear layer. The decoder consists of a
    linear layer and transposed convolutions in reverse order.
    """

    def __init__(self, shape=None, channels=(32, 64), *, activation="relu"):
        self.shape = shape
        self.channels = channels
        self.activation = activation

    @abstractmethod
    def _get_layout(self, shape):
        """Return input channels, lengths of the convolved axes, convolution class and transposed convolution class."""

    @abstractmethod
    def _get_default_shape(self, n_in):
        """Return the shape that replaces ``shape=None``."""

    def build(self, n_in, n_latent, n_condition):
        """Build the PyTorch modules, see `Network.build`.

        Parameters
        ----------
        n_in : int
            Number of features of the modality. Must be the product of `shape`.
        n_latent : int
            Number of latent units.
        n_condition : int
            Number of condition columns. 0 without a condition. They are inputs of the linear layers.

        Returns
        -------
        encoder : torch.nn.Module
            Maps shape (n, n_in + n_condition) to (n, 2 * n_latent).
        decoder : torch.nn.Module
            Maps shape (n, n_latent + n_condition) to (n, n_in).

        Raises
        ------
        ValueError
            If `shape` does not have `n_in` elements, `activation` is unknown, or a value of `shape` or `channels` is
            not positive.
        """
        name = type(self).__name__
        shape = self._get_default_shape(n_in) if self.shape is None else tuple(self.shape)
        if len(shape) != 2 or any(length < 1 for length in shape):
            raise ValueError(f"{name} shape must be two positive integers, got {self.shape!r}.")
        if prod(shape) != n_in:
            raise ValueError(
                f"{name} shape={shape!r} has {prod(shape)} elements, but the modality has {n_in} columns. Use a shape "
                f"with {n_in} elements."
            )
        n_channels, lengths, convolution, transposed = self._get_layout(shape)
        if not self.channels or any(width < 1 for width in self.channels):
            raise ValueError(f"{name} channels must contain positive integers, got {self.channels!r}.")
        activation = get_activation_class(self.activation, name)
        widths = [n_channels, *self.channels]
        # Lengths of the axes before and after each layer. Stride 2 with padding halves them, rounded up.
        sizes = [lengths]
        for _ in self.channels:
            sizes.append([-(-length // 2) for length in sizes[-1]])
        down = []
        for before, after in pairwise(widths):
            down += [convolution(before, after, kernel_size=3, stride=2, padding=1), activation()]
        up = []
        for layer in reversed(range(len(self.channels))):
            # A transposed convolution returns 2 n - 1 values. An axis of even length needs one more.
            padding = [1 - length % 2 for length in sizes[layer]]
            up += [
                activation(),
                transposed(widths[layer + 1], widths[layer], 3, stride=2, padding=1, output_padding=padding),
            ]
        inner = [widths[-1], *sizes[-1]]
        encoder = ConvolutionalEncoder(
            nn.Sequential(nn.Unflatten(1, (n_channels, *lengths)), *down, nn.Flatten()),
            nn.Linear(prod(inner) + n_condition, 2 * n_latent),
            n_in,
        )
        decoder = nn.Sequential(
            nn.Linear(n_latent + n_condition, prod(inner)), nn.Unflatten(1, inner), *up, nn.Flatten()
        )
        return encoder, decoder


class ConvolutionalEncoder(nn.Module):
    """Convolutions over the features, followed by a linear layer.

    The condition columns have no position in the sequence or image. They are inputs of the linear layer.

    Parameters
    ----------
    convolutions : torch.nn.Module
        Maps the features, of shape (n, n_in), to a flattened output.
    head : torch.nn.Linear
        Maps this output and the condition columns to the mean and log-variance of the posterior.
    n_in : int
        Number of features.
    """

    def __init__(self, convolutions, head, n_in):
        super().__init__()
        self.convolutions = convolutions
        self.head = head
        self.n_in = n_in

    def forward(self, x):
        """Map features and condition columns to the mean and log-variance of the posterior."""
        features = self.convolutions(x[:, : self.n_in])
        return self.head(torch.cat([features, x[:, self.n_in :]], 1))
