"""Product of the posteriors of the modalities."""

import torch

from ._base import Fusion

# Lower bound of the log-variances. An encoder may return an extremely low log-variance for a row far from the training
# data. Its precision would be infinite, and infinity divided by infinity is NaN. The product of e^40 and a mean is
# still finite in single precision.
MIN_LOG_VARIANCE = -40.0


class ProductOfExperts(Fusion):
    """Multiply the Gaussian posteriors of the observed modalities with the standard normal prior.

    The product of Gaussians is Gaussian. Its precision is the sum of the precisions, and its mean is weighted by
    precision. The prior is one of the experts. A row without observed modalities therefore has the prior as its
    posterior, and a missing modality adds no precision [1]_.

    References
    ----------
    .. [1] M. Wu and N. Goodman, "Multimodal generative models for scalable weakly-supervised learning", NeurIPS 2018,
       section 2.2.
    """

    def combine(self, posteriors, observed):
        """Multiply the densities, see `Fusion.combine`."""
        means, log_variances = posteriors.chunk(2, -1)
        precisions = torch.exp(-log_variances.clamp(min=MIN_LOG_VARIANCE)) * observed
        precision = 1 + precisions.sum(0)
        return torch.cat([(precisions * means).sum(0) / precision, -torch.log(precision)], -1)
