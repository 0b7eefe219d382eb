"""Terms of the evidence lower bound, one value per row, in nats."""

import math

import torch

LOG_2PI = math.log(2 * math.pi)


def gaussian_log_likelihood(squared_error, n_features, variance):
    r"""Compute the log-density of each row under a Gaussian decoder with one variance.

    .. math:: \log p(x|z) = -\tfrac{1}{2} \sum_j \left(\frac{(x_j - \hat x_j)^2}{\sigma^2} + \log 2\pi\sigma^2\right)

    Parameters
    ----------
    squared_error : torch.Tensor of shape (..., n)
        Squared distance between the data and the means of the decoder, summed over features.
    n_features : int
        Number of features.
    variance : torch.Tensor, scalar
        Variance :math:`\sigma^2`, shared by all features.

    Returns
    -------
    torch.Tensor of shape (..., n)
        Log-density summed over features, in nats.
    """
    normalizer = -0.5 * n_features * (LOG_2PI + torch.log(variance))
    return torch.addcmul(normalizer, squared_error, 1 / variance, value=-0.5)


def gaussian_kl(mean, log_variance, prior_mean=None, prior_log_variance=None):
    r"""Compute the KL divergence between diagonal Gaussians, summed over latent units.

    .. math::
        KL = \tfrac{1}{2} \sum_j
            \left(\log\frac{s_j^2}{\sigma_j^2} + \frac{\sigma_j^2 + (\mu_j - m_j)^2}{s_j^2} - 1\right)

    Parameters
    ----------
    mean, log_variance : torch.Tensor of shape (..., n_latent)
        Mean :math:`\mu` and log-variance :math:`\log\sigma^2` of the posterior.
    prior_mean, prior_log_variance : torch.Tensor broadcastable to `mean`, or None, default=None
        Mean :math:`m` and log-variance :math:`\log s^2` of the prior. None is the standard normal distribution.

    Returns
    -------
    torch.Tensor of shape (...)
        Divergence in nats.

    References
    ----------
    .. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014, appendix B.
    """
    if prior_mean is None:  # the same formula with m = 0 and s = 1 needs half the operations
        return 0.5 * torch.addcmul(torch.expm1(log_variance) - log_variance, mean, mean).sum(-1)
    log_ratio = log_variance - prior_log_variance
    distance = (mean - prior_mean).square() * torch.exp(-prior_log_variance)
    return 0.5 * (torch.expm1(log_ratio) - log_ratio + distance).sum(-1)


def total_correlation(z, mean, log_variance, n_rows):
    r"""Estimate the total correlation of the latent units under the aggregate posterior.

    .. math:: TC = \mathbb{E}_{q(z)}\left[\log q(z) - \sum_j \log q(z_j)\right],
        \qquad q(z) = \frac{1}{N} \sum_n q(z|x_n)

    Each density at row i is a weighted sum over the batch. Row i has the weight :math:`1/N`. The other rows share the
    weight :math:`(N-1)/N`. The estimate of :math:`q(z)` is therefore unbiased. It is exact if the batch contains all
    rows.

    Parameters
    ----------
    z : torch.Tensor of shape (n, n_latent)
        One draw from the posterior of each row.
    mean, log_variance : torch.Tensor of shape (n, n_latent)
        Mean and log-variance of the posteriors.
    n_rows : int
        Number of rows N in the training table.

    Returns
    -------
    torch.Tensor of shape (n,)
        Summand of each row, in nats.

    References
    ----------
    .. [1] R. T. Q. Chen, X. Li, R. Grosse and D. Duvenaud, "Isolating sources of disentanglement in variational
       autoencoders", NeurIPS 2018, equation 2 and appendix C.
    """
    n = len(z)
    difference = z.unsqueeze(1) - mean
    log_density = -0.5 * (difference.square() * torch.exp(-log_variance) + log_variance + LOG_2PI)  # (i, j, unit)
    own = torch.eye(n, dtype=torch.bool, device=z.device)
    # A batch of one row has no other rows to share the remaining weight.
    others = (n_rows - 1) / (n_rows * (n - 1)) if n > 1 else 1.0
    log_weight = torch.where(own, 1 / n_rows if n > 1 else 1.0, others).to(z).log()
    log_joint = torch.logsumexp(log_density.sum(-1) + log_weight, 1)
    log_marginals = torch.logsumexp(log_density + log_weight.unsqueeze(-1), 1).sum(-1)
    return log_joint - log_marginals
