"""Likelihoods: what a decoder's output says of the data, one class each."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from ._objective import gaussian_log_likelihood

# A decoder that reconstructs exactly would drive its variance to 0 and the likelihood to infinity.
VARIANCE_FLOOR = 1e-6


class Gaussian(nn.Module):
    """Gaussian around the decoder's output, with one variance that is solved for.

    The maximum-likelihood variance is the mean squared error: O. Rybkin, K. Daniilidis and S. Levine, "Simple and
    effective VAE training with calibrated decoders", ICML 2021, equation 5.
    """

    unit_interval = False

    def __init__(self):
        super().__init__()
        self.register_buffer("variance", torch.ones(()))

    def log_prob(self, x, decoded):
        """Log-density of each row, in nats."""
        return gaussian_log_likelihood(x, decoded, self.variance)

    def mean(self, decoded):
        """Return the expected data."""
        return decoded

    @torch.no_grad()
    def solve(self, x, decoded, observed, rate):
        """Move the variance towards the mean squared error of the rows that have the modality.

        Parameters
        ----------
        x, decoded : torch.Tensor of shape (n, d)
            Data and decoder's output.
        observed : torch.Tensor of shape (n,)
            1 where the row has the modality, else 0.
        rate : float
            Weight of this batch in the running average, in (0, 1].
        """
        rows = observed.sum()
        error = ((x - decoded).square().mean(1) * observed).sum() / rows.clamp(min=1)
        # a batch without this modality says nothing about its variance
        self.variance += rate * (rows > 0) * (error - self.variance)
        self.variance.clamp_(min=VARIANCE_FLOOR)


class Bernoulli(nn.Module):
    """Independent Bernoulli variables whose logits the decoder gives, for data in [0, 1]."""

    unit_interval = True

    def log_prob(self, x, decoded):
        """Log-probability of each row, in nats; the cross-entropy where values lie between 0 and 1."""
        return -binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(-1)

    def mean(self, decoded):
        """Return the expected data."""
        return torch.sigmoid(decoded)

    def solve(self, x, decoded, observed, rate):
        """Do nothing: there is no variance to solve for."""


LIKELIHOODS = {"bernoulli": Bernoulli, "gaussian": Gaussian}
