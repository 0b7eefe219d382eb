"""Encoder and decoder architectures as parameter objects that build PyTorch modules."""

from ._base import Network
from ._conv1d import Conv1d
from ._conv2d import Conv2d
from ._mlp import MLP

__all__ = ["MLP", "Conv1d", "Conv2d", "Network"]
