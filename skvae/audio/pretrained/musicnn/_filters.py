"""Convolutions of musicnn that are followed by the maximum over frequency.

The trained network applies convolution, ReLU, batch normalization and maximum, in this order. ReLU and batch
normalization are monotonic functions of each channel. They are applied here to the maximum over frequency, which is 30
to 96 times smaller. A channel with a negative scale in its batch normalization requires the minimum instead. The
weights and the maximum of such a channel are multiplied by -1.
"""

import torch
from torch.nn import functional

_ROWS = 374  # rows of a matrix product on the CPU: the products of more rows do not fit into the cache
_BLOCK = 8  # frames that one product with a banded matrix computes


class TallFilters:
    """Filters of 7 frames and many mel bands. The input is padded in time, but not in frequency.

    Parameters
    ----------
    kernel : Tensor of shape (7, n_bands, n_filters)
        Weights.
    bias, scale, shift : Tensor of shape (n_filters,)
        Bias of the convolution, and the following batch normalization.
    """

    def __init__(self, kernel, bias, scale, shift):
        self._n_frames, self._n_bands, n_filters = kernel.shape
        self._sign, self._rest = _sign(scale), (bias, scale, shift)
        self._matrix = (kernel * self._sign).transpose(0, 1).reshape(-1, n_filters).contiguous()

    def __call__(self, x):
        """Return the maximum over frequency, (n_windows, n_frames, 96) -> (n_windows, n_frames, n_filters)."""
        n_windows, n_frames, n_bands = x.shape
        margin = self._n_frames // 2
        patches = functional.pad(x, (0, 0, margin, margin)).unfold(1, self._n_frames, 1).flatten(2).flatten(0, 1)
        # The values of a band are adjacent in a row, so that each shift in frequency is a view of the same matrix.
        width = self._n_frames * self._n_bands
        shifts = range(0, self._n_frames * (n_bands - self._n_bands) + 1, self._n_frames)
        maximum = _max_of_products([patches[:, shift : shift + width] for shift in shifts], self._matrix)
        return _complete(maximum.unflatten(0, (n_windows, n_frames)), self._sign, *self._rest)


class LongFilters:
    """Filters of one mel band and many frames. The output has as many frames as the input.

    Parameters
    ----------
    kernel : Tensor of shape (n_frames, n_filters)
        Weights.
    bias, scale, shift : Tensor of shape (n_filters,)
        Bias of the convolution, and the following batch normalization.
    """

    def __init__(self, kernel, bias, scale, shift):
        self._n_frames, n_filters = kernel.shape
        self._sign, self._rest = _sign(scale), (bias, scale, shift)
        # A column contains the weights of a filter at the position of one frame of the block.
        banded = kernel.new_zeros(self._n_frames + _BLOCK - 1, _BLOCK, n_filters)
        for i in range(_BLOCK):
            banded[i : i + self._n_frames, i] = kernel * self._sign
        self._matrix = banded.flatten(1)

    def __call__(self, x):
        """Return the maximum over frequency, (n_windows, n_frames, 96) -> (n_windows, n_frames, n_filters)."""
        n_windows, n_frames, _ = x.shape
        n_blocks = -(-n_frames // _BLOCK)
        # TensorFlow pads kernels of even length with one more zero on the right.
        left, right = (self._n_frames - 1) // 2, self._n_frames // 2 + n_blocks * _BLOCK - n_frames
        padded = functional.pad(x.permute(2, 0, 1), (left, right))
        blocks = padded.unfold(2, self._n_frames + _BLOCK - 1, _BLOCK).flatten(1, 2)
        maximum = _max_of_products(blocks, self._matrix)  # (n_windows * n_blocks, _BLOCK * n_filters)
        maximum = maximum.unflatten(1, (_BLOCK, -1)).unflatten(0, (n_windows, n_blocks)).flatten(1, 2)
        return _complete(maximum[:, :n_frames], self._sign, *self._rest)


def _sign(scale):
    """Return -1 for negative scales, otherwise 1."""
    return 1 - 2 * (scale < 0).to(scale.dtype)


def _complete(maximum, sign, bias, scale, shift):
    """Apply bias, ReLU and batch normalization to the maximum of a convolution whose weights have been multiplied."""
    return (maximum * sign + bias).relu() * scale + shift


def _max_of_products(factors, matrix):
    """Return the elementwise maximum over i of ``factors[i] @ matrix``. All factors have the same shape."""
    n_rows = len(factors[0])
    n_rows_at_once = _ROWS if matrix.device.type == "cpu" else n_rows
    parts = []
    for start in range(0, n_rows, n_rows_at_once):
        rows = slice(start, start + n_rows_at_once)
        maximum = factors[0][rows] @ matrix
        product = torch.empty_like(maximum)
        for factor in factors[1:]:
            torch.mm(factor[rows], matrix, out=product)
            torch.maximum(maximum, product, out=maximum)
        parts.append(maximum)
    return torch.cat(parts)
