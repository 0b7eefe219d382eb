"""Gaussian mixtures as the prior of a VAE."""

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import nn
from torch.distributions import Independent, MultivariateNormal, Normal

from ._objective import LOG_2PI, gaussian_kl

# A component's variance stays above this share of the latent's own: below it, a component has closed on a few rows.
RELATIVE_VARIANCE_FLOOR = 1e-3
# Rows that lie this many standard deviations from the median of their group, in any unit, do not make its component,
# if they are at most this share of the group: of a Gaussian group that is no row in a hundred million.
FAR, FEW = 6.0, 0.1
# Units that correlate wholly, as of a group of few rows may, have no Cholesky factor; all but this share, they do.
NEARLY = 1e-6


class MixturePrior(nn.Module, ABC):
    """Gaussian mixture whose weights, means and covariances are trained.

    Parameters
    ----------
    weights : ndarray of shape (n_components,)
        Mixture weights.
    means : ndarray of shape (n_components, n_latent)
        Centre of each component.
    floor : ndarray of shape (n_latent,)
        Least variance of each latent unit.
    """

    def __init__(self, weights, means, floor):
        super().__init__()
        # Logits cannot leave the simplex, whatever a step does.
        self.logits = nn.Parameter(_tensor(np.log(weights)))
        self.means = nn.Parameter(_tensor(means))
        self.register_buffer("log_floor", _tensor(np.log(floor)))

    @classmethod
    def from_partition(cls, mean, std, labels, n_components):
        """Make the mixture whose components are the groups of a partition.

        A component takes the mean and the total covariance of its rows' posteriors: of the means, plus the posterior
        variance. These minimise the KL term for the partition; the covariance of the means alone would make components
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
            With the groups' shares, means and covariances.
        """
        sizes = np.bincount(labels, minlength=n_components)
        moments = [_moments(mean[labels == k], std[labels == k]) for k in range(n_components)]
        means, covariances = map(np.array, zip(*moments, strict=True))
        # mean square distance from the middle, that of the middle component: one of far rows alone has no say
        squares = _diagonals(covariances) + np.square(means - np.median(means, axis=0))
        floor = RELATIVE_VARIANCE_FLOOR * np.median(squares, axis=0)
        return cls(sizes / len(labels), means, cls._settled(covariances, sizes), floor)

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
        weights, means = np.full(n_components, 1 / n_components), np.zeros((n_components, n_latent))
        return cls(weights, means, np.tile(np.eye(n_latent), (n_components, 1, 1)), floor=np.ones(n_latent))

    @staticmethod
    def _settled(covariances, sizes):
        """Covariances to begin with, of groups of some sizes."""
        return covariances

    @abstractmethod
    def covariances(self):
        """Covariances of the components."""

    @abstractmethod
    def deviations(self, noise, labels):
        """Deviations from the means of some components, (n,), of standard normal noise, (n, n_latent)."""

    @abstractmethod
    def log_densities(self, z):
        """Log-density of each component at latent points, (n, n_components)."""

    @abstractmethod
    def divergences(self, mean, log_variance):
        """Divergence of each row's posterior from each component, (n, n_components) in nats."""

    def log_weights(self):
        """Logarithms of the mixture weights."""
        return torch.log_softmax(self.logits, -1)

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
        return -torch.logsumexp(self.log_weights() - self.divergences(mean, log_variance), -1)

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
        return torch.log_softmax(self.log_weights() + self.log_densities(z), -1)

    def disagreement(self, z, guide):
        """Cross-entropy of given memberships and those at latent points, (n,) in nats."""
        return -(guide * self.log_responsibilities(z)).sum(-1)

    def responsibilities(self, z):
        """Posterior probability of each component at latent points; see `log_responsibilities`."""
        return self.log_responsibilities(z).exp()


class DiagonalMixture(MixturePrior):
    """A mixture whose components have a variance per latent unit, and no covariances."""

    def __init__(self, weights, means, covariances, floor):
        super().__init__(weights, means, floor)
        # Log-variances cannot turn negative.
        self.log_variances = nn.Parameter(_tensor(np.log(np.maximum(_diagonals(covariances), floor))))

    def _floored(self):
        return torch.maximum(self.log_variances, self.log_floor)

    def covariances(self):
        """Variances, (n_components, n_latent)."""
        return self._floored().exp()

    def deviations(self, noise, labels):
        """Deviations from the means of some components."""
        return noise * torch.exp(0.5 * self._floored())[labels]

    def log_densities(self, z):
        """Log-density of each component at latent points."""
        components = Independent(Normal(self.means, torch.exp(0.5 * self._floored())), 1)
        return components.log_prob(z.unsqueeze(-2))

    def divergences(self, mean, log_variance):
        """Divergence of each row's posterior from each component."""
        return gaussian_kl(mean.unsqueeze(-2), log_variance.unsqueeze(-2), self.means, self._floored())


