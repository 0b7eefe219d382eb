"""Likelihoods of the data given the output of a decoder."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from ._objective import gaussian_log_likelihood

# A decoder that reconstructs exactly would have variance 0 and infinite likelihood.
VARIANCE_FLOOR = 1e-6


class Gaussian(nn.Module):
    """Gaussian likelihood with one variance per modality.

    The variance is not trained by gradient descent. It is a running average of the mean squared error, which is the
    maximum-likelihood solution [1]_.

    References
    ----------
    .. [1] O. Rybkin, K. Daniilidis and S. Levine, "Simple and effective VAE training with calibrated decoders", ICML
       2021, equation 5.
    """

    unit_interval = False

    def __init__(self):
        super().__init__()
        self.register_buffer("variance", torch.ones(()))

    def distance(self, x, decoded):
        """Compute the squared error of each row, summed over features."""
        return mse_loss(decoded, x, reduction="none").sum(-1)

    def log_prob(self, distance, n_features):
        """Compute the log-density of each row from its distance, in nats."""
        return gaussian_log_likelihood(distance, n_features, self.variance)

    def mean(self, decoded):
        """Return the expected data."""
        return decoded

    @torch.no_grad()
    def update(self, distance, n_features, observed, rate):
        """Update the running average of the variance with one batch.

        Parameters
        ----------
        distance : torch.Tensor of shape (n,)
            Squared errors from `distance`.
        n_features : int
            Number of features.
        observed : torch.Tensor of shape (n,) or None
            1 if the row has the modality, else 0. None if all rows have it.
        rate : float
            Weight of the batch in the running average, in (0, 1].
        """
        if observed is None:
            error = distance.mean() / n_features
        else:
            n_values = observed.sum() * n_features
            # A batch without this modality keeps the variance.
            error = torch.where(n_values > 0, distance @ observed / n_values, self.variance)
        self.variance.lerp_(error, rate).clamp_(min=VARIANCE_FLOOR)


class Bernoulli(nn.Module):
    """Likelihood of independent Bernoulli variables, for data in [0, 1]. The decoder returns logits."""

    unit_interval = True

    def distance(self, x, decoded):
        """Compute the cross-entropy of each row, summed over features."""
        return binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(-1)

    def log_prob(self, distance, n_features):
        """Compute the log-probability of each row from its distance, in nats."""
        return -distance

    def mean(self, decoded):
        """Return the expected data."""
        return torch.sigmoid(decoded)

    def update(self, distance, n_features, observed, rate):
        """Do nothing. The Bernoulli likelihood has no variance."""


LIKELIHOODS = {"bernoulli": Bernoulli, "gaussian": Gaussian}
