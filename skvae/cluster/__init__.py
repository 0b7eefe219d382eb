"""Deep clustering: a variational autoencoder whose prior is a mixture."""

from ._align import Alignment, align_labels
from ._vade import VaDEClusterer

__all__ = ["Alignment", "VaDEClusterer", "align_labels"]
