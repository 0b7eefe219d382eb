"""PyTorch module of a variational autoencoder: encoders, fusion, prior and decoders."""

from typing import NamedTuple

import torch
from torch import nn

from ...networks.fusion._base import SingleModality, append_condition
from ...networks.fusion._early import EarlyFusion
from ...networks.fusion._registry import FUSIONS
from ._likelihoods import LIKELIHOODS
from ._priors import NoPrior, StandardNormal

# Bounds of the posterior log-variances. They keep all terms of the objective finite. e^10 is far larger than the
# variance of a standardized latent unit, and e^-10 is smaller than training can resolve.
LOG_VARIANCE_BOUNDS = (-10.0, 10.0)
# A latent unit is inactive if the variance of its posterior mean over the rows is smaller than this value (Y. Burda,
# R. Grosse and R. Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, section 5.1).
ACTIVE_VARIANCE = 0.01


class LatentOutput(NamedTuple):
    """Output of one forward pass."""

    mean: torch.Tensor  # (n, n_latent)
    log_variance: torch.Tensor  # (n, n_latent)
    z: torch.Tensor  # (n, n_latent), the draw that was decoded
    log_likelihoods: torch.Tensor  # (n, n_modalities), nats; 0 if the modality is missing
    kl: torch.Tensor  # (n,), nats
    guide_cross_entropy: torch.Tensor | None = None  # (n,), nats
    unimodal: "LatentOutput | None" = None  # the same rows with one modality each, in training only


