"""Gaussian mixtures as the prior of the latent space."""

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import nn
from torch.distributions import Independent, MultivariateNormal, Normal

from ._objective import LOG_2PI, gaussian_kl

# Minimum variance of a component, relative to the variance of the latent units. A component with a smaller variance
# has collapsed to a few rows.
RELATIVE_VARIANCE_FLOOR = 1e-3
# A row is an outlier of its group if one unit is more than this number of standard deviations from the median. In a
# Gaussian group this happens for fewer than one row in a hundred million.
OUTLIER_DISTANCE = 6.0
# Outliers are excluded only if they are at most this fraction of their group.
MAX_OUTLIER_FRACTION = 0.1
# Fully correlated units, which occur in groups of few rows, have no Cholesky factor. Correlations are therefore
# multiplied by one minus this number.
CORRELATION_SHRINKAGE = 1e-6


class MixturePrior(nn.Module, ABC):
    """Gaussian mixture with trained weights, means and covariances.

    Parameters
    ----------
    weights : ndarray of shape (n_components,)
        Mixture weights.
    means : ndarray of shape (n_components, n_latent)
        Component means.
    floor : ndarray of shape (n_latent,)
        Minimum variance of each latent unit.
    """

    def __init__(self, weights, means, floor):
        super().__init__()
        # Logits are unconstrained, so that every optimizer step leads to valid weights.
        self.logits = nn.Parameter(_tensor(np.log(weights)))
        self.means = nn.Parameter(_tensor(means))
        self.register_buffer("log_floor", _tensor(np.log(floor)))

    @classmethod
    def from_partition(cls, mean, std, labels, n_components):
        """Create a mixture with one component per group of a partition.

        The mean and covariance of a component are those of the mixture of its rows' posteriors: the covariance of the
        posterior means plus the average posterior variance. These values minimize the KL term for the partition. The
        covariance of the posterior means alone would be far narrower than the posteriors.

        Outliers of a group are excluded. Otherwise, a single row could make a component so wide that it covers the
        other components.

        Parameters
        ----------
        mean, std : ndarray of shape (n_samples, n_latent)
            Mean and standard deviation of the posterior of each row.
        labels : ndarray of int of shape (n_samples,)
            Group of each row. Each group from 0 to ``n_components - 1`` must contain a row.
        n_components : int
            Number of groups.

        Returns
        -------
        MixturePrior
            Mixture with the proportions, means and covariances of the groups.
        """
        sizes = np.bincount(labels, minlength=n_components)
        moments = [_compute_moments(mean[labels == k], std[labels == k]) for k in range(n_components)]
        means, covariances = map(np.array, zip(*moments, strict=True))
        # Mean squared distance from the median center. The median over components is robust to a component that
        # contains only outliers.
        squares = _diagonals(covariances) + np.square(means - np.median(means, axis=0))
        floor = RELATIVE_VARIANCE_FLOOR * np.median(squares, axis=0)
        return cls(sizes / len(labels), means, cls._initial_covariances(covariances, sizes), floor)

    @classmethod
    def empty(cls, n_components, n_latent):
        """Create a mixture whose parameters will be loaded later.

        Parameters
        ----------
        n_components : int
            Number of components.
        n_latent : int
            Number of latent units.

        Returns
        -------
        MixturePrior
            Mixture of standard normal components.
        """
        weights, means = np.full(n_components, 1 / n_components), np.zeros((n_components, n_latent))
        return cls(weights, means, np.tile(np.eye(n_latent), (n_components, 1, 1)), floor=np.ones(n_latent))

    @staticmethod
    def _initial_covariances(covariances, sizes):
        """Return initial component covariances for groups with the given covariances and sizes."""
        return covariances

    @abstractmethod
    def covariances(self):
        """Return the covariances of the components."""

    @abstractmethod
    def deviations(self, noise, labels):
        """Scale standard normal noise to deviations from the component means.

        Parameters
        ----------
        noise : torch.Tensor of shape (n, n_latent)
            Standard normal noise.
        labels : array-like of int of shape (n,)
            Component of each row.

        Returns
        -------
        torch.Tensor of shape (n, n_latent)
            Deviations with the covariance of the component.
        """

    @abstractmethod
    def log_densities(self, z):
        """Compute the log-density of each component at latent points, of shape (n, n_components)."""

    @abstractmethod
    def divergences(self, mean, log_variance):
        """Compute the KL divergence of each posterior from each component, of shape (n, n_components), in nats."""

    def log_weights(self):
        """Return the logarithms of the mixture weights."""
        return torch.log_softmax(self.logits, -1)

    def kl(self, mean, log_variance):
        r"""Compute the divergence of q(z|x) q(c|x) from p(z|c) p(c) for the optimal q(c|x), in nats.

        With :math:`a_c = \log\pi_c - KL(q(z|x) \| \mathcal N_c)` the divergence is
        :math:`\sum_c \gamma_c (\log\gamma_c - a_c)`. The optimal memberships :math:`\gamma` are the softmax of
        :math:`a`. The minimum is :math:`-\log\sum_c e^{a_c}`. It corresponds to the bound of Jiang et al., "Variational
        deep embedding" (IJCAI 2017, equation 8) with optimal :math:`\gamma`.

        Parameters
        ----------
        mean, log_variance : torch.Tensor of shape (n, n_latent)
            Mean and log-variance of the posteriors.

        Returns
        -------
        torch.Tensor of shape (n,)
            Divergence of each row.
        """
        return -torch.logsumexp(self.log_weights() - self.divergences(mean, log_variance), -1)

    def log_responsibilities(self, z):
        """Compute the log-probability of each component given latent points.

        Parameters
        ----------
        z : torch.Tensor of shape (n, n_latent)
            Latent points.

        Returns
        -------
        torch.Tensor of shape (n, n_components)
            Log-probabilities. The exponentials of a row sum to 1.
        """
        return torch.log_softmax(self.log_weights() + self.log_densities(z), -1)

    def guide_cross_entropy(self, z, guide):
        """Compute the cross-entropy between target memberships and memberships at `z`, of shape (n,), in nats."""
        return -(guide * self.log_responsibilities(z)).sum(-1)

    def responsibilities(self, z):
        """Compute the probability of each component given latent points, see `log_responsibilities`."""
        return self.log_responsibilities(z).exp()


