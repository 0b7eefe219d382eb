"""Deep clustering with a Gaussian mixture prior, UMAP before a clusterer, and alignment of cluster labels."""

from ._alignment import Alignment, align_labels
from ._umap import UMAPTransformer
from ._vade import VaDEClusterer

__all__ = ["Alignment", "UMAPTransformer", "VaDEClusterer", "align_labels"]
