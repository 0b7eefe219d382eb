"""Evidence lower bound on held-out rows, computed in the same way for all models."""

import torch
from _bare import LOG_2PI


def elbo(encode, decode, fitted, held_out, n_draws=16):
    """Return the mean bound of the held-out rows in nats. The variance is the mean squared error of the fitted rows."""
    n_latent = encode(held_out[:1])[0].shape[1]
    noise = torch.randn(n_draws, n_latent, generator=torch.Generator().manual_seed(0))

    def error(x):
        mean, std = encode(x)
        squared = [(decode(mean + std * draw) - x).square().sum(1) for draw in noise]
        return sum(squared) / n_draws, 0.5 * (std.square() + mean.square() - 1 - 2 * std.log()).sum(1)

    with torch.no_grad():
        variance = error(fitted)[0].mean() / fitted.shape[1]
        squared, kl = error(held_out)
        width = held_out.shape[1]
        return (-0.5 * (squared / variance + width * (LOG_2PI + variance.log())) - kl).mean().item()


def skvae_elbo(vae, fitted, held_out):
    """Compute the bound of a `VAETransformer` with its public methods."""

    def encode(x):
        return [torch.from_numpy(part) for part in vae.posterior(x.numpy())]

    return elbo(encode, lambda z: torch.from_numpy(vae.inverse_transform(z.numpy())), fitted, held_out)


def pythae_elbo(model, fitted, held_out, device):
    """Compute the bound of a pythae model."""

    def encode(x):
        output = model.encoder(x.to(device))
        return output.embedding.cpu(), (0.5 * output.log_covariance).exp().cpu()

    model.eval()
    return elbo(encode, lambda z: model.decoder(z.to(device))["reconstruction"].cpu(), fitted, held_out)
