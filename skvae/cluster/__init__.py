"""Deep clustering with a variational autoencoder and a Gaussian mixture prior, and tools for clusterings."""

from ._alignment import Alignment, align_labels
from ._umap import UMAPTransformer
from ._vade import VaDEClusterer

__all__ = ["Alignment", "UMAPTransformer", "VaDEClusterer", "align_labels"]
