"""skorch net that maximizes the evidence lower bound."""

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
    """skorch net whose loss is the negative evidence lower bound.

    Parameters
    ----------
    module : LatentModule
        Module that is trained in place.
    beta : float
        Weight of the regularizer after the warm-up.
    regularizer : {"kl", "tc"} or None
        See `VAETransformer`.
    free_bits : float
        KL divergence of each latent unit that is not penalized, in nats.
    guide_weight : float
        Weight of the cross-entropy between the target memberships and the memberships of the model. Ignored if the
        batches contain no guide.
    warmup_steps : int
        Number of steps during which the weight of the regularizer increases from 0 to `beta`.
    precision : {"float32", "bf16"}
        Precision of the networks.
    accumulate : int
        Number of batches per optimizer step.
    seed : int
        Seed of the noise.
    **kwargs
        Parameters of `skorch.NeuralNet`.
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

    def warmup_factor(self, training=True):
        """Return the current factor of the regularizer, from 0 to 1. Validation always uses 1."""
        if not training or self.module_.n_steps >= self.warmup_steps:
            return 1.0
        return self.module_.n_steps / self.warmup_steps

    def initialize(self):
        """Initialize the net and the random number generator of the noise."""
        super().initialize()
        self.generator_ = torch.Generator(self.device).manual_seed(self.seed)
        self.accumulated_ = []  # sizes of the batches since the last optimizer step
        return self

    def partial_fit(self, X, y=None, classes=None, **fit_params):
        """Train the net. A KeyboardInterrupt is raised again, because skorch suppresses it."""
        self.interrupt_ = None
        self.n_rows = len(X)
        super().partial_fit(X, y, classes, **fit_params)
        if self.interrupt_ is not None:
            raise self.interrupt_
        return self

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Run the remaining epochs. The history of a resumed training contains the previous epochs."""
        self.stopped_ = False
        epochs = self.max_epochs - len(self.history) if epochs is None else epochs
        try:
            return super().fit_loop(X, y, epochs, **fit_params)
        except KeyboardInterrupt as interrupt:
            if not self.stopped_:
                self.interrupt_ = interrupt
            raise

    @contextlib.contextmanager
    def _detect_stop(self):
        """Distinguish a stop by a callback from Ctrl-C. skorch uses KeyboardInterrupt for both."""
        try:
            yield
        except KeyboardInterrupt:
            self.stopped_ = True
            raise

    def notify(self, method_name, **cb_kwargs):
        """Call a method of all callbacks."""
        with self._detect_stop():
            super().notify(method_name, **cb_kwargs)

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch. Validation uses the same noise in each epoch, so that epochs are comparable."""
        if iterator is None:
            return
        self._set_training(training)
        if training:
            self._run_batches(iterator, training, prefix, step_fn)
            self._step_accumulated()
            return
        with self.validation_noise():
            self._run_batches(iterator, training, prefix, step_fn)

    @contextlib.contextmanager
    def validation_noise(self):
        """Use the noise of validation, and restore the noise of training afterwards."""
        state = self.generator_.get_state()
        self.generator_.manual_seed(self.seed)
        yield
        self.generator_.set_state(state)

    def validation_loss(self, table):
        """Compute the mean loss of a table in the same way as the validation loss of an epoch."""
        with self.validation_noise():
            batches = self.get_iterator(table, training=False)
            steps = [(self.validation_step(batch)["loss"].item(), len(batch[0]["x"])) for batch in batches]
        losses, sizes = zip(*steps, strict=True)
        return float(np.average(losses, weights=sizes))

    def _run_batches(self, iterator, training, prefix, step_fn):
        """Run the batches of an epoch and record the mean loss.

        skorch reads the loss of each batch, which synchronizes the device, and calls all callbacks for each batch. If
        the networks are small, this takes as long as the networks themselves. Here, the losses are read once per epoch,
        and only callbacks that define a method for the event are called.
        """
        on_begin, on_end = self._callback_methods("on_batch_begin"), self._callback_methods("on_batch_end")
        self.on_gradient_ = self._callback_methods("on_grad_computed")
        losses, sizes, records = [], [], self.history[-1, "batches"]
        for batch in iterator:
            sizes.append(len(batch[0]["x"]))
            records.append({f"{prefix}_batch_size": sizes[-1]})
            with self._detect_stop():
                for method in on_begin:
                    method(self, batch=batch, training=training)
            step = step_fn(batch)
            losses.append(step["loss"].detach())
            with self._detect_stop():
                for method in on_end:
                    method(self, batch=batch, training=training, **step)
        loss = float(np.average(torch.stack(losses).tolist(), weights=sizes))
        best = min((row[f"{prefix}_loss"] for row in self.history[:-1]), default=np.inf)
        self.history.record(f"{prefix}_loss", loss)
        self.history.record(f"{prefix}_loss_best", loss < best)
        self.history.record(f"{prefix}_batch_count", len(sizes))

    def _callback_methods(self, event):
        """Return the methods of callbacks that define a method for the event."""
        callbacks = [callback for _, callback in self.callbacks_]
        return [getattr(c, event) for c in callbacks if getattr(type(c), event) is not getattr(Callback, event)]

    def train_step(self, batch, **fit_params):
        """Compute gradients, and update the weights after every `accumulate` batches."""
        x, _ = batch
        if not self.accumulated_:
            self.optimizer_.zero_grad()
        y_pred = self.infer(x)
        loss = self.get_loss(y_pred, None, training=True)
        if self.accumulate == 1:
            loss.backward()
            self._step()
        else:
            # Gradients of sums over rows are divided by the number of rows before the step, because the last batch
            # may be smaller.
            (loss * len(x["x"])).backward()
            self.accumulated_.append(len(x["x"]))
            if len(self.accumulated_) == self.accumulate:
                self._step_accumulated()
        return {"loss": loss, "y_pred": y_pred}

    def _step_accumulated(self):
        """Update the weights with the average of the accumulated gradients."""
        if self.accumulated_:
            for parameter in self.module_.parameters():
                if parameter.grad is not None:
                    parameter.grad /= sum(self.accumulated_)
            self.accumulated_.clear()
            self._step()

    def _step(self):
        """Update the weights."""
        for method in self.on_gradient_:
            method(self, named_parameters=TeeGenerator(self.get_all_learnable_params()), training=True)
        self.optimizer_.step()

    def _set_training(self, training=True):
        """Switch between training and evaluation, if needed. skorch switches for each batch."""
        if self.module_.training != training:
            super()._set_training(training)

    def infer(self, x, **fit_params):
        """Compute the output of the module for a batch."""
        if self.precision == "float32":
            return self.module_(**x, generator=self.generator_)
        with torch.autocast(torch.device(self.device).type, dtype=torch.bfloat16):
            return self.module_(**x, generator=self.generator_)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Compute the negative objective, averaged over rows, in nats."""
        factor = self.warmup_factor(training)
        loss = self._compute_loss(y_pred, factor)
        if y_pred.unimodal is not None:
            loss = loss + self._compute_loss(y_pred.unimodal, factor)
        return loss

    def _compute_loss(self, output, factor):
        """Compute the negative objective of one output of the module."""
        # The log-likelihood of modality m has the weight D / (M d_m). The weights give M modalities the same influence
        # and keep the scale of a sum over all D features. beta therefore has the same effect for any number of
        # modalities.
        log_likelihood = output.log_likelihoods
        if len(self.module_.widths) > 1:
            widths = log_likelihood.new_tensor(self.module_.widths)
            log_likelihood = log_likelihood @ (widths.sum() / (len(widths) * widths))
        loss = self._compute_penalty(output, factor) - log_likelihood.mean()
        if output.guide_cross_entropy is not None:
            loss = loss + self.guide_weight * output.guide_cross_entropy.mean()
        return loss

    def _compute_penalty(self, output, factor):
        """Compute the weighted regularizer, averaged over rows, in nats."""
        if self.regularizer is None:
            return 0.0
        if self.regularizer == "tc":
            correlation = total_correlation(output.z, output.mean, output.log_variance, self.n_rows)
            return factor * (output.kl.mean() + (self.beta - 1) * correlation.mean())
        if self.free_bits and isinstance(self.module_.prior, StandardNormal):
            per_unit = gaussian_kl(output.mean.unsqueeze(-1), output.log_variance.unsqueeze(-1)).mean(0)
            return factor * self.beta * per_unit.clamp(min=self.free_bits).sum()
        return factor * self.beta * output.kl.mean()
