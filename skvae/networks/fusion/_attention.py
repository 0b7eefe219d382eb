"""Weighted average of the posteriors of the modalities."""

import torch
from torch import nn

from ._base import Fusion


class AttentionFusion(Fusion):
    """Average the posteriors with weights that depend on the row.

    A linear layer computes a score from the posterior of each modality. The weights are the softmax of the scores of
    the observed modalities. A missing modality has weight 0.
    """

    def __init__(self, encoders, widths, n_latent):
        super().__init__(encoders, widths, n_latent)
        self.scores = nn.ModuleList([nn.Linear(2 * n_latent, 1) for _ in widths])

    def combine(self, posteriors, observed):
        """Compute the weighted average, see `Fusion.combine`."""
        scores = torch.stack([score(posterior) for score, posterior in zip(self.scores, posteriors, strict=True)])
        weights = torch.softmax(scores.masked_fill(observed == 0, -torch.inf), 0)
        return (weights * posteriors).sum(0)
