"""What happens between the epochs of training: recording, stopping, showing."""

from copy import deepcopy

import numpy as np
import torch
from skorch.callbacks import Callback, EarlyStopping
from tqdm import tqdm

# A unit whose posterior mean moves less than this over the rows carries nothing: Burda, Grosse and Salakhutdinov,
# "Importance weighted autoencoders", ICLR 2016, section 5.1.
ACTIVE_VARIANCE = 0.01
# Batches whose values are copied together: copying each would cost a small net as much as a layer.
BATCHES_WAITING = 64


class DivergedError(ArithmeticError):
    """The training loss is no longer a number."""


class Diagnostics(Callback):
    """Record the parts of the bound, unweighted and per row in nats, and how many units are active."""

    def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Start anew."""
        tables = {"train": dataset_train, "valid": dataset_valid}
        self._rows = {name: Rows(len(table)) for name, table in tables.items() if table is not None}

    def on_batch_end(self, net, batch=None, training=False, y_pred=None, **kwargs):
        """Keep what the batch gave."""
        parts = y_pred.log_likelihoods.detach(), y_pred.kl.detach(), y_pred.mean.detach()
        self._rows["train" if training else "valid"].add(*parts)

    def on_epoch_end(self, net, **kwargs):
        """Average over the epoch, and refuse to go on from a loss that is no number."""
        if not np.isfinite(net.history[-1, "train_loss"]):
            raise DivergedError(
                f"The training loss became {net.history[-1, 'train_loss']} in epoch {net.history[-1, 'epoch']}"
            )
        net.history.record("kl_weight", net.beta * net.warmth() if net.regularizer else 0.0)
        for name, rows in self._rows.items():
            log_likelihoods, kls, mean = rows.values()
            reconstruction, kl = -log_likelihoods.sum(1).mean().item(), kls.mean().item()
            net.history.record(f"{name}_reconstruction", reconstruction)
            net.history.record(f"{name}_kl", kl)
            net.history.record(f"{name}_elbo", -reconstruction - kl)
            if name == "train":
                active = mean.var(0, correction=0) > ACTIVE_VARIANCE
                net.history.record("active_units", int(active.sum()))
        del self._rows


class Rows:
    """Values of all rows of an epoch, in the order in which batches bring them.

    They end in one tensor for the epoch: thousands of small ones that outlive their batch would keep the memory of the
    large ones between them from being given back.

    Parameters
    ----------
    n : int
        Number of rows.
    """

    def __init__(self, n):
        self.n = n
        self.end = 0
        self.whole = None
        self.waiting = []

    def add(self, *parts):
        """Append a batch: tensors of shape (n_batch, ...)."""
        self.waiting.append(parts)
        if len(self.waiting) == BATCHES_WAITING:
            self.values()

    def values(self):
        """Give all that came; tensors of shape (n, ...)."""
        if self.waiting:
            parts = [torch.cat(part) for part in zip(*self.waiting, strict=True)]
            self.waiting = []
            self.whole = self.whole or [part.new_empty((self.n, *part.shape[1:])) for part in parts]
            start, self.end = self.end, self.end + len(parts[0])
            for whole, part in zip(self.whole, parts, strict=True):
                whole[start : self.end] = part
        return self.whole


class PatientStopping(EarlyStopping):
    """Early stopping that starts counting after the KL warm-up: before it, the bound is not yet the one trained."""

    def on_epoch_end(self, net, **kwargs):
        """Count, once the weight is full."""
        if net.module_.n_steps >= net.warmup_steps:
            super().on_epoch_end(net, **kwargs)


class StoppingFromStart(PatientStopping):
    """Early stopping for a model that is good already: unless an epoch betters its objective, it stays as it was."""

    def on_train_begin(self, net, X=None, **kwargs):
        """Take the model as handed over for the best so far."""
        super().on_train_begin(net, **kwargs)
        _, held_out = net.get_split_datasets(X, None)
        self.dynamic_threshold_ = net.held_out_loss(held_out)
        self.best_model_weights_ = deepcopy(net.module_.state_dict())


class EpochBar(Callback):
    """A progress bar over epochs, silent where there is no terminal."""

    def on_train_begin(self, net, **kwargs):
        """Open."""
        self._bar = tqdm(desc="training", total=net.max_epochs, unit="epoch", disable=None, leave=False)

    def on_epoch_end(self, net, **kwargs):
        """Move on; a resumed training starts where it stopped."""
        self._bar.update(net.history[-1, "epoch"] - self._bar.n)

    def on_train_end(self, net, **kwargs):
        """Close."""
        self._bar.close()
        del self._bar
