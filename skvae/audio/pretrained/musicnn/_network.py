"""Forward pass of musicnn."""

from typing import NamedTuple

import torch
from torch.nn import functional

from ._checkpoint import read_checkpoint
from ._filters import LongFilters, TallFilters

_EPSILON = 1e-3  # TensorFlow's default of batch normalization
_NORM_PARAMETERS = ("gamma", "beta", "moving_mean", "moving_variance")


class Outputs(NamedTuple):
    """Outputs of the network for each window.

    Attributes
    ----------
    penultimate : Tensor of shape (n_windows, 200)
        Units of the last hidden layer.
    mean_pool, max_pool : Tensor of shape (n_windows, 753)
        Mean and maximum over time of the channels of all convolutions.
    tags : Tensor of shape (n_windows, 50)
        Probability of each tag.
    """

    penultimate: torch.Tensor
    mean_pool: torch.Tensor
    max_pool: torch.Tensor
    tags: torch.Tensor


class MusicNN:
    """Convolutional network with filters for timbre, which are tall, and for tempo, which are long.

    Parameters
    ----------
    tensors : dict of str to ndarray
        Tensors of the checkpoint by name, see `tensor_names`.
    device : str
        PyTorch device.

    References
    ----------
    Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", late-breaking session
    of ISMIR, 2019. Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR, 2018.
    """

    def __init__(self, tensors, device):
        self._tensors = {name: torch.from_numpy(tensor).to(device) for name, tensor in tensors.items()}
        self._norms = [self._make_norm(i) for i in range(11)]
        filters = [(*self._layer("conv2d", i), *self._norms[i + 1]) for i in range(5)]
        self._timbre = [TallFilters(kernel[:, :, 0], *others) for kernel, *others in filters[:2]]
        self._tempo = [LongFilters(kernel[:, 0, 0], *others) for kernel, *others in filters[2:]]

    @classmethod
    def read(cls, index_path, data_path, device):
        """Read the network from a checkpoint of TensorFlow."""
        return cls(read_checkpoint(index_path, data_path, tensor_names()), device)

    @torch.inference_mode()
    def __call__(self, spectrogram):
        """Return the `Outputs` of spectrograms of shape (n_windows, n_frames, 96)."""
        x = _normalize(spectrogram, self._norms[0])
        channels = [torch.cat([filters(x) for filters in (*self._timbre, *self._tempo)], dim=2)]
        for i in (5, 6, 7):
            y = self._convolve(channels[-1], i)
            channels.append(y if i == 5 else y + channels[-1])
        channels = torch.cat(channels, dim=2)
        max_pool, mean_pool = channels.amax(dim=1), channels.mean(dim=1)
        # The checkpoint orders the pooled values by channel: maximum, mean, maximum, mean, ...
        pooled = _normalize(torch.stack([max_pool, mean_pool], dim=2).flatten(1), self._norms[9])
        penultimate = _normalize(self._connect(pooled, 0).relu(), self._norms[10])
        return Outputs(penultimate, mean_pool, max_pool, self._connect(penultimate, 1).sigmoid())

    def _convolve(self, x, i):
        """Apply convolution i over time, (n_windows, n_frames, n_channels) -> (n_windows, n_frames, 64)."""
        kernel, bias = self._layer("conv2d", i)
        # Shape of the kernel: (7, n_channels, 1, 64), or (7, n_channels, 64) without the axis of length 1.
        kernel = kernel.squeeze(2).permute(2, 1, 0)
        y = functional.conv1d(x.transpose(1, 2), kernel, bias, padding=3).relu()
        return _normalize(y.transpose(1, 2), self._norms[i + 1])

    def _connect(self, x, i):
        """Apply fully connected layer i."""
        kernel, bias = self._layer("dense", i)
        return x @ kernel + bias

    def _layer(self, kind, i):
        """Return the weights and the bias of a layer."""
        return tuple(self._tensors[f"{_layer_name(kind, i)}/{name}"] for name in ("kernel", "bias"))

    def _make_norm(self, i):
        """Return the scale and the shift of batch normalization i."""
        gamma, beta, mean, variance = (
            self._tensors[f"{_layer_name('batch_normalization', i)}/{name}"] for name in _NORM_PARAMETERS
        )
        scale = gamma / (variance + _EPSILON).sqrt()
        return scale, beta - mean * scale


def tensor_names():
    """Return the names of the tensors that the network requires."""
    layers = [_layer_name(kind, i) for kind, n in (("conv2d", 8), ("dense", 2)) for i in range(n)]
    norms = [_layer_name("batch_normalization", i) for i in range(11)]
    return [
        *(f"{layer}/{name}" for layer in layers for name in ("kernel", "bias")),
        *(f"{norm}/{name}" for norm in norms for name in _NORM_PARAMETERS),
    ]


def _layer_name(kind, i):
    """Return the name that TensorFlow gives to the layer with number i of a kind."""
    return f"{kind}_{i}" if i else kind


def _normalize(x, norm):
    scale, shift = norm
    return x * scale + shift
