"""The VAE of `VAETransformer`, its objective and its training in plain torch: what skvae is timed against.

Nothing of skvae is used. The loop is what one would write for speed: the table is one tensor on the device, a batch is
one index operation, nothing is read back within an epoch, and the weights of the best validation loss are kept.
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
    """Read the clock, once the device has done its work."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


class BareVAE(nn.Module):
    """MLP encoder and decoder, a Gaussian likelihood with a solved variance, a standard normal prior."""

    def __init__(self, widths):
        super().__init__()
        *hidden, n_latent = widths[1:]
        self.encoder = stack([widths[0], *hidden, 2 * n_latent])
        self.decoder = stack([n_latent, *reversed(hidden), widths[0]])
        self.register_buffer("variance", torch.ones(()))

    def terms(self, x, noisy):
        """Mean squared error, and divergence from the prior: mean over the rows."""
        mean, log_variance = self.encoder(noisy).chunk(2, 1)
        log_variance = log_variance.clamp(-10, 10)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        kl = 0.5 * (log_variance.exp() + mean.square() - 1 - log_variance).sum(1).mean()
        return nn.functional.mse_loss(self.decoder(z), x), kl

    def loss(self, error, kl, weight):
        """Negative bound, in nats per row."""
        width = self.encoder[0].in_features
        return weight * kl + 0.5 * width * (error / self.variance + LOG_2PI + torch.log(self.variance))


def train(x, widths, *, epochs, batch_size, device, fused):
    """Train on the rows of a tensor with the settings that `VAETransformer` has by default.

    Parameters
    ----------
    x : torch.Tensor of shape (n, d)
        The table.
    widths : list of int
        Columns, hidden layers, latent units.
    epochs, batch_size : int
        Passes, and rows per step.
    device : {"cpu", "cuda"}
        Where.
    fused : bool or None
        As in `torch.optim.Adam`; None is what a plain ``Adam(parameters)`` does.

    Returns
    -------
    model : BareVAE
        With the best weights.
    starts : list of float
        The clock at the start of each epoch, and at the end.
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