class LatentModule(nn.Module):
    """Variational autoencoder for one or several modalities.

    The input contains the columns of all modalities side by side. A batch is therefore a slice of one tensor.

    Parameters
    ----------
    networks : list of Network
        Network of each modality.
    widths : list of int
        Number of columns of each modality.
    n_latent : int
        Number of latent units.
    n_condition : int
        Number of condition columns.
    fusion : {"poe", "late", "attention", "early"}
        Method that combines the modalities into one posterior.
    joint_network : Network
        Network of the single encoder. Used if `fusion` is "early".
    likelihood : {"gaussian", "bernoulli"}
        Likelihood of the data given the latent representation.
    input_noise : float
        Standard deviation of the Gaussian noise that is added to the inputs during training.
    stochastic : bool
        Whether the decoder receives draws from the posterior. If False, the decoder receives the posterior mean and
        the module is a plain autoencoder without a prior.
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
        self.n_latent = n_latent
        self.input_noise = input_noise
        self.stochastic = stochastic
        # Number of training steps. It determines the KL weight and the averaging rate of the variance.
        self.n_steps = 0

    def forward(self, x, observed, condition, generator=None, guide=None):
        """Compute the terms of the objective for a batch.

        Parameters
        ----------
        x : torch.Tensor of shape (n, sum of widths)
            Scaled features, with zeros where a modality is missing.
        observed : torch.Tensor of shape (n, n_modalities)
            1 if the row has the modality, else 0.
        condition : torch.Tensor of shape (n, n_condition)
            Condition columns.
        generator : torch.Generator or None
            Random number generator of the noise.
        guide : torch.Tensor of shape (n, n_components) or None
            Target memberships for a mixture prior.

        Returns
        -------
        LatentOutput
            Terms of the objective.
        """
        noisy = x
        if self.training and self.input_noise:
            noisy = torch.add(x, _draw_noise(x, x.shape[1], generator), alpha=self.input_noise)
        noise = _draw_noise(x, self.n_latent, generator) if self.stochastic else None
        if not self.training or len(self.widths) == 1:
            return self._elbo(noisy, x, observed, condition, noise, guide)
        # Wu and Goodman (2018), section 2.2: the encoder of a single modality learns to infer the latent
        # representation only if the objective contains terms with this modality alone. Each row contributes a second
        # term with one of its modalities, drawn at random.
        priority = torch.rand(observed.shape, generator=generator, device=x.device) * observed
        single = nn.functional.one_hot(priority.argmax(1), observed.shape[1]).to(x) * observed
        pairs = [(noisy, noisy), (x, x), (observed, single), (condition, condition)]
        pairs.append((noise, _draw_noise(x, self.n_latent, generator)) if self.stochastic else None)
        pairs.append(None if guide is None else (guide, guide))
        # One pass with the rows of both terms. If the networks are small, it takes half the time of two passes.
        output = self._elbo(*(None if pair is None else torch.cat(pair) for pair in pairs), n_update=len(x))
        joint, unimodal = (
            LatentOutput(*(None if value is None else value[part] for value in output))
            for part in (slice(len(x)), slice(len(x), None))
        )
        return joint._replace(unimodal=unimodal)

    def posterior(self, x, observed, condition):
        """Compute the mean and log-variance of q(z|x), each of shape (n, n_latent)."""
        mean, log_variance = self.encode(x, observed, condition)
        if not self.stochastic:  # this half of the encoder output is not trained
            log_variance = torch.full_like(mean, LOG_VARIANCE_BOUNDS[0])
        # The networks may use half precision. The objective uses the precision of x.
        return mean.to(x.dtype), log_variance.to(x.dtype).clamp(*LOG_VARIANCE_BOUNDS)

    def decode(self, z, condition):
        """Compute the expected features of all modalities side by side, of shape (n, sum of widths)."""
        blocks = zip(self.likelihoods, self._decoder_outputs(z, condition), strict=True)
        return torch.cat([likelihood.mean(decoded) for likelihood, decoded in blocks], 1)

    def log_likelihoods(self, x, z, observed, condition):
        """Compute the log-density of each modality given z, of shape (n, n_modalities), in nats.

        The value is 0 if the modality is missing.
        """
        return self._log_likelihoods(self._distances(x, z, condition), observed)

    def _elbo(self, noisy, x, observed, condition, noise, guide, n_update=None):
        """Compute the terms of the objective for given inputs and targets.

        In training, the first `n_update` rows update the variances of the likelihoods.
        """
        mean, log_variance = self.posterior(noisy, observed, condition)
        z = mean if noise is None else torch.addcmul(mean, torch.exp(0.5 * log_variance), noise)
        distances = self._distances(x, z, condition)
        if self.training:
            # The mean over the first 20 steps, then an exponential moving average over about 20 steps.
            rate = max(1 / (self.n_steps + 1), 0.05)
            masks = [None] if len(self.widths) == 1 else observed[:n_update].unbind(1)
            parts = zip(self.likelihoods, distances, self.widths, masks, strict=True)
            for likelihood, distance, width, mask in parts:
                likelihood.update(distance[:n_update].detach(), width, mask, rate)
            self.n_steps += 1
        log_likelihoods = self._log_likelihoods(distances, observed)
        kl = self.prior.kl(mean, log_variance)
        cross_entropy = None if guide is None else self.prior.guide_cross_entropy(mean, guide)
        return LatentOutput(mean, log_variance, z, log_likelihoods, kl, cross_entropy)

    def _decoder_outputs(self, z, condition):
        """Compute the output of each decoder."""
        z = append_condition(z, condition)
        return [decoder(z).to(z.dtype) for decoder in self.decoders]

    def _distances(self, x, z, condition):
        """Compute the distance between data and decoder output, per modality."""
        blocks = zip(self.likelihoods, x.split(self.widths, 1), self._decoder_outputs(z, condition), strict=True)
        return [likelihood.distance(block, decoded) for likelihood, block, decoded in blocks]

    def _log_likelihoods(self, distances, observed):
        """Compute the log-density of each modality from its distances."""
        if len(distances) == 1:  # rows without the only modality are not part of a batch
            return self.likelihoods[0].log_prob(distances[0], self.widths[0]).unsqueeze(1)
        parts = zip(self.likelihoods, distances, self.widths, strict=True)
        return (
            torch.stack([likelihood.log_prob(distance, width) for likelihood, distance, width in parts], 1) * observed
        )


def _draw_noise(x, n_columns, generator):
    """Draw standard normal noise with the number of rows, dtype and device of a tensor."""
    return torch.randn((len(x), n_columns), generator=generator, device=x.device, dtype=x.dtype)
