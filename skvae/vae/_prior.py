"""Priors of a VAE: what the latent is held to."""

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical, Independent, Normal

from ._objective import gaussian_kl

# A component's variance stays above this share of the latent's own: below it, a component has closed on a few rows.
RELATIVE_VARIANCE_FLOOR = 1e-3
# Rows that lie this many standard deviations from the median of their group, in any unit, do not make its component,
# if they are at most this share of the group: of a Gaussian group that is no row in a hundred million.
FAR, FEW = 6.0, 0.1


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


class MixturePrior(nn.Module):
    """Gaussian mixture whose weights, means and variances are trained.

    Parameters
    ----------
    weights : ndarray of shape (n_components,)
        Mixture weights.
    means, variances : ndarray of shape (n_components, n_latent)
        Centre and variance of each component.
    floor : ndarray of shape (n_latent,)
        Least variance of each latent unit.
    """

    def __init__(self, weights, means, variances, floor):
        super().__init__()
        # Logits cannot leave the simplex, and log-variances cannot turn negative, whatever a step does.
        self.logits = nn.Parameter(_tensor(np.log(weights)))
        self.means = nn.Parameter(_tensor(means))
        self.log_variances = nn.Parameter(_tensor(np.log(np.maximum(variances, floor))))
        self.register_buffer("log_floor", _tensor(np.log(floor)))

    @classmethod
    def from_partition(cls, mean, std, labels, n_components):
        """Make the mixture whose components are the groups of a partition.

        A component takes the mean and the total variance of its rows' posteriors: of the means, plus the posterior
        variance. These minimise the KL term for the partition; the variance of the means alone would make components
        far narrower than the posteriors that they are to cover. A few rows that lie far from the rest of their group
        are left out, else one of them could make a component so wide that it covers the others.

        Parameters
        ----------
        mean, std : ndarray of shape (n_samples, n_latent)
            Posterior of each row.
        labels : ndarray of int of shape (n_samples,)
            Group of each row; every group from 0 to `n_components` - 1 has a row.
        n_components : int
            Number of groups.

        Returns
        -------
        MixturePrior
            With the groups' shares, means and variances.
        """
        shares = np.bincount(labels, minlength=n_components) / len(labels)
        moments = [_moments(mean[labels == k], std[labels == k]) for k in range(n_components)]
        means, variances = map(np.array, zip(*moments, strict=True))
        # mean square distance from the middle, that of the middle component: one of far rows alone has no say
        spread = np.median(variances + np.square(means - np.median(means, axis=0)), axis=0)
        return cls(shares, means, variances, floor=RELATIVE_VARIANCE_FLOOR * spread)

    @classmethod
    def empty(cls, n_components, n_latent):
        """Make a mixture whose parameters are yet to be loaded.

        Parameters
        ----------
        n_components, n_latent : int
            Its size.

        Returns
        -------
        MixturePrior
            Of standard normal components.
        """
        shape = n_components, n_latent
        return cls(np.full(n_components, 1 / n_components), np.zeros(shape), np.ones(shape), np.ones(n_latent))

    def parameters_(self):
        """Log-weights, means and log-variances as they enter every formula."""
        return torch.log_softmax(self.logits, -1), self.means, torch.maximum(self.log_variances, self.log_floor)

    def kl(self, mean, log_variance):
        r"""Divergence of q(z|x) q(c|x) from p(z|c) p(c) at the best q(c|x), in nats.

        With :math:`a_c = \log\pi_c - KL(q(z|x) \| \mathcal N_c)` it is
        :math:`\sum_c \gamma_c (\log\gamma_c - a_c)`. The memberships that minimise it are the softmax of :math:`a`, and
        the minimum is :math:`-\log\sum_c e^{a_c}`: the bound of Jiang et al., "Variational deep embedding" (IJCAI
        2017, equation 8) at its best :math:`\gamma`.

        Parameters
        ----------
        mean, log_variance : torch.Tensor of shape (n, n_latent)
            The posterior.

        Returns
        -------
        torch.Tensor of shape (n,)
            The divergence.
        """
        log_weights, means, log_variances = self.parameters_()
        affinity = log_weights - gaussian_kl(mean.unsqueeze(-2), log_variance.unsqueeze(-2), means, log_variances)
        return -torch.logsumexp(affinity, -1)

    def log_responsibilities(self, z):
        """Log of the posterior probability of each component at latent points.

        Parameters
        ----------
        z : torch.Tensor of shape (n, n_latent)
            Latent points.

        Returns
        -------
        torch.Tensor of shape (n, n_components)
            Rows whose exponentials sum to 1.
        """
        log_weights, means, log_variances = self.parameters_()
        components = Independent(Normal(means, torch.exp(0.5 * log_variances)), 1)
        log_joint = Categorical(logits=log_weights).logits + components.log_prob(z.unsqueeze(-2))
        return torch.log_softmax(log_joint, -1)

    def disagreement(self, z, guide):
        """Cross-entropy of given memberships and those at latent points, (n,) in nats."""
        return -(guide * self.log_responsibilities(z)).sum(-1)

    def responsibilities(self, z):
        """Posterior probability of each component at latent points; see `log_responsibilities`."""
        return self.log_responsibilities(z).exp()


def _moments(mean, std):
    """Mean and variance of a mixture of posteriors, without the few that lie far from the rest."""
    distance = np.abs(mean - np.median(mean, axis=0))
    # 1.4826 median absolute deviations are a Gaussian's standard deviation; where most rows are equal, there are none.
    scale = np.sqrt(np.square(1.4826 * np.median(distance, axis=0)) + np.median(np.square(std), axis=0))
    near = (distance <= FAR * scale).all(axis=1)
    if near.mean() < 1 - FEW:  # no outliers, but a group of another shape
        near[:] = True
    return mean[near].mean(axis=0), mean[near].var(axis=0) + np.square(std[near]).mean(axis=0)


def _tensor(array):
    return torch.as_tensor(np.asarray(array), dtype=torch.float32)
