"""Accumulated gradients, precision and memory of the training loop."""

import numpy as np
import pytest
import torch

from skvae import VAETransformer


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
