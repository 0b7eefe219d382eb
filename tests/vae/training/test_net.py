"""Accumulated gradients, precision and memory of the training loop."""

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from skvae import VAETransformer
from skvae.vae.model._objective import total_correlation


def test_accumulated_gradients_equal_those_of_a_large_batch(digits):
    X = np.clip(digits[:320] / 16, 0, 1)
    # Without noise, and without a variance that each batch changes.
    settings = {
        "latent_dim": 4,
        "likelihood": "bernoulli",
        "regularizer": None,
        "input_noise": 0.0,
        "validation_fraction": 0.0,
        "max_epochs": 3,
        "random_state": 0,
    }
    large = VAETransformer(batch_size=96, **settings).fit(X)  # batches of 96, 96, 96 and 32 rows
    small = VAETransformer(batch_size=32, accumulate=3, **settings).fit(X)
    other = VAETransformer(batch_size=32, **settings).fit(X)
    assert np.allclose(large.transform(X), small.transform(X), atol=1e-4)
    assert not np.allclose(large.transform(X), other.transform(X), atol=1e-2)


def test_bf16_reaches_the_same_score_and_returns_the_dtype_of_the_table(digits):
    single, half = (
        VAETransformer(8, scale="standard", precision=precision, max_epochs=20, random_state=0).fit(digits)
        for precision in ("float32", "bf16")
    )
    assert not np.array_equal(single.transform(digits), half.transform(digits))
    assert np.isclose(single.score(digits), half.score(digits), rtol=0.05)
    assert half.transform(digits).dtype == np.float64
    assert half.net_.module_.decoders[0](torch.zeros(1, 8)).dtype == torch.float32


def test_error_of_missing_memory_names_the_batch_size(digits, monkeypatch):
    def forward(self, *args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("skvae.vae.model._module.LatentModule.forward", forward)
    with pytest.raises(MemoryError, match=r"ran out of memory for batches \(batch_size=77\)\. Lower batch_size"):
        VAETransformer(4, scale="standard", batch_size=77).fit(digits)


@pytest.mark.parametrize("modalities", [None, [("a", None, slice(0, 16)), ("b", None, slice(16, 64))]])
@pytest.mark.parametrize(("regularizer", "free_bits"), [("kl", 0.0), ("kl", 0.3), ("tc", 0.0), (None, 0.0)])
def test_loss_equals_its_definition(regularizer, free_bits, modalities, digits):
    """The modalities have equal weights, and the log-likelihoods keep the scale of a sum over all columns."""
    differences = []

    class Compare(Callback):
        def on_batch_end(self, net, batch, training, loss, y_pred, **kwargs):
            expected = sum(define(output, net.n_rows) for output in (y_pred, y_pred.unimodal) if output is not None)
            differences.append((loss - expected).abs().item() / abs(loss.item()))

    def define(output, n_rows):
        if modalities is None:
            log_likelihood = output.log_likelihoods.sum(-1)
        else:
            log_likelihood = output.log_likelihoods @ torch.tensor([64 / (2 * 16), 64 / (2 * 48)])
        penalty = torch.zeros(())
        if regularizer == "tc":
            total = total_correlation(output.z, output.mean, output.log_variance, n_rows)
            penalty = output.kl.mean() + 2 * total.mean()
        elif regularizer == "kl":
            per_unit = 0.5 * (output.mean**2 + output.log_variance.exp() - output.log_variance - 1).mean(0)
            penalty = 3 * per_unit.clamp(min=free_bits).sum()
        return penalty - log_likelihood.mean()

    settings = {"beta": 3.0, "kl_warmup": 0.0, "scale": "standard", "max_epochs": 2, "random_state": 0}
    settings |= {"regularizer": regularizer, "free_bits": free_bits, "modalities": modalities}
    VAETransformer(4, callbacks=[("compare", Compare())], **settings).fit(digits[:200])
    assert differences
    assert max(differences) < 1e-4
