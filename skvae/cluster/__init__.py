"""Deep clustering: a variational autoencoder whose prior is a mixture."""

from ._vade import VaDEClusterer

__all__ = ["VaDEClusterer"]
