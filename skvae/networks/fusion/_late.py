"""Linear combination of the posteriors of the modalities."""

import torch
from torch import nn

from ._base import Fusion


class LateFusion(Fusion):
    """Map the concatenated posteriors to one posterior with a linear layer.

    A missing modality is replaced by zeros. One indicator column per modality marks the observed modalities.
    """

    def __init__(self, encoders, widths, n_latent):
        super().__init__(encoders, widths, n_latent)
        self.head = nn.Linear(len(widths) * (2 * n_latent + 1), 2 * n_latent)

    def combine(self, posteriors, observed):
        """Concatenate the posteriors and apply the linear layer, see `Fusion.combine`."""
        return self.head(torch.cat([*(posteriors * observed), *observed], -1))
