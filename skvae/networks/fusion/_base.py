"""Base class of the fusions, and the case of one modality."""

from abc import abstractmethod

import torch
from torch import nn


def append_condition(x, condition):
    """Append the condition columns to a table. Without condition columns, return `x` without a copy."""
    return torch.cat([x, condition], 1) if condition.shape[1] else x


class Fusion(nn.Module):
    """Base class: one encoder per modality, and a rule that combines the posteriors.

    Parameters
    ----------
    encoders : list of torch.nn.Module
        One encoder per modality. Each maps features and condition columns to the mean and log-variance of the
        posterior.
    widths : list of int
        Number of columns of each modality.
    n_latent : int
        Number of latent units.
    """

    def __init__(self, encoders, widths, n_latent):
        super().__init__()
        self.encoders = nn.ModuleList(encoders)
        self.widths = widths

    def forward(self, x, observed, condition):
        """Compute the posterior.

        Parameters
        ----------
        x : torch.Tensor of shape (n, sum of widths)
            Features. Values of missing modalities are ignored.
        observed : torch.Tensor of shape (n, n_modalities)
            1 if the row has the modality, else 0.
        condition : torch.Tensor of shape (n, n_condition)
            Condition columns.

        Returns
        -------
        mean, log_variance : torch.Tensor of shape (n, n_latent)
            The combined posterior.
        """
        blocks = zip(self.encoders, x.split(self.widths, 1), strict=True)
        # Precisions are exponentials, so the result uses the precision of the features, even if the encoders use less.
        posteriors = torch.stack([encoder(append_condition(block, condition)).to(x.dtype) for encoder, block in blocks])
        return self.combine(posteriors, observed.T.unsqueeze(-1)).chunk(2, -1)

    @abstractmethod
    def combine(self, posteriors, observed):
        """Combine the posteriors of the modalities.

        Parameters
        ----------
        posteriors : torch.Tensor of shape (n_modalities, n, 2 * n_latent)
            Mean and log-variance for each modality.
        observed : torch.Tensor of shape (n_modalities, n, 1)
            1 if the row has the modality, else 0.

        Returns
        -------
        torch.Tensor of shape (n, 2 * n_latent)
            Mean and log-variance.
        """


class SingleModality(Fusion):
    """Posterior of a table with one modality."""

    def forward(self, x, observed, condition):
        """Compute the posterior of the only modality, see `Fusion.forward`."""
        return self.encoders[0](append_condition(x, condition)).to(x.dtype).chunk(2, -1)
