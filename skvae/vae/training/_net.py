"""The one NeuralNet subclass: skorch's training loop on the evidence lower bound."""

import contextlib

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback
from skorch.utils import TeeGenerator

from ..model._objective import gaussian_kl, total_correlation
from ..model._priors import StandardNormal
from ._callbacks import Diagnostics


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

    def partial_fit(self, X, y=None, classes=None, **fit_params):
        """Train. An interrupt is passed on: skorch would let what is half trained pass for trained."""
        self.interrupt_ = None
        self.n_rows = len(X)
        super().partial_fit(X, y, classes, **fit_params)
        if self.interrupt_ is not None:
            raise self.interrupt_
        return self

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Run the epochs that are left: a training that is taken up again has some behind it."""
        self.stopped_ = False
        epochs = self.max_epochs - len(self.history) if epochs is None else epochs
        try:
            return super().fit_loop(X, y, epochs, **fit_params)
        except KeyboardInterrupt as interrupt:
            if not self.stopped_:
                self.interrupt_ = interrupt
            raise

    @contextlib.contextmanager
    def _stopping(self):
        # callbacks of skorch's end a training by the exception that is the user's Ctrl-C, too
        try:
            yield
        except KeyboardInterrupt:
            self.stopped_ = True
            raise

    def notify(self, method_name, **cb_kwargs):
        """Tell all callbacks of an event."""
        with self._stopping():
            super().notify(method_name, **cb_kwargs)

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch; held-out rows meet the same noise in every epoch, so that epochs compare."""
        if iterator is None:
            return
        self._set_training(training)
        if training:
            self._run_batches(iterator, training, prefix, step_fn)
            self._step_waiting()
            return
        with self.held_out_noise():
            self._run_batches(iterator, training, prefix, step_fn)

    @contextlib.contextmanager
    def held_out_noise(self):
        """Noise that held-out rows meet each time anew."""
        state = self.generator_.get_state()
        self.generator_.manual_seed(self.seed)
        yield
        self.generator_.set_state(state)

    def held_out_loss(self, table):
        """Mean loss of held-out rows, as an epoch would record it."""
        with self.held_out_noise():
            batches = self.get_iterator(table, training=False)
            steps = [(self.validation_step(batch)["loss"].item(), len(batch[0]["x"])) for batch in batches]
        losses, sizes = zip(*steps, strict=True)
        return float(np.average(losses, weights=sizes))

    def _run_batches(self, iterator, training, prefix, step_fn):
        # skorch reads the loss of every batch back, for which a device has to wait, and tells every callback of every
        # batch: on small networks that costs as much as the networks do.
        begin, end = self._listeners("on_batch_begin"), self._listeners("on_batch_end")
        self.on_gradient_ = self._listeners("on_grad_computed")
        losses, sizes, records = [], [], self.history[-1, "batches"]
        for batch in iterator:
            sizes.append(len(batch[0]["x"]))
            records.append({f"{prefix}_batch_size": sizes[-1]})
            with self._stopping():
                for listen in begin:
                    listen(self, batch=batch, training=training)
            step = step_fn(batch)
            losses.append(step["loss"].detach())
            with self._stopping():
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
