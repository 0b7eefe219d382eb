"""LatentModule: encoders, fusion, prior and decoders of one VAE as a torch module."""

from typing import NamedTuple

import torch
from torch import nn

from ..networks import ProductOfExperts
from ._objective import gaussian_kl, gaussian_log_likelihood

# Posterior log-variances are kept within these bounds: e^10 is far outside any standardised latent, e^-10 far below
# what training resolves, and both leave every term of the objective finite.
LOG_VARIANCE_BOUNDS = (-10.0, 10.0)
# A decoder that reconstructs exactly would drive its variance to 0 and the likelihood to infinity.
VARIANCE_FLOOR = 1e-6


class LatentOutput(NamedTuple):
    """What one pass through the module gives, a value per row."""

    mean: torch.Tensor  # (n, n_latent)
    log_variance: torch.Tensor  # (n, n_latent)
    log_likelihoods: torch.Tensor  # (n, n_modalities), nats; 0 where the modality is missing
    kl: torch.Tensor  # (n,), nats
    unimodal: "LatentOutput | None" = None  # the same rows seen through one modality each, in training


class StandardNormal(nn.Module):
    """The prior N(0, I)."""

    def kl(self, mean, log_variance, responsibilities=None):
        """Divergence of each row's posterior from the prior, in nats."""
        return gaussian_kl(mean, log_variance)


class LatentModule(nn.Module):
    """Encode each modality, fuse the posteriors, decode each modality.

    A table enters as its modality columns side by side, so that a batch is a slice of one tensor.

    Parameters
    ----------
    networks : list of (Network, int)
        Each modality's network and width, in the order of their columns.
    n_latent, n_condition : int
        Number of latent units and of condition columns.
    input_noise : float
        Standard deviation of the Gaussian noise that training adds to the inputs; targets stay clean.
    """

    def __init__(self, networks, n_latent, n_condition, input_noise):
        super().__init__()
        built = [network.build(width, n_latent, n_condition) for network, width in networks]
        self.encoders = nn.ModuleList([encoder for encoder, _ in built])
        self.decoders = nn.ModuleList([decoder for _, decoder in built])
        self.widths = [width for _, width in networks]
        # One modality is its own posterior; several are multiplied, the prior an expert among them.
        self.fusion = ProductOfExperts() if len(networks) > 1 else None
        self.prior = StandardNormal()
        self.input_noise = input_noise
        self.register_buffer("variance", torch.ones(len(networks)))  # the solved sigma^2 of each modality
        self.n_steps = 0  # of training, by which the KL weight and the variance's average are scheduled

    def forward(self, x, observed, condition, generator=None, responsibilities=None):
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
        responsibilities : torch.Tensor of shape (n, n_components) or None
            Cluster memberships that a mixture prior is held to.

        Returns
        -------
        LatentOutput
            The parts of the objective.
        """
        noisy = x
        if self.training and self.input_noise:
            noisy = x + self.input_noise * _normal_like(x, generator)
        experts = self.experts(noisy, condition)
        joint = self._elbo(x, observed, condition, experts, generator, responsibilities, solve=self.training)
        if not (self.training and self.fusion):
            return joint
        # Wu and Goodman (2018), section 2.2: without terms of its own, a single modality is never taught to
        # infer the latent. Each row is seen once more through one of its modalities, drawn at random.
        lot = torch.rand(observed.shape, generator=generator, device=x.device) * observed
        alone = nn.functional.one_hot(lot.argmax(1), observed.shape[1]).to(x) * observed
        return joint._replace(
            unimodal=self._elbo(x, alone, condition, experts, generator, responsibilities, solve=False)
        )

    def experts(self, x, condition):
        """Posterior of each modality alone: mean and log-variance, (n_modalities, n, n_latent) each."""
        parts = [
            encoder(torch.cat([block, condition], 1))
            for encoder, block in zip(self.encoders, x.split(self.widths, 1), strict=True)
        ]
        means, log_variances = torch.stack(parts).chunk(2, -1)
        return means, log_variances.clamp(*LOG_VARIANCE_BOUNDS)

    def posterior(self, x, observed, condition):
        """Mean and log-variance of q(z|x), (n, n_latent) each."""
        return self._fuse(self.experts(x, condition), observed)

    def decode(self, z, condition):
        """Means of all modalities side by side, (n, sum of widths)."""
        z = torch.cat([z, condition], 1)
        return torch.cat([decoder(z) for decoder in self.decoders], 1)

    def log_likelihoods(self, x, reconstruction, observed):
        """Log-density of each modality, (..., n, n_modalities) in nats; 0 where it is missing."""
        blocks = zip(x.split(self.widths, -1), reconstruction.split(self.widths, -1), self.variance, strict=True)
        return torch.stack([gaussian_log_likelihood(*block) for block in blocks], -1) * observed

    def _elbo(self, x, observed, condition, experts, generator, responsibilities, solve):
        mean, log_variance = self._fuse(experts, observed)
        z = mean + torch.exp(0.5 * log_variance) * _normal_like(mean, generator)
        reconstruction = self.decode(z, condition)
        if solve:
            self._solve_variance(x, reconstruction.detach(), observed)
        log_likelihoods = self.log_likelihoods(x, reconstruction, observed)
        return LatentOutput(mean, log_variance, log_likelihoods, self.prior.kl(mean, log_variance, responsibilities))

    def _fuse(self, experts, observed):
        means, log_variances = experts
        return self.fusion(means, log_variances, observed) if self.fusion else (means[0], log_variances[0])

    @torch.no_grad()
    def _solve_variance(self, x, reconstruction, observed):
        """Set each decoder's variance to its mean squared error, averaged over recent steps.

        The maximum-likelihood variance of a Gaussian decoder has this closed form: Rybkin, Daniilidis and Levine,
        "Simple and effective VAE training with calibrated decoders", ICML 2021, equation 5.
        """
        self.n_steps += 1
        # The plain mean over the first steps, then an exponential one over about the last twenty.
        rate = max(1 / self.n_steps, 0.05)
        squared = (x - reconstruction).square()
        for m, block in enumerate(squared.split(self.widths, 1)):
            rows = observed[:, m].sum()
            error = (block.mean(1) * observed[:, m]).sum() / rows.clamp(min=1)
            # a batch without this modality says nothing about its variance
            rate_m = rate * (rows > 0)
            self.variance[m] = torch.clamp(self.variance[m] + rate_m * (error - self.variance[m]), min=VARIANCE_FLOOR)


def _normal_like(tensor, generator):
    return torch.randn(tensor.shape, generator=generator, device=tensor.device, dtype=tensor.dtype)
