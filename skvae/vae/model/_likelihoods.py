"""Likelihoods: what a decoder's output says of the data, one class each."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

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

    def distance(self, x, decoded):
        """Squared error of each row, summed over the features."""
        return mse_loss(decoded, x, reduction="none").sum(-1)

    def log_prob(self, distance, n_features):
        """Log-density of each row by its distance, in nats."""
        return gaussian_log_likelihood(distance, n_features, self.variance)

    def mean(self, decoded):
        """Return the expected data."""
        return decoded

    @torch.no_grad()
    def solve(self, distance, n_features, observed, rate):
        """Move the variance towards the mean squared error of the rows that have the modality.

        Parameters
        ----------
        distance : torch.Tensor of shape (n,)
            See `distance`.
        n_features : int
            Number of features.
        observed : torch.Tensor of shape (n,) or None
            1 where the row has the modality, else 0; None: all have.
        rate : float
            Weight of this batch in the running average, in (0, 1].
        """
        if observed is None:
            error = distance.mean() / n_features
        else:
            n_values = observed.sum() * n_features
            # a batch without this modality says nothing about its variance
            error = torch.where(n_values > 0, distance @ observed / n_values, self.variance)
        self.variance.lerp_(error, rate).clamp_(min=VARIANCE_FLOOR)


class Bernoulli(nn.Module):
    """Independent Bernoulli variables whose logits the decoder gives, for data in [0, 1]."""

    unit_interval = True

    def distance(self, x, decoded):
        """Cross-entropy of each row, summed over the features."""
        return binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(-1)

    def log_prob(self, distance, n_features):
        """Log-probability of each row by its distance, in nats."""
        return -distance

    def mean(self, decoded):
        """Return the expected data."""
        return torch.sigmoid(decoded)

    def solve(self, distance, n_features, observed, rate):
        """Do nothing: there is no variance to solve for."""


LIKELIHOODS = {"bernoulli": Bernoulli, "gaussian": Gaussian}
