"""Terms of the evidence lower bound, one value per row, in nats."""

import math

import torch

LOG_2PI = math.log(2 * math.pi)


def gaussian_log_likelihood(x, reconstruction, variance):
    r"""Log-density of each row under a Gaussian decoder with one shared variance.

    .. math:: \log p(x|z) = -\tfrac{1}{2} \sum_j \left(\frac{(x_j - \hat x_j)^2}{\sigma^2} + \log 2\pi\sigma^2\right)

    Parameters
    ----------
    x, reconstruction : torch.Tensor of shape (..., n, d)
        The data and the decoder's means.
    variance : torch.Tensor, scalar
        The variance :math:`\sigma^2` shared by all features.

    Returns
    -------
    torch.Tensor of shape (..., n)
        Sum over features, in nats.
    """
    squared = (x - reconstruction).square().sum(-1)
    return -0.5 * (squared / variance + x.shape[-1] * (LOG_2PI + torch.log(variance)))


def gaussian_kl(mean, log_variance, prior_mean=0.0, prior_log_variance=0.0):
    r"""Divergence of each diagonal Gaussian from another, summed over latent units.

    .. math::
        KL = \tfrac{1}{2} \sum_j
            \left(\log\frac{s_j^2}{\sigma_j^2} + \frac{\sigma_j^2 + (\mu_j - m_j)^2}{s_j^2} - 1\right)

    Parameters
    ----------
    mean, log_variance : torch.Tensor of shape (..., n_latent)
        Mean and log-variance :math:`\mu, \log\sigma^2` of the posterior.
    prior_mean, prior_log_variance : torch.Tensor broadcastable to it, or float, default=0.0
        Mean and log-variance :math:`m, \log s^2` of the prior; the standard normal by default.

    Returns
    -------
    torch.Tensor of shape (...)
        The divergence in nats.

    References
    ----------
    .. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014, appendix B.
    """
    # a tensor also for the standard normal, so that one formula serves both
    log_ratio = log_variance - prior_log_variance
    precision = torch.exp(-torch.as_tensor(prior_log_variance, dtype=mean.dtype, device=mean.device))
    return 0.5 * (log_ratio.exp() + (mean - prior_mean).square() * precision - 1 - log_ratio).sum(-1)
