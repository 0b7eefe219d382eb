"""How the posteriors of several modalities become one."""

import torch
from torch import nn


class ProductOfExperts(nn.Module):
    """Multiply the Gaussian posteriors of the observed modalities with the standard normal prior.

    The product of Gaussians is Gaussian; precisions add up, and the mean is weighted by precision. The prior is an
    expert of its own, so that a song with nothing observed falls back to it, and a missing modality simply adds no
    precision [1]_.

    References
    ----------
    .. [1] M. Wu and N. Goodman, "Multimodal generative models for scalable weakly-supervised learning", NeurIPS 2018,
       section 2.2.

    Examples
    --------
    >>> import torch
    >>> from skvae.networks import ProductOfExperts
    >>> means, log_variances = torch.tensor([[[3.0]], [[100.0]]]), torch.zeros(2, 1, 1)
    >>> mean, log_variance = ProductOfExperts()(means, log_variances, torch.tensor([[1.0, 0.0]]))
    >>> mean.item(), log_variance.exp().item()  # precisions: 1 (prior) + 1 (first) + 0 (missing)
    (1.5, 0.5)
    """

    def forward(self, means, log_variances, observed):
        """Fuse.

        Parameters
        ----------
        means, log_variances : torch.Tensor of shape (n_modalities, n, n_latent)
            Each modality's posterior; whatever stands in missing rows is passed over.
        observed : torch.Tensor of shape (n, n_modalities)
            1 where the row has the modality, 0 where it is missing.

        Returns
        -------
        mean, log_variance : torch.Tensor of shape (n, n_latent)
            The fused posterior.
        """
        precisions = torch.exp(-log_variances) * observed.T.unsqueeze(-1)
        precision = 1 + precisions.sum(0)
        return (precisions * means).sum(0) / precision, -torch.log(precision)