class DiagonalMixture(MixturePrior):
    """Mixture with diagonal covariances."""

    def __init__(self, weights, means, covariances, floor):
        super().__init__(weights, means, floor)
        # Log-variances are unconstrained, so that every optimizer step leads to positive variances.
        self.log_variances = nn.Parameter(_tensor(np.log(np.maximum(_diagonals(covariances), floor))))

    def _bounded_log_variances(self):
        """Return the log-variances. Values below the minimum are replaced by the minimum."""
        return torch.maximum(self.log_variances, self.log_floor)

    def covariances(self):
        """Return the variances, of shape (n_components, n_latent)."""
        return self._bounded_log_variances().exp()

    def deviations(self, noise, labels):
        """Scale standard normal noise, see `MixturePrior.deviations`."""
        return noise * torch.exp(0.5 * self._bounded_log_variances())[labels]

    def log_densities(self, z):
        """Compute the log-density of each component at latent points."""
        components = Independent(Normal(self.means, torch.exp(0.5 * self._bounded_log_variances())), 1)
        return components.log_prob(z.unsqueeze(-2))

    def divergences(self, mean, log_variance):
        """Compute the KL divergence of each posterior from each component."""
        return gaussian_kl(mean.unsqueeze(-2), log_variance.unsqueeze(-2), self.means, self._bounded_log_variances())


