"""Callbacks that record, stop and display training."""

from copy import deepcopy

import numpy as np
import torch
from skorch.callbacks import Callback, EarlyStopping
from tqdm import tqdm

from ..model._module import ACTIVE_VARIANCE

# Number of batches whose values are copied together. On small networks, copying after each batch takes as long as a
# layer.
BATCHES_PER_COPY = 64


# The default format shows the time that remains until the maximum number of epochs as if it were exact.
BAR_FORMAT = "{l_bar}{bar}| {n_fmt} of at most {total_fmt} epochs [{elapsed}, at most {remaining} left, {rate_fmt}]"


class DivergedError(ArithmeticError):
    """Error raised if the training loss is NaN or infinite."""


class Diagnostics(Callback):
    """Record the unweighted terms of the ELBO per row, in nats, and the number of active units."""

    def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Prepare the values of the epoch."""
        tables = {"train": dataset_train, "valid": dataset_valid}
        self._values = {name: EpochValues(len(table)) for name, table in tables.items() if table is not None}

    def on_batch_end(self, net, batch=None, training=False, y_pred=None, **kwargs):
        """Store the values of a batch."""
        parts = y_pred.log_likelihoods.detach(), y_pred.kl.detach(), y_pred.mean.detach()
        self._values["train" if training else "valid"].add(*parts)

    def on_epoch_end(self, net, **kwargs):
        """Record the averages over the epoch. Raise DivergedError if the training loss is not finite."""
        if not np.isfinite(net.history[-1, "train_loss"]):
            raise DivergedError(
                f"The training loss became {net.history[-1, 'train_loss']} in epoch {net.history[-1, 'epoch']}."
            )
        net.history.record("kl_weight", net.beta * net.warmup_factor() if net.regularizer else 0.0)
        for name, values in self._values.items():
            log_likelihoods, kls, mean = values.collect()
            reconstruction, kl = -log_likelihoods.sum(1).mean().item(), kls.mean().item()
            net.history.record(f"{name}_reconstruction", reconstruction)
            net.history.record(f"{name}_kl", kl)
            net.history.record(f"{name}_elbo", -reconstruction - kl)
            if name == "train":
                active = mean.var(0, correction=0) > ACTIVE_VARIANCE
                net.history.record("active_units", int(active.sum()))
        del self._values


class EpochValues:
    """Values of all rows of an epoch, in the order of the batches.

    The values are copied to one tensor per epoch. Thousands of small tensors would fragment the memory between the
    large temporary tensors.

    Parameters
    ----------
    n : int
        Number of rows.
    """

    def __init__(self, n):
        self.n = n
        self.end = 0
        self.tensors = None
        self.pending = []

    def add(self, *parts):
        """Append the tensors of a batch, each of shape (n_batch, ...)."""
        self.pending.append(parts)
        if len(self.pending) == BATCHES_PER_COPY:
            self.collect()

    def collect(self):
        """Return the tensors of all rows, each of shape (n, ...)."""
        if self.pending:
            parts = [torch.cat(part) for part in zip(*self.pending, strict=True)]
            self.pending = []
            self.tensors = self.tensors or [part.new_empty((self.n, *part.shape[1:])) for part in parts]
            start, self.end = self.end, self.end + len(parts[0])
            for tensor, part in zip(self.tensors, parts, strict=True):
                tensor[start : self.end] = part
        return self.tensors


class PatientStopping(EarlyStopping):
    """Early stopping that starts after the KL warm-up, because the objective changes during warm-up."""

    def on_epoch_end(self, net, **kwargs):
        """Count epochs without improvement after the warm-up."""
        if net.module_.n_steps >= net.warmup_steps:
            super().on_epoch_end(net, **kwargs)


class StoppingFromStart(PatientStopping):
    """Early stopping that keeps the initial weights if no epoch improves the validation loss."""

    def on_train_begin(self, net, X=None, **kwargs):
        """Use the initial weights as the best weights so far."""
        super().on_train_begin(net, **kwargs)
        _, valid = net.get_split_datasets(X, None)
        self.dynamic_threshold_ = net.validation_loss(valid)
        self.best_model_weights_ = deepcopy(net.module_.state_dict())


class EpochBar(Callback):
    """Progress bar over epochs. Hidden if the output is not a terminal."""

    def on_train_begin(self, net, **kwargs):
        """Open the progress bar."""
        self._bar = tqdm(
            desc="training", total=net.max_epochs, disable=None, leave=False, unit="epoch", bar_format=BAR_FORMAT
        )

    def on_epoch_end(self, net, **kwargs):
        """Update the progress bar. A resumed training continues at the epoch of the checkpoint."""
        self._bar.update(net.history[-1, "epoch"] - self._bar.n)

    def on_train_end(self, net, **kwargs):
        """Close the progress bar."""
        self._bar.close()
        del self._bar
