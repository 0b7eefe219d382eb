"""Variational autoencoders as scikit-learn transformers."""

from ._transformer import VAETransformer

__all__ = ["VAETransformer"]
