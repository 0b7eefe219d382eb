"""How several modalities become one posterior."""

from abc import abstractmethod

import torch
from torch import nn

# An expert cannot be surer than this: of a row far from all that was seen it may say it is sure beyond all numbers, and
# infinity by infinity is none. e^40 times any mean that enters here is a number of single precision still.
LEAST_LOG_VARIANCE = -40.0


def beside(x, condition):
    """Put condition columns beside others; without any, nothing is copied."""
    return torch.cat([x, condition], 1) if condition.shape[1] else x


class Fusion(nn.Module):
    """Encoders of all modalities, and the rule that makes one posterior of what they say.

    Parameters
    ----------
    encoders : list of torch.nn.Module
        One for each modality; from its features next to the condition to mean next to log-variance.
    widths : list of int
        Number of columns of each modality.
    n_latent : int
        Number of latent units.
    """

    def __init__(self, encoders, widths, n_latent):
        super().__init__()
        self.encoders = nn.ModuleList(encoders)
        self.widths = widths

    def forward(self, x, observed, condition):
        """Infer the posterior.

        Parameters
        ----------
        x : torch.Tensor of shape (n, sum of widths)
            Features; whatever stands in a missing modality is passed over.
        observed : torch.Tensor of shape (n, n_modalities)
            1 where the row has the modality, else 0.
        condition : torch.Tensor of shape (n, n_condition)
            Condition columns.

        Returns
        -------
        mean, log_variance : torch.Tensor of shape (n, n_latent)
            The fused posterior.
        """
        blocks = zip(self.encoders, x.split(self.widths, 1), strict=True)
        # in the precision of the features, whatever the encoders run in: precisions are exponentials
        parts = torch.stack([encoder(beside(block, condition)).to(x.dtype) for encoder, block in blocks])
        return self.combine(parts, observed.T.unsqueeze(-1)).chunk(2, -1)

    @abstractmethod
    def combine(self, parts, observed):
        """Make one posterior of several.

        Parameters
        ----------
        parts : torch.Tensor of shape (n_modalities, n, 2 * n_latent)
            Mean next to log-variance of each modality.
        observed : torch.Tensor of shape (n_modalities, n, 1)
            1 where the row has the modality, else 0.

        Returns
        -------
        torch.Tensor of shape (n, 2 * n_latent)
            Mean next to log-variance.
        """


class SingleModality(Fusion):
    """The posterior of the one modality that there is."""

    def forward(self, x, observed, condition):
        """Return what the only encoder says; see `Fusion.forward`."""
        return self.encoders[0](beside(x, condition)).to(x.dtype).chunk(2, -1)


class ProductOfExperts(Fusion):
    """Multiply the Gaussian posteriors of the observed modalities with the standard normal prior.

    The product of Gaussians is Gaussian; precisions add up, and the mean is weighted by precision. The prior is an
    expert of its own, so that a song with nothing observed falls back to it, and a missing modality simply adds no
    precision [1]_.

    References
    ----------
    .. [1] M. Wu and N. Goodman, "Multimodal generative models for scalable weakly-supervised learning", NeurIPS 2018,
       section 2.2.
    """

    def combine(self, parts, observed):
        """Multiply the densities; see `Fusion.combine`."""
        means, log_variances = parts.chunk(2, -1)
        precisions = torch.exp(-log_variances.clamp(min=LEAST_LOG_VARIANCE)) * observed
        precision = 1 + precisions.sum(0)
        return torch.cat([(precisions * means).sum(0) / precision, -torch.log(precision)], -1)


class LateFusion(Fusion):
    """Map what the encoders say, side by side, to one posterior; zeros and an indicator stand for a missing one."""

    def __init__(self, encoders, widths, n_latent):
        super().__init__(encoders, widths, n_latent)
        self.head = nn.Linear(len(widths) * (2 * n_latent + 1), 2 * n_latent)

    def combine(self, parts, observed):
        """Concatenate and map; see `Fusion.combine`."""
        return self.head(torch.cat([*(parts * observed), *observed], -1))


class AttentionFusion(Fusion):
    """Average what the encoders say, with weights that depend on the row; a missing modality has weight 0.

    Each part scores itself; a softmax over the observed ones makes the weights.
    """

    def __init__(self, encoders, widths, n_latent):
        super().__init__(encoders, widths, n_latent)
        self.scores = nn.ModuleList([nn.Linear(2 * n_latent, 1) for _ in widths])

    def combine(self, parts, observed):
        """Weigh and add; see `Fusion.combine`."""
        scores = torch.stack([score(part) for score, part in zip(self.scores, parts, strict=True)])
        weights = torch.softmax(scores.masked_fill(observed == 0, -torch.inf), 0)
        return (weights * parts).sum(0)


class EarlyFusion(nn.Module):
    """One encoder of all columns side by side; a missing block is at its mean, and indicator columns say so.

    Parameters
    ----------
    encoder : torch.nn.Module
        From all features, indicators and condition to mean next to log-variance.
    widths : list of int
        Number of columns of each modality.
    """

    def __init__(self, encoder, widths):
        super().__init__()
        self.encoder = encoder
        self.widths = widths

    def forward(self, x, observed, condition):
        """Infer the posterior; see `Fusion.forward`."""
        # scaled columns have mean 0, which is what a missing block is set to
        there = observed.repeat_interleave(torch.tensor(self.widths, device=x.device), dim=1)
        return self.encoder(torch.cat([x * there, observed, condition], 1)).chunk(2, -1)


FUSIONS = {"attention": AttentionFusion, "late": LateFusion, "poe": ProductOfExperts}
