"""Training through skorch: the one NeuralNet subclass, whole-batch iteration, and what is recorded."""

import numpy as np
import torch
from sklearn.base import clone
from skorch import NeuralNet
from skorch.callbacks import Callback, EarlyStopping, PassthroughScoring
from skorch.dataset import get_len
from tqdm import tqdm

from ._module import StandardNormal
from ._objective import gaussian_kl, total_correlation

# A unit whose posterior mean moves less than this over the rows carries nothing: Burda, Grosse and Salakhutdinov,
# "Importance weighted autoencoders", ICLR 2016, section 5.1.
ACTIVE_VARIANCE = 0.01


class DivergedError(ArithmeticError):
    """The training loss is no longer a number."""


class TensorTable(torch.utils.data.Dataset):
    """Tensors of equal length, all on the training device, that the module takes as keywords."""

    def __init__(self, **tensors):
        self.tensors = tensors

    def __len__(self):
        return get_len(self.tensors)

    def __getitem__(self, rows):
        return {name: tensor[rows] for name, tensor in self.tensors.items()}, None


class Batches:
    """Yield whole batches by index: no worker, no collation, no copy through the host.

    A `DataLoader` fetches and stacks one row at a time, which costs more than the network does on tables.
    """

    def __init__(self, dataset, batch_size, generator=None):
        self.dataset = dataset
        self.batch_size = batch_size
        self.generator = generator  # shuffles; None keeps the order

    def __len__(self):
        return -(-len(self.dataset) // self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = torch.arange(n) if self.generator is None else torch.randperm(n, generator=self.generator)
        for rows in order.split(self.batch_size):
            yield self.dataset[rows]


class ElboNet(NeuralNet):
    """A skorch net whose loss is the negative evidence lower bound.

    Parameters
    ----------
    module : LatentModule
        The module to train, in place.
    beta : float
        Weight of the regulariser after warm-up.
    regularizer : {"kl", "tc"} or None
        As in `VAETransformer`.
    free_bits : float
        Nats of each unit's divergence that cost nothing.
    warmup_steps : int
        Steps over which the weight rises from 0 to `beta`.
    seed : int
        Seed of the batch order and of the noise.
    """

    def __init__(self, module, *, beta=1.0, regularizer="kl", free_bits=0.0, warmup_steps=0, seed=0, **kwargs):
        super().__init__(module, criterion=torch.nn.Identity, **kwargs)
        self.beta = beta
        self.regularizer = regularizer
        self.free_bits = free_bits
        self.warmup_steps = warmup_steps
        self.seed = seed

    @property
    def _default_callbacks(self):
        losses = [("train_loss", PassthroughScoring("train_loss", on_train=True))]
        if self.train_split is not None:
            losses.append(("valid_loss", PassthroughScoring("valid_loss")))
        return [*losses, ("diagnostics", _Diagnostics())]

    def warmth(self, training=True):
        """Share of the regulariser's weight at this step; held-out rows are always judged at the full weight."""
        if not training or self.module_.n_steps >= self.warmup_steps:
            return 1.0
        return self.module_.n_steps / self.warmup_steps

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        """Seed the noise."""
        super().on_train_begin(net, X, y, **kwargs)
        self.generator_ = torch.Generator(self.device).manual_seed(self.seed)
        self.n_rows = len(X)

    def on_train_end(self, net, X=None, y=None, **kwargs):
        """Drop the generator: it is no part of the fitted model."""
        super().on_train_end(net, X, y, **kwargs)
        del self.generator_

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch; held-out rows meet the same noise in every epoch, so that epochs compare."""
        if training or iterator is None:
            return super().run_single_epoch(iterator, training, prefix, step_fn, **fit_params)
        state = self.generator_.get_state()
        self.generator_.manual_seed(self.seed)
        super().run_single_epoch(iterator, training, prefix, step_fn, **fit_params)
        self.generator_.set_state(state)
        return None

    def infer(self, x, **fit_params):
        """Pass a batch through the module."""
        return self.module_(**x, generator=self.generator_, **fit_params)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Mean over rows of the negative bound that is trained, in nats."""
        warmth = self.warmth(training)
        loss = self._objective(y_pred, warmth)
        if y_pred.unimodal is not None:
            loss = loss + self._objective(y_pred.unimodal, warmth)
        return loss

    def _objective(self, output, warmth):
        # Modality m counts D / (M d_m): modalities have equal say, and their sum keeps the scale of a sum over all D
        # features, so that beta means the same for one modality as for several.
        widths = output.log_likelihoods.new_tensor(self.module_.widths)
        weights = widths.sum() / (len(widths) * widths)
        return warmth * self._penalty(output) - (output.log_likelihoods @ weights).mean()

    def _penalty(self, output):
        """Mean over rows of the weighted regulariser at full warmth, in nats."""
        if self.regularizer is None:
            return 0.0
        if self.regularizer == "tc":
            correlation = total_correlation(output.z, output.mean, output.log_variance, self.n_rows)
            return output.kl.mean() + (self.beta - 1) * correlation.mean()
        if self.free_bits and isinstance(self.module_.prior, StandardNormal):
            per_unit = gaussian_kl(output.mean.unsqueeze(-1), output.log_variance.unsqueeze(-1)).mean(0)
            return self.beta * per_unit.clamp(min=self.free_bits).sum()
        return self.beta * output.kl.mean()


class _Diagnostics(Callback):
    """Record the parts of the bound, unweighted and per row in nats, and how many units are active."""

    def on_epoch_begin(self, net, **kwargs):
        self._outputs = {"train": [], "valid": []}

    def on_batch_end(self, net, batch=None, training=False, y_pred=None, **kwargs):
        parts = [y_pred.log_likelihoods.detach().sum(1), y_pred.kl.detach(), y_pred.mean.detach()]
        self._outputs["train" if training else "valid"].append(parts)

    def on_epoch_end(self, net, **kwargs):
        if not np.isfinite(net.history[-1, "train_loss"]):
            raise DivergedError(
                f"The training loss became {net.history[-1, 'train_loss']} in epoch {net.history[-1, 'epoch']}"
            )
        net.history.record("kl_weight", net.beta * net.warmth() if net.regularizer else 0.0)
        for name, outputs in self._outputs.items():
            if outputs:
                log_likelihood, kl, mean = (torch.cat(part) for part in zip(*outputs, strict=True))
                net.history.record(f"{name}_reconstruction", -log_likelihood.mean().item())
                net.history.record(f"{name}_kl", kl.mean().item())
                net.history.record(f"{name}_elbo", (log_likelihood - kl).mean().item())
                if name == "train":
                    active = mean.var(0, correction=0) > ACTIVE_VARIANCE
                    net.history.record("active_units", int(active.sum()))
        del self._outputs


class _PatientStopping(EarlyStopping):
    """Early stopping that starts counting after the KL warm-up: before it, the bound is not yet the one trained."""

    def on_epoch_end(self, net, **kwargs):
        if net.module_.n_steps >= net.warmup_steps:
            super().on_epoch_end(net, **kwargs)


class _EpochBar(Callback):
    """A progress bar over epochs, silent where there is no terminal."""

    def on_train_begin(self, net, **kwargs):
        self._bar = tqdm(desc="training", total=net.max_epochs, unit="epoch", disable=None, leave=False)

    def on_epoch_end(self, net, **kwargs):
        self._bar.update()

    def on_train_end(self, net, **kwargs):
        self._bar.close()
        del self._bar


def train(module, table, settings, *, kl_warmup, max_epochs, seed):
    """Train a module in place and keep the weights of the best held-out objective.

    Parameters
    ----------
    module : LatentModule
        On the device that `table` is on.
    table : TensorTable
        The rows.
    settings : VAETransformer
        Says how to train.
    kl_warmup : float
        Share of the steps over which the regulariser's weight rises.
    max_epochs : int
        Passes over the training rows at most.
    seed : int
        Seed of the split, the order and the noise.

    Returns
    -------
    ElboNet
        The trained net; its history has a row per epoch.
    """
    n = len(table)
    n_valid = round(n * settings.validation_fraction)
    # Fewer than two held-out rows say nothing.
    split = None
    callbacks = clone(settings.callbacks or [], safe=False)
    if n_valid >= 2 and n - n_valid >= 2:
        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
        valid, rest = order[:n_valid].sort().values, order[n_valid:].sort().values
        split = _FixedSplit(rest, valid)
        # skorch's relative threshold loosens where a loss is negative, which a bound of densities may well be
        rule = {"patience": settings.patience, "threshold": 0.0, "threshold_mode": "abs", "load_best": True}
        callbacks = [*callbacks, ("early_stopping", _PatientStopping(**rule))]
    if settings.verbose:
        callbacks = [*callbacks, ("progress", _EpochBar())]
    n_train = n - n_valid if split else n
    batch_size = min(max(n_train // 8, 32), 256) if settings.batch_size == "auto" else settings.batch_size
    steps = max_epochs * -(-n_train // batch_size)
    module.n_steps = 0
    net = ElboNet(
        module,
        beta=settings.beta,
        regularizer=settings.regularizer,
        free_bits=settings.free_bits,
        warmup_steps=round(kl_warmup * steps),
        seed=seed,
        device=str(table.tensors["x"].device),
        optimizer=torch.optim.Adam,
        optimizer__fused=True,
        lr=settings.learning_rate,
        batch_size=batch_size,
        max_epochs=max_epochs,
        train_split=split,
        iterator_train=Batches,
        iterator_train__generator=torch.Generator().manual_seed(seed),
        iterator_valid=Batches,
        callbacks=callbacks,
        verbose=0,  # skorch prints; a library does not
    )
    return net.fit(table, None)


class _FixedSplit:
    """Hand skorch the two halves of a table by row."""

    def __init__(self, train, valid):
        self.train = train
        self.valid = valid

    def __call__(self, dataset):
        return TensorTable(**dataset[self.train][0]), TensorTable(**dataset[self.valid][0])
