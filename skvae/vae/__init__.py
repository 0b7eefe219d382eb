"""Variational autoencoders as scikit-learn transformers."""

from ._transformer import VAETransformer
from ._variants import (
    make_autoencoder,
    make_beta_tc_vae,
    make_beta_vae,
    make_conditional_vae,
    make_conv_vae,
    make_multimodal_vae,
)
from ._warnings import VAEWarning

__all__ = [
    "VAETransformer",
    "VAEWarning",
    "make_autoencoder",
    "make_beta_tc_vae",
    "make_beta_vae",
    "make_conditional_vae",
    "make_conv_vae",
    "make_multimodal_vae",
]
