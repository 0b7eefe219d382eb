"""LatentModule: encoders, fusion, prior and decoders of one VAE as a torch module."""

from typing import NamedTuple

import torch
from torch import nn

from ...networks.fusion._base import SingleModality, append_condition
from ...networks.fusion._early import EarlyFusion
from ...networks.fusion._registry import FUSIONS
from ._likelihoods import LIKELIHOODS
from ._priors import NoPrior, StandardNormal

# Posterior log-variances are kept within these bounds: e^10 is far outside any standardised latent, e^-10 far below
# what training resolves, and both leave every term of the objective finite.
LOG_VARIANCE_BOUNDS = (-10.0, 10.0)


class LatentOutput(NamedTuple):
    """What one pass through the module gives, a value per row."""

    mean: torch.Tensor  # (n, n_latent)
    log_variance: torch.Tensor  # (n, n_latent)
    z: torch.Tensor  # (n, n_latent), the draw that was decoded
    log_likelihoods: torch.Tensor  # (n, n_modalities), nats; 0 where the modality is missing
    kl: torch.Tensor  # (n,), nats
    disagreement: torch.Tensor | None = None  # (n,), nats: cross-entropy of the guide and the memberships
    unimodal: "LatentOutput | None" = None  # the same rows seen through one modality each, in training


class LatentModule(nn.Module):
    """Encode and fuse the modalities, decode each.

    A table enters as its modality columns side by side, so that a batch is a slice of one tensor.

    Parameters
    ----------
    networks : list of Network
        Each modality's network.
    widths : list of int
        Number of columns of each modality.
    n_latent, n_condition : int
        Number of latent units and of condition columns.
    fusion : {"poe", "late", "attention", "early"}
        How several modalities become one posterior.
    joint_network : Network
        Builds the one encoder of early fusion.
    likelihood : {"gaussian", "bernoulli"}
        What the decoders' outputs mean.
    input_noise : float
        Standard deviation of the Gaussian noise that training adds to the inputs; targets stay clean.
    stochastic : bool
        Whether the decoder is fed draws from the posterior, or its mean: a plain autoencoder without a prior.
    """

    def __init__(
        self, networks, widths, n_latent, n_condition, *, fusion, joint_network, likelihood, input_noise, stochastic
    ):
        super().__init__()
        pairs = [network.build(width, n_latent, n_condition) for network, width in zip(networks, widths, strict=True)]
        encoders = [encoder for encoder, _ in pairs]
        if len(widths) == 1:
            self.encode = SingleModality(encoders, widths, n_latent)
        elif fusion == "early":
            encoder, _ = joint_network.build(sum(widths) + len(widths), n_latent, n_condition)
            self.encode = EarlyFusion(encoder, widths)
        else:
            self.encode = FUSIONS[fusion](encoders, widths, n_latent)
        self.decoders = nn.ModuleList([decoder for _, decoder in pairs])
        self.likelihoods = nn.ModuleList([LIKELIHOODS[likelihood]() for _ in widths])
        self.prior = StandardNormal() if stochastic else NoPrior()
        self.widths = widths
        self.input_noise = input_noise
        self.stochastic = stochastic
        self.n_steps = 0  # of training, by which the KL weight and the variance's average are scheduled

    def forward(self, x, observed, condition, generator=None, guide=None):
        """Run the objective's pass over a batch.

        Parameters
        ----------
        x : torch.Tensor of shape (n, sum of widths)
            Scaled features, zeros where a modality is missing.
        observed : torch.Tensor of shape (n, n_modalities)
            1 where the row has the modality, else 0.
        condition : torch.Tensor of shape (n, n_condition)
            Condition columns.
        generator : torch.Generator or None
            Source of the noise.
        guide : torch.Tensor of shape (n, n_components) or None
            Memberships that those in a mixture prior are compared with.

        Returns
        -------
        LatentOutput
            The parts of the objective.
        """
        noisy = x
        if self.training and self.input_noise:
            noisy = torch.add(x, _normal_like(x, generator), alpha=self.input_noise)
        joint = self._elbo(noisy, x, observed, condition, generator, guide, solve=self.training)
        if not self.training or len(self.widths) == 1:
            return joint
        # Wu and Goodman (2018), section 2.2: without terms of its own, a single modality is never taught to
        # infer the latent. Each row is seen once more through one of its modalities, drawn at random.
        lot = torch.rand(observed.shape, generator=generator, device=x.device) * observed
        alone = nn.functional.one_hot(lot.argmax(1), observed.shape[1]).to(x) * observed
        unimodal = self._elbo(noisy, x, alone, condition, generator, guide, solve=False)
        return joint._replace(unimodal=unimodal)

    def posterior(self, x, observed, condition):
        """Mean and log-variance of q(z|x), (n, n_latent) each."""
        mean, log_variance = self.encode(x, observed, condition)
        if not self.stochastic:  # that half of the encoder's output was never trained
            log_variance = torch.full_like(mean, LOG_VARIANCE_BOUNDS[0])
        # networks may run in half precision, the objective never does
        return mean.to(x.dtype), log_variance.to(x.dtype).clamp(*LOG_VARIANCE_BOUNDS)

    def decode(self, z, condition):
        """Return the expected features of all modalities side by side, (n, sum of widths)."""
        blocks = zip(self.likelihoods, self._decoded(z, condition), strict=True)
        return torch.cat([likelihood.mean(decoded) for likelihood, decoded in blocks], 1)

    def log_likelihoods(self, x, z, observed, condition):
        """Log-density of each modality given the latent, (n, n_modalities) in nats; 0 where it is missing."""
        return self._log_likelihoods(self._distances(x, z, condition), observed)

    def _elbo(self, noisy, x, observed, condition, generator, guide, solve):
        mean, log_variance = self.posterior(noisy, observed, condition)
        z = mean
        if self.stochastic:
            z = torch.addcmul(mean, torch.exp(0.5 * log_variance), _normal_like(mean, generator))
        distances = self._distances(x, z, condition)
        if solve:
            # the plain mean over the first steps, then an exponential one over about the last twenty
            rate = max(1 / (self.n_steps + 1), 0.05)
            masks = [None] if len(self.widths) == 1 else observed.unbind(1)
            parts = zip(self.likelihoods, distances, self.widths, masks, strict=True)
            for likelihood, distance, width, there in parts:
                likelihood.solve(distance.detach(), width, there, rate)
            self.n_steps += 1
        log_likelihoods = self._log_likelihoods(distances, observed)
        kl = self.prior.kl(mean, log_variance)
        disagreement = None if guide is None else self.prior.disagreement(mean, guide)
        return LatentOutput(mean, log_variance, z, log_likelihoods, kl, disagreement)

    def _decoded(self, z, condition):
        z = append_condition(z, condition)
        return [decoder(z).to(z.dtype) for decoder in self.decoders]

    def _distances(self, x, z, condition):
        blocks = zip(self.likelihoods, x.split(self.widths, 1), self._decoded(z, condition), strict=True)
        return [likelihood.distance(block, decoded) for likelihood, block, decoded in blocks]

    def _log_likelihoods(self, distances, observed):
        if len(distances) == 1:  # of rows that have it: the others are left out before
            return self.likelihoods[0].log_prob(distances[0], self.widths[0]).unsqueeze(1)
        parts = zip(self.likelihoods, distances, self.widths, strict=True)
        return (
            torch.stack([likelihood.log_prob(distance, width) for likelihood, distance, width in parts], 1) * observed
        )


def _normal_like(tensor, generator):
    return torch.randn(tensor.shape, generator=generator, device=tensor.device, dtype=tensor.dtype)
