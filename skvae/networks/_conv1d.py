"""Convolutional encoder and decoder for sequences."""

from torch import nn

from ._convolution import ConvolutionalNetwork


class Conv1d(ConvolutionalNetwork):
    """Convolutions along time, for sequences of frames such as MFCCs.

    Parameters
    ----------
    shape : tuple of (int, int) or None, default=None
        Number of bands and number of frames of the flattened sequence in each row, such as (20, 128). The bands are
        the input channels. None selects one band.
    channels : sequence of int, default=(32, 64)
        Number of output channels of each layer. Each layer halves the number of frames.
    activation : {"elu", "gelu", "relu", "silu", "tanh"}, default="relu"
        Activation function between the layers.

    See Also
    --------
    Conv2d : Convolutions along bands and time.
    MLP : Fully connected layers.

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

    def _get_layout(self, shape):
        bands, frames = shape
        return bands, [frames], nn.Conv1d, nn.ConvTranspose1d

    def _get_default_shape(self, n_in):
        return 1, n_in
