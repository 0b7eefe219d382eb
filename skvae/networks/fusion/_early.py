"""One encoder for all modalities."""

import torch
from torch import nn


class EarlyFusion(nn.Module):
    """Encode the concatenated modalities with one encoder.

    A missing modality is replaced by its mean. One indicator column per modality marks the observed modalities.

    Parameters
    ----------
    encoder : torch.nn.Module
        Maps features, indicator columns and condition columns to the mean and log-variance of the posterior.
    widths : list of int
        Number of columns of each modality.
    """

    def __init__(self, encoder, widths):
        super().__init__()
        self.encoder = encoder
        self.widths = widths

    def forward(self, x, observed, condition):
        """Compute the posterior, see `Fusion.forward`."""
        # Scaled columns have mean 0, so the product replaces a missing modality by its mean.
        is_observed = observed.repeat_interleave(torch.tensor(self.widths, device=x.device), dim=1)
        return self.encoder(torch.cat([x * is_observed, observed, condition], 1)).chunk(2, -1)
