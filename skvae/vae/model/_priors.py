"""Priors of the latent space without trained parameters."""

from torch import nn

from ._objective import gaussian_kl


class StandardNormal(nn.Module):
    """Standard normal prior."""

    def kl(self, mean, log_variance):
        """Compute the KL divergence of each posterior from the prior, in nats."""
        return gaussian_kl(mean, log_variance)


class NoPrior(nn.Module):
    """Placeholder for the prior of a plain autoencoder, which has none."""

    def kl(self, mean, log_variance):
        """Return zeros."""
        return mean.new_zeros(len(mean))
