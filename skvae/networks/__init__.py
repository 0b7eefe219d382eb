"""Architectures: settings objects that build plain torch encoders and decoders."""

from ._base import Network
from ._fusion import ProductOfExperts
from ._mlp import MLP

__all__ = ["MLP", "Network", "ProductOfExperts"]
