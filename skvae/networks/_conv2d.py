"""Convolutional encoder and decoder for images."""

from math import isqrt

from torch import nn

from ._convolution import ConvolutionalNetwork


class Conv2d(ConvolutionalNetwork):
    """Convolutions along bands and time, for images such as mel spectrograms.

    Parameters
    ----------
    shape : tuple of (int, int) or None, default=None
        Number of bands and number of frames of the flattened image in each row, such as (128, 128). None selects
        a square image.
    channels : sequence of int, default=(32, 64, 128)
        Number of output channels of each layer. Each layer halves the number of bands and of frames.
    activation : {"elu", "gelu", "relu", "silu", "tanh"}, default="relu"
        Activation function between the layers.

    See Also
    --------
    Conv1d : Convolutions along time.
    MLP : Fully connected layers.

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

    def _get_layout(self, shape):
        return 1, list(shape), nn.Conv2d, nn.ConvTranspose2d

    def _get_default_shape(self, n_in):
        side = isqrt(n_in)
        if side * side != n_in:
            raise ValueError(
                f"Conv2d with shape=None requires a square image, but {n_in} columns are not a square image. Set shape."
            )
        return side, side
