"""Priors of a VAE that have nothing to train; `_mixture` has those that do."""

from torch import nn

from ._objective import gaussian_kl


class StandardNormal(nn.Module):
    """The prior N(0, I)."""

    def kl(self, mean, log_variance):
        """Divergence of each row's posterior from the prior, in nats."""
        return gaussian_kl(mean, log_variance)


class NoPrior(nn.Module):
    """What a plain autoencoder has: nothing holds its latent."""

    def kl(self, mean, log_variance):
        """Return zeros."""
        return mean.new_zeros(len(mean))
