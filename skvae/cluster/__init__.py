"""Deep clustering: a variational autoencoder whose prior is a mixture."""

from ._alignment import Alignment, align_labels
from ._umap import UMAPTransformer
from ._vade import VaDEClusterer

__all__ = ["Alignment", "UMAPTransformer", "VaDEClusterer", "align_labels"]
