"""Training through skorch: the one NeuralNet subclass, and how a net is set up and run."""

import numpy as np
import torch
from sklearn.base import clone
from skorch import NeuralNet
from skorch.callbacks import Callback
from skorch.helper import predefined_split
from skorch.utils import TeeGenerator

from ._batches import Batches
from ._callbacks import Diagnostics, EpochBar, PatientStopping
from ._objective import gaussian_kl, total_correlation
from ._prior import StandardNormal


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
    guide_weight : float
        Weight of the cross-entropy of a guide, where batches bring one.
    warmup_steps : int
        Steps over which the weight rises from 0 to `beta`.
    precision : {"float32", "bf16"}
        Of the networks' arithmetic.
    accumulate : int
        Batches whose gradients make one step.
    seed : int
        Seed of the noise.
    """

    def __init__(
        self,
        module,
        *,
        beta=1.0,
        regularizer="kl",
        free_bits=0.0,
        guide_weight=0.0,
        warmup_steps=0,
        precision="float32",
        accumulate=1,
        seed=0,
        **kwargs,
    ):
        super().__init__(module, criterion=torch.nn.Identity, **kwargs)
        self.beta = beta
        self.regularizer = regularizer
        self.free_bits = free_bits
        self.guide_weight = guide_weight
        self.warmup_steps = warmup_steps
        self.precision = precision
        self.accumulate = accumulate
        self.seed = seed

    @property
    def _default_callbacks(self):
        return [("diagnostics", Diagnostics())]

    def warmth(self, training=True):
        """Share of the regulariser's weight at this step; held-out rows are always judged at the full weight."""
        if not training or self.module_.n_steps >= self.warmup_steps:
            return 1.0
        return self.module_.n_steps / self.warmup_steps

    def initialize(self):
        """Set up, with a source of noise."""
        super().initialize()
        self.generator_ = torch.Generator(self.device).manual_seed(self.seed)
        self.waiting_ = []  # rows of the batches whose gradients wait for a step
        return self

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Run the epochs that are left: a training that is taken up again has some behind it."""
        self.n_rows = len(X)
        epochs = self.max_epochs - len(self.history) if epochs is None else epochs
        return super().fit_loop(X, y, epochs, **fit_params)

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch; held-out rows meet the same noise in every epoch, so that epochs compare."""
        if iterator is None:
            return
        self._set_training(training)
        if training:
            self._run_batches(iterator, training, prefix, step_fn)
            self._step_waiting()
            return
        state = self.generator_.get_state()
        self.generator_.manual_seed(self.seed)
        self._run_batches(iterator, training, prefix, step_fn)
        self.generator_.set_state(state)

    def _run_batches(self, iterator, training, prefix, step_fn):
        # skorch reads the loss of every batch back, for which a device has to wait, and tells every callback of every
        # batch: on small networks that costs as much as the networks do.
        begin, end = self._listeners("on_batch_begin"), self._listeners("on_batch_end")
        self.on_gradient_ = self._listeners("on_grad_computed")
        losses, sizes, records = [], [], self.history[-1, "batches"]
        for batch in iterator:
            sizes.append(len(batch[0]["x"]))
            records.append({f"{prefix}_batch_size": sizes[-1]})
            for listen in begin:
                listen(self, batch=batch, training=training)
            step = step_fn(batch)
            losses.append(step["loss"].detach())
            for listen in end:
                listen(self, batch=batch, training=training, **step)
        loss = float(np.average(torch.stack(losses).tolist(), weights=sizes))
        best = min((row[f"{prefix}_loss"] for row in self.history[:-1]), default=np.inf)
        self.history.record(f"{prefix}_loss", loss)
        self.history.record(f"{prefix}_loss_best", loss < best)
        self.history.record(f"{prefix}_batch_count", len(sizes))

    def _listeners(self, event):
        """Methods of the callbacks that do something at an event."""
        callbacks = [callback for _, callback in self.callbacks_]
        return [getattr(c, event) for c in callbacks if getattr(type(c), event) is not getattr(Callback, event)]

    def train_step(self, batch, **fit_params):
        """Take a step, or add to the gradient of the step to come."""
        x, _ = batch
        if not self.waiting_:
            self.optimizer_.zero_grad()
        y_pred = self.infer(x)
        loss = self.get_loss(y_pred, None, training=True)
        if self.accumulate == 1:
            loss.backward()
            self._step()
        else:
            # sums over rows, divided when the step is taken: a last batch of few rows counts by these
            (loss * len(x["x"])).backward()
            self.waiting_.append(len(x["x"]))
            if len(self.waiting_) == self.accumulate:
                self._step_waiting()
        return {"loss": loss, "y_pred": y_pred}

    def _step_waiting(self):
        if self.waiting_:
            for parameter in self.module_.parameters():
                if parameter.grad is not None:
                    parameter.grad /= sum(self.waiting_)
            self.waiting_.clear()
            self._step()

    def _step(self):
        for listen in self.on_gradient_:
            listen(self, named_parameters=TeeGenerator(self.get_all_learnable_params()), training=True)
        self.optimizer_.step()

    def _set_training(self, training=True):
        if self.module_.training != training:  # skorch says so at every batch
            super()._set_training(training)

    def infer(self, x, **fit_params):
        """Pass a batch through the module."""
        if self.precision == "float32":
            return self.module_(**x, generator=self.generator_)
        with torch.autocast(torch.device(self.device).type, dtype=torch.bfloat16):
            return self.module_(**x, generator=self.generator_)

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
        log_likelihood = output.log_likelihoods
        if len(self.module_.widths) > 1:
            widths = log_likelihood.new_tensor(self.module_.widths)
            log_likelihood = log_likelihood @ (widths.sum() / (len(widths) * widths))
        loss = self._penalty(output, warmth) - log_likelihood.mean()
        if output.disagreement is not None:
            loss = loss + self.guide_weight * output.disagreement.mean()
        return loss

    def _penalty(self, output, warmth):
        """Mean over rows of the weighted regulariser, in nats."""
        if self.regularizer is None:
            return 0.0
        if self.regularizer == "tc":
            correlation = total_correlation(output.z, output.mean, output.log_variance, self.n_rows)
            return warmth * (output.kl.mean() + (self.beta - 1) * correlation.mean())
        if self.free_bits and isinstance(self.module_.prior, StandardNormal):
            per_unit = gaussian_kl(output.mean.unsqueeze(-1), output.log_variance.unsqueeze(-1)).mean(0)
            return warmth * self.beta * per_unit.clamp(min=self.free_bits).sum()
        return warmth * self.beta * output.kl.mean()


