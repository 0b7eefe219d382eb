"""Training: KL warm-up, early stopping, history and callbacks."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from skorch.callbacks import (
    Callback,
    Checkpoint,
    EarlyStopping,
    EpochTimer,
    GradientNormClipping,
    LRScheduler,
    ProgressBar,
)

from skvae import VAETransformer
from skvae.vae import VAEWarning


@pytest.fixture(scope="module")
def digits():
    """300 digits."""
    return load_digits().data[:300]


def test_kl_weight_increases_to_beta_during_the_warmup(digits):
    vae = VAETransformer(2, scale="standard", beta=4.0, kl_warmup=0.5, max_epochs=20, patience=100, random_state=0).fit(
        digits
    )
    weights = [row["kl_weight"] for row in vae.history_]
    assert np.allclose(weights[:10], 4.0 * np.arange(1, 11) / 10)
    assert weights[10:] == [4.0] * 10


def test_early_stopping_starts_after_the_warmup_and_keeps_the_best_weights(digits):
    vae = VAETransformer(
        8, scale="standard", kl_warmup=0.1, max_epochs=400, patience=5, learning_rate=3e-3, random_state=0
    ).fit(digits)
    losses = np.array([row["valid_loss"] for row in vae.history_])
    assert 40 < vae.n_iter_ < 400
    best = 40 + losses[39:].argmin() - 1
    assert len(losses) - 1 - best == 5

    class Remember(Callback):
        """Store the weights of each epoch."""

        def on_epoch_end(self, net, **kwargs):
            weights.append({k: v.clone() for k, v in net.module_.state_dict().items()})

    weights = []
    # A list inside the callback would be copied when the callback is cloned.
    vae.set_params(callbacks=[("remember", Remember())]).fit(digits)
    kept = vae.net_.module_.state_dict()
    assert all(torch.equal(kept[name], weights[best][name]) for name in kept)


def test_validation_loss_equals_that_of_the_history_and_does_not_change_training(digits):
    losses = []

    class Evaluate(Callback):
        """Compute the validation loss of each epoch."""

        def on_epoch_end(self, net, dataset_valid=None, **kwargs):
            losses.append(net.validation_loss(dataset_valid))

    settings = {"regularizer": "tc", "beta": 2.0, "max_epochs": 5, "random_state": 0}
    plain = VAETransformer(4, scale="standard", **settings).fit(digits)
    evaluated = VAETransformer(4, scale="standard", callbacks=[("evaluate", Evaluate())], **settings).fit(digits)
    expected = [row["valid_loss"] for row in evaluated.history_]
    assert losses == expected == [row["valid_loss"] for row in plain.history_]


def test_estimated_variance_equals_the_reconstruction_error(digits):
    vae = VAETransformer(
        8, scale="standard", input_noise=0.0, max_epochs=60, learning_rate=3e-3, validation_fraction=0.0, random_state=0
    ).fit(digits)
    mean, std = vae.posterior(digits)
    z = mean + std * np.random.default_rng(0).normal(size=mean.shape)
    error = vae.scaled_input(vae.inverse_transform(z)) - vae.scaled_input(digits)
    assert np.isclose(vae.net_.module_.likelihoods[0].variance.item(), np.square(error).mean(), rtol=0.1)


def test_history_contains_unweighted_terms_that_sum_to_the_elbo(digits):
    vae = VAETransformer(4, scale="standard", beta=3.0, kl_warmup=0.0, max_epochs=5, random_state=0).fit(digits)
    for row in vae.history_:
        for half in ("train", "valid"):
            assert np.isclose(row[f"{half}_elbo"], -row[f"{half}_reconstruction"] - row[f"{half}_kl"])
            assert np.isclose(row[f"{half}_loss"], row[f"{half}_reconstruction"] + 3 * row[f"{half}_kl"], rtol=1e-4)


def test_tables_without_validation_rows_have_no_early_stopping(digits):
    vae = VAETransformer(2, scale="standard", max_epochs=30, patience=1, random_state=0).fit(digits[:12])
    assert vae.n_iter_ == 30
    assert "valid_loss" not in vae.history_[0]


def test_error_of_a_diverging_loss_names_the_column(digits):
    digits = digits.copy()
    digits[:, 7] *= 1e12
    with (
        pytest.warns(VAEWarning, match="column 7 has standard deviation"),
        pytest.raises(ValueError, match=r"training loss became .* column 7\. Lower learning_rate, or scale"),
    ):
        VAETransformer(2, scale=None, learning_rate=1e3, max_epochs=50, random_state=0).fit(digits)


SKORCH_CALLBACKS = {
    "early stopping": EarlyStopping(monitor="train_loss", patience=3),
    "schedule by epoch": LRScheduler("StepLR", step_size=2),
    "schedule by batch": LRScheduler("CosineAnnealingLR", step_every="batch", T_max=50),
    "progress": ProgressBar(detect_notebook=False),
    "clipping": GradientNormClipping(1.0),
    "checkpoint": Checkpoint(f_params=None, f_optimizer=None, f_criterion=None, f_history=None),
    "timer": EpochTimer(),
}


@pytest.mark.parametrize("name", SKORCH_CALLBACKS)
@pytest.mark.parametrize("accumulate", [1, 2])
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler:UserWarning")  # batches without an optimizer step
def test_callbacks_of_skorch_can_be_used(name, accumulate, digits):
    vae = VAETransformer(
        2,
        scale="standard",
        max_epochs=4,
        accumulate=accumulate,
        callbacks=[("theirs", SKORCH_CALLBACKS[name])],
        random_state=0,
    )
    assert np.isfinite(vae.fit(digits).transform(digits)).all()
    rate = vae.net_.optimizer_.param_groups[0]["lr"]
    assert (rate < 1e-3) == name.startswith("schedule")
