"""Architectures: settings objects that build plain torch encoders and decoders."""

from ._base import Network
from ._conv import Conv1d, Conv2d
from ._mlp import MLP

__all__ = ["MLP", "Conv1d", "Conv2d", "Network"]