class FullMixture(MixturePrior):
    """Mixture with full covariances.

    The parameters are Cholesky factors, so that every optimizer step leads to valid covariances. The minimum variance
    applies to the squared diagonal, which is the variance of a unit given the previous units.

    The covariance of a group of few rows is unreliable. Initial covariances are therefore shrunk toward the average
    shape of all components, as in regularized discriminant analysis [1]_. The average shape has the weight of
    ``n_latent`` rows. The total variance of each component does not change.

    References
    ----------
    .. [1] J. H. Friedman, "Regularized discriminant analysis", JASA 84, 1989.
    """

    def __init__(self, weights, means, covariances, floor):
        super().__init__(weights, means, floor)
        factors = _cholesky(covariances)
        self.log_diagonals = nn.Parameter(_tensor(np.log(np.maximum(_diagonals(factors), np.sqrt(floor)))))
        self.lower_triangles = nn.Parameter(_tensor(np.tril(factors, -1)))

    @staticmethod
    def _initial_covariances(covariances, sizes):
        """Shrink the covariances of groups toward their average shape."""
        n_latent = covariances.shape[1]
        totals = np.trace(covariances, axis1=1, axis2=2)[:, None, None]
        # Shapes are averaged, because one group of outliers would dominate an average of covariances.
        shape = np.average(covariances / totals, axis=0, weights=sizes)
        shrinkage = (n_latent / (sizes + n_latent))[:, None, None]
        return (1 - shrinkage) * covariances + shrinkage * totals * shape

    def _factors(self):
        """Return the Cholesky factors, of shape (n_components, n_latent, n_latent)."""
        log_diagonals = torch.maximum(self.log_diagonals, 0.5 * self.log_floor)
        return torch.tril(self.lower_triangles, -1) + torch.diag_embed(log_diagonals.exp())

    def covariances(self):
        """Return the covariances, of shape (n_components, n_latent, n_latent)."""
        factors = self._factors()
        return factors @ factors.mT

    def deviations(self, noise, labels):
        """Scale standard normal noise, see `MixturePrior.deviations`."""
        return (self._factors()[labels] @ noise.unsqueeze(-1)).squeeze(-1)

    def log_densities(self, z):
        """Compute the log-density of each component at latent points."""
        components = MultivariateNormal(self.means, scale_tril=self._factors(), validate_args=False)
        return components.log_prob(z.unsqueeze(-2))

    def divergences(self, mean, log_variance):
        r"""Compute the KL divergence of each posterior from each component.

        The divergence is :math:`-H(q) - E_q \log\mathcal N(z; m, S)`. The expectation equals the log-density at the
        mean of q minus :math:`\tfrac{1}{2} \sum_j \sigma_j^2 (S^{-1})_{jj}`.
        """
        factors = self._factors()
        inverses = torch.linalg.solve_triangular(factors, torch.eye(factors.shape[-1]).to(factors), upper=False)
        precisions = inverses.square().sum(-2)
        # This is a sum, because autocast would compute a matrix product in half precision.
        trace = (torch.exp(log_variance).unsqueeze(-2) * precisions).sum(-1)
        entropy = 0.5 * (log_variance + 1 + LOG_2PI).sum(-1, keepdim=True)
        return 0.5 * trace - entropy - self.log_densities(mean)


MIXTURES = {"diag": DiagonalMixture, "full": FullMixture}


def _compute_moments(mean, std):
    """Compute mean and covariance of a mixture of posteriors without its outliers."""
    distance = np.abs(mean - np.median(mean, axis=0))
    # In a Gaussian group, 1.4826 median absolute deviations are one standard deviation. This term is 0 if most rows are
    # equal. The median posterior variance is therefore added.
    scale = np.sqrt(np.square(1.4826 * np.median(distance, axis=0)) + np.median(np.square(std), axis=0))
    near = (distance <= OUTLIER_DISTANCE * scale).all(axis=1)
    if near.mean() < 1 - MAX_OUTLIER_FRACTION:  # the group is not Gaussian, and these rows are not outliers
        near[:] = True
    covariance = np.cov(mean[near], rowvar=False, ddof=0).reshape(mean.shape[1], -1)
    return mean[near].mean(axis=0), covariance + np.diag(np.square(std[near]).mean(axis=0))


def _diagonals(matrices):
    """Return the diagonals of stacked matrices."""
    return np.diagonal(matrices, axis1=1, axis2=2)


def _cholesky(covariances):
    """Compute Cholesky factors from slightly shrunk correlations, which exist for units of any scale."""
    scale = np.sqrt(_diagonals(covariances))[:, :, None]
    correlations = covariances / (scale * scale.mT)
    shrunk = (1 - CORRELATION_SHRINKAGE) * correlations + CORRELATION_SHRINKAGE * np.eye(scale.shape[1])
    return scale * np.linalg.cholesky(shrunk)


def _tensor(array):
    """Convert an array to a single-precision tensor."""
    return torch.as_tensor(np.asarray(array), dtype=torch.float32)