def make_net(module, settings, *, device, seed, n_rows, **more):
    """Set up the net that trains a module.

    Parameters
    ----------
    module : LatentModule
        On `device`.
    settings : VAETransformer
        Says how to train.
    device : str
        Where to.
    seed : int
        Seed of order and noise.
    n_rows : int
        Number of training rows, by which ``batch_size="auto"`` goes.
    **more
        Further parameters of the net.

    Returns
    -------
    ElboNet
        Not yet trained.
    """
    batch_size = min(max(n_rows // 8, 32), 256) if settings.batch_size == "auto" else settings.batch_size
    return ElboNet(
        module,
        beta=settings.beta,
        regularizer=settings.regularizer,
        free_bits=settings.free_bits,
        precision=settings.precision,
        accumulate=settings.accumulate,
        seed=seed,
        device=device,
        optimizer=torch.optim.Adam,
        optimizer__fused=True,
        lr=settings.learning_rate,
        batch_size=batch_size,
        iterator_train=Batches,
        iterator_train__generator=torch.Generator().manual_seed(seed),
        iterator_valid=Batches,
        verbose=0,  # skorch prints; a library does not
        **({"callbacks": clone(settings.callbacks or [], safe=False), "train_split": None} | more),
    )


def train(module, table, settings, *, device, kl_warmup, max_epochs, seed, guide_weight=0.0, last_callbacks=()):
    """Train a module in place and keep the weights of the best held-out objective.

    Parameters
    ----------
    module : LatentModule
        On `device`.
    table : TensorTable or BlockTable
        The rows.
    settings : VAETransformer
        Says how to train.
    device : str
        Where to.
    kl_warmup : float
        Share of the steps over which the regulariser's weight rises.
    max_epochs : int
        Passes over the training rows at most.
    seed : int
        Seed of the split, the order and the noise.
    guide_weight : float
        Weight of the cross-entropy of a guide.
    last_callbacks : sequence of (str, skorch.callbacks.Callback)
        Run after all others.

    Returns
    -------
    ElboNet
        The trained net; its history has a row per epoch.
    """
    callbacks = clone(settings.callbacks or [], safe=False)
    rest, held_out = table.split(settings.validation_fraction, torch.Generator().manual_seed(seed))
    split = None
    # Fewer than two held-out rows say nothing.
    if len(held_out) >= 2 and len(rest) >= 2:
        split = predefined_split(held_out)
        # skorch's relative threshold loosens where a loss is negative, which a bound of densities may well be
        rule = {"patience": settings.patience, "threshold": 0.0, "threshold_mode": "abs", "load_best": True}
        callbacks = [*callbacks, ("early_stopping", PatientStopping(**rule))]
    else:
        rest = table
    if settings.verbose:
        callbacks = [*callbacks, ("progress", EpochBar())]
    module.n_steps = 0
    net = make_net(
        module,
        settings,
        device=device,
        seed=seed,
        n_rows=len(rest),
        max_epochs=max_epochs,
        guide_weight=guide_weight,
        train_split=split,
        callbacks=[*callbacks, *last_callbacks],
    )
    net.warmup_steps = round(kl_warmup * max_epochs * rest.n_batches(net.batch_size))
    net.fit(rest, None)
    net.train_split = None  # the held-out rows need not live as long as the net
    return net