class FullMixture(MixturePrior):
    """A mixture whose components have covariances of the latent units.

    The parameters are Cholesky factors, whose products are covariances whatever a step does. Their squared diagonal,
    the variance of a unit given those before it, has the floor. Components of a partition begin with covariances that
    are drawn to the shape that all have in common, by as much as if ``n_latent`` rows of each had shown it: a few rows
    say little of a covariance (Friedman, "Regularized discriminant analysis", JASA 84, 1989). Each keeps its
    total variance.
    """

    def __init__(self, weights, means, covariances, floor):
        super().__init__(weights, means, floor)
        factors = _cholesky(covariances)
        self.log_diagonals = nn.Parameter(_tensor(np.log(np.maximum(_diagonals(factors), np.sqrt(floor)))))
        self.lower_triangles = nn.Parameter(_tensor(np.tril(factors, -1)))

    @staticmethod
    def _settled(covariances, sizes):
        n_latent = covariances.shape[1]
        totals = np.trace(covariances, axis1=1, axis2=2)[:, None, None]
        # of shapes, not of covariances: one of far rows would outweigh all others
        shape = np.average(covariances / totals, axis=0, weights=sizes)
        share = (n_latent / (sizes + n_latent))[:, None, None]
        return (1 - share) * covariances + share * totals * shape

    def _factors(self):
        log_diagonals = torch.maximum(self.log_diagonals, 0.5 * self.log_floor)
        return torch.tril(self.lower_triangles, -1) + torch.diag_embed(log_diagonals.exp())

    def covariances(self):
        """Covariances, (n_components, n_latent, n_latent)."""
        factors = self._factors()
        return factors @ factors.mT

    def deviations(self, noise, labels):
        """Deviations from the means of some components."""
        return (self._factors()[labels] @ noise.unsqueeze(-1)).squeeze(-1)

    def log_densities(self, z):
        """Log-density of each component at latent points."""
        components = MultivariateNormal(self.means, scale_tril=self._factors(), validate_args=False)
        return components.log_prob(z.unsqueeze(-2))

    def divergences(self, mean, log_variance):
        r"""Divergence of each row's posterior from each component.

        It is :math:`-H(q) - E_q \log\mathcal N(z; m, S)`, whose expectation is the log-density at the mean of q, less
        :math:`\tfrac{1}{2} \sum_j \sigma_j^2 (S^{-1})_{jj}`.
        """
        factors = self._factors()
        inverses = torch.linalg.solve_triangular(factors, torch.eye(factors.shape[-1]).to(factors), upper=False)
        precisions = inverses.square().sum(-2)
        # no matrix product: autocast would make one in half precision
        trace = (torch.exp(log_variance).unsqueeze(-2) * precisions).sum(-1)
        entropy = 0.5 * (log_variance + 1 + LOG_2PI).sum(-1, keepdim=True)
        return 0.5 * trace - entropy - self.log_densities(mean)


MIXTURES = {"diag": DiagonalMixture, "full": FullMixture}


def _moments(mean, std):
    """Mean and covariance of a mixture of posteriors, without the few that lie far from the rest."""
    distance = np.abs(mean - np.median(mean, axis=0))
    # 1.4826 median absolute deviations are a Gaussian's standard deviation; where most rows are equal, there are none.
    scale = np.sqrt(np.square(1.4826 * np.median(distance, axis=0)) + np.median(np.square(std), axis=0))
    near = (distance <= FAR * scale).all(axis=1)
    if near.mean() < 1 - FEW:  # no outliers, but a group of another shape
        near[:] = True
    covariance = np.cov(mean[near], rowvar=False, ddof=0).reshape(mean.shape[1], -1)
    return mean[near].mean(axis=0), covariance + np.diag(np.square(std[near]).mean(axis=0))


def _diagonals(matrices):
    return np.diagonal(matrices, axis1=1, axis2=2)


def _cholesky(covariances):
    """Cholesky factors, by way of the correlations: units of any scale and dependence have one."""
    scale = np.sqrt(_diagonals(covariances))[:, :, None]
    correlations = covariances / (scale * scale.mT)
    return scale * np.linalg.cholesky((1 - NEARLY) * correlations + NEARLY * np.eye(scale.shape[1]))


def _tensor(array):
    return torch.as_tensor(np.asarray(array), dtype=torch.float32)
