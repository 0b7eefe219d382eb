"""Conv1d and Conv2d: convolutional encoders and decoders of flattened sequences and images."""

from abc import abstractmethod
from itertools import pairwise
from math import isqrt, prod

import torch
from torch import nn

from ._base import Network
from ._mlp import activation_class


class _Convolutional(Network):
    """Strided convolutions that halve each axis, a linear layer, and transposed convolutions that mirror them."""

    def __init__(self, shape=None, channels=(32, 64), *, activation="relu"):
        self.shape = shape
        self.channels = channels
        self.activation = activation

    @abstractmethod
    def _axes(self, shape):
        """Input channels, lengths of the convolved axes, and the classes of convolution and its transpose."""

    @abstractmethod
    def _default_shape(self, n_in):
        """Shape that `None` stands for."""

    def build(self, n_in, n_latent, n_condition):
        """Make the torch modules; see `Network.build`.

        Parameters
        ----------
        n_in : int
            Number of features of the modality: the product of `shape`.
        n_latent : int
            Number of latent units.
        n_condition : int
            Number of condition columns, 0 for none; they join at the linear layer.

        Returns
        -------
        encoder : torch.nn.Module
            (n, n_in + n_condition) to (n, 2 * n_latent).
        decoder : torch.nn.Module
            (n, n_latent + n_condition) to (n, n_in).

        Raises
        ------
        ValueError
            If `shape` does not have `n_in` elements, or a number is not positive.
        """
        name = type(self).__name__
        shape = self._default_shape(n_in) if self.shape is None else tuple(self.shape)
        if len(shape) != 2 or any(length < 1 for length in shape):
            raise ValueError(f"{name} shape must be two positive numbers, got {self.shape!r}.")
        if prod(shape) != n_in:
            raise ValueError(f"{name} shape={shape!r} has {prod(shape)} elements, the modality has {n_in} columns.")
        n_channels, lengths, convolution, transposed = self._axes(shape)
        if not self.channels or any(width < 1 for width in self.channels):
            raise ValueError(f"{name} channels must hold positive widths, got {self.channels!r}.")
        activation = activation_class(self.activation, name)
        widths = [n_channels, *self.channels]
        sizes = [lengths]  # of each layer's axes: stride 2 with padding halves and rounds up
        for _ in self.channels:
            sizes.append([-(-length // 2) for length in sizes[-1]])
        down = []
        for before, after in pairwise(widths):
            down += [convolution(before, after, kernel_size=3, stride=2, padding=1), activation()]
        up = []
        for layer in reversed(range(len(self.channels))):
            # a transposed convolution gives 2 n - 1; one more where the axis was even
            padding = [1 - length % 2 for length in sizes[layer]]
            up += [
                activation(),
                transposed(widths[layer + 1], widths[layer], 3, stride=2, padding=1, output_padding=padding),
            ]
        inner = [widths[-1], *sizes[-1]]
        encoder = _ConvEncoder(
            nn.Sequential(nn.Unflatten(1, (n_channels, *lengths)), *down, nn.Flatten()),
            nn.Linear(prod(inner) + n_condition, 2 * n_latent),
            n_in,
        )
        decoder = nn.Sequential(
            nn.Linear(n_latent + n_condition, prod(inner)), nn.Unflatten(1, inner), *up, nn.Flatten()
        )
        return encoder, decoder


class _ConvEncoder(nn.Module):
    """Convolve the features; the condition, which has no place on their axes, joins before the last layer."""

    def __init__(self, convolutions, head, n_in):
        super().__init__()
        self.convolutions = convolutions
        self.head = head
        self.n_in = n_in

    def forward(self, x):
        """Map features next to condition to mean next to log-variance."""
        features = self.convolutions(x[:, : self.n_in])
        return self.head(torch.cat([features, x[:, self.n_in :]], 1))


class Conv1d(_Convolutional):
    """Convolutions along time, for sequences of frames such as MFCCs.

    Parameters
    ----------
    shape : tuple of (int, int) or None, default=None
        Bands and frames of the sequence that a row holds flattened, such as (20, 128); the bands are input channels.
        None is one band.
    channels : sequence of int, default=(32, 64)
        Output channels of each layer; each halves the frames.
    activation : {"elu", "gelu", "relu", "silu", "tanh"}, default="relu"
        What stands between the layers.

    See Also
    --------
    Conv2d : Convolutions along bands and time.

    Examples
    --------
    >>> import torch
    >>> from skvae.networks import Conv1d
    >>> encoder, decoder = Conv1d((20, 127)).build(n_in=2540, n_latent=8, n_condition=0)
    >>> encoder(torch.zeros(2, 2540)).shape, decoder(torch.zeros(2, 8)).shape
    (torch.Size([2, 16]), torch.Size([2, 2540]))
    """

    def __init__(self, shape=None, channels=(32, 64), *, activation="relu"):
        super().__init__(shape, channels, activation=activation)

    def _axes(self, shape):
        bands, frames = shape
        return bands, [frames], nn.Conv1d, nn.ConvTranspose1d

    def _default_shape(self, n_in):
        return 1, n_in


class Conv2d(_Convolutional):
    """Convolutions along bands and time, for images such as mel spectrograms.

    Parameters
    ----------
    shape : tuple of (int, int) or None, default=None
        Bands and frames of the image that a row holds flattened, such as (128, 128). None is a square image.
    channels : sequence of int, default=(32, 64, 128)
        Output channels of each layer; each halves both axes.
    activation : {"elu", "gelu", "relu", "silu", "tanh"}, default="relu"
        What stands between the layers.

    See Also
    --------
    Conv1d : Convolutions along time.

    Examples
    --------
    >>> import torch
    >>> from skvae.networks import Conv2d
    >>> encoder, decoder = Conv2d((9, 30), channels=(4, 8)).build(n_in=270, n_latent=2, n_condition=1)
    >>> encoder(torch.zeros(5, 271)).shape, decoder(torch.zeros(5, 3)).shape
    (torch.Size([5, 4]), torch.Size([5, 270]))
    """

    def __init__(self, shape=None, channels=(32, 64, 128), *, activation="relu"):
        super().__init__(shape, channels, activation=activation)

    def _axes(self, shape):
        return 1, list(shape), nn.Conv2d, nn.ConvTranspose2d

    def _default_shape(self, n_in):
        side = isqrt(n_in)
        if side * side != n_in:
            raise ValueError(f"Conv2d needs a shape: {n_in} columns are no square image.")
        return side, side
