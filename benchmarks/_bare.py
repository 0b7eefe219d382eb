"""The VAE of `VAETransformer` in plain PyTorch: model, objective and training. The reference for the timing of skvae.

This module does not use skvae. The loop is written for speed. The table is one tensor on the device, a batch is one
index operation, and no value is copied to the CPU within an epoch. The weights with the best validation loss are kept.
"""

import math
import time
from itertools import pairwise

import torch
from torch import nn

LOG_2PI = math.log(2 * math.pi)


def stack(widths):
    """Linear layers with ReLU between them."""
    layers = []
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def clock(device):
    """Return the time after the device has finished its work."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


class BareVAE(nn.Module):
    """MLP encoder and decoder, Gaussian likelihood with a solved variance, standard normal prior."""

    def __init__(self, widths):
        super().__init__()
        *hidden, n_latent = widths[1:]
        self.encoder = stack([widths[0], *hidden, 2 * n_latent])
        self.decoder = stack([n_latent, *reversed(hidden), widths[0]])
        self.register_buffer("variance", torch.ones(()))

    def terms(self, x, noisy):
        """Return the mean squared error and the KL divergence, both averaged over rows."""
        mean, log_variance = self.encoder(noisy).chunk(2, 1)
        log_variance = log_variance.clamp(-10, 10)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        kl = 0.5 * (log_variance.exp() + mean.square() - 1 - log_variance).sum(1).mean()
        return nn.functional.mse_loss(self.decoder(z), x), kl

    def loss(self, error, kl, weight):
        """Return the negative bound in nats per row."""
        width = self.encoder[0].in_features
        return weight * kl + 0.5 * width * (error / self.variance + LOG_2PI + torch.log(self.variance))


def train(x, widths, *, epochs, batch_size, device, fused):
    """Train with the default settings of `VAETransformer`.

    Parameters
    ----------
    x : torch.Tensor of shape (n, d)
        Table.
    widths : list of int
        Number of columns, sizes of the hidden layers, number of latent units.
    epochs : int
        Number of epochs.
    batch_size : int
        Number of rows per step.
    device : {"cpu", "cuda"}
        Device.
    fused : bool or None
        As in `torch.optim.Adam`. None is the default of Adam.

    Returns
    -------
    model : BareVAE
        Model with the best weights.
    starts : list of float
        Time at the start of each epoch and at the end.
    """
    x = x.to(device)
    order = torch.randperm(len(x), device=device)
    n_valid = round(0.1 * len(x))
    valid, x = x[order[:n_valid]], x[order[n_valid:]]
    model = BareVAE(widths).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)
    warmup = round(0.33 * epochs * -(-len(x) // batch_size))
    best, best_weights, step, starts = math.inf, None, 0, []
    for _ in range(epochs):
        starts.append(clock(device))
        model.train()
        total = torch.zeros((), device=device)
        for rows in torch.randperm(len(x), device=device).split(batch_size):
            batch = x[rows]
            error, kl = model.terms(batch, batch + 0.5 * torch.randn_like(batch))
            with torch.no_grad():  # the variance is the running mean squared error
                model.variance.lerp_(error, max(1 / (step + 1), 0.05)).clamp_(min=1e-6)
            loss = model.loss(error, kl, min(step / max(warmup, 1), 1.0))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
            step += 1
        model.eval()
        with torch.no_grad():
            losses = [model.loss(*model.terms(batch, batch), 1.0) * len(batch) for batch in valid.split(batch_size)]
        total, valid_loss = torch.stack([total, sum(losses)]).tolist()
        if not math.isfinite(total):
            raise ArithmeticError(f"the loss became {total}")
        if valid_loss < best:
            best, best_weights = valid_loss, {name: value.clone() for name, value in model.state_dict().items()}
    starts.append(clock(device))
    model.load_state_dict(best_weights)
    return model, starts
