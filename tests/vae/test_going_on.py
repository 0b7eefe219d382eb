"""Going on from what was learned: partial_fit over chunks, warm starts, and stored weights."""

import copy
import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler

from skvae import MLP, BlockScaler, VAETransformer
from skvae.vae import make_conditional_vae


@pytest.fixture(scope="module")
def digits():
    """All digits, in random order."""
    X = load_digits().data
    return X[np.random.default_rng(0).permutation(len(X))]


def test_scale_is_a_running_statistic(digits):
    vae = VAETransformer(4, scale="standard", random_state=0)
    for start in range(0, 1500, 300):
        vae.partial_fit(digits[start : start + 300])
    expected = StandardScaler().fit_transform(digits[:1500])
    assert np.allclose(vae.scaled_input(digits[:1500]), expected, atol=1e-8)


def test_power_scale_keeps_its_exponents_and_runs_its_moments(digits):
    scaler = BlockScaler("power").fit(digits[:600])
    first = scaler.transform(digits)
    for start in range(600, 1500, 300):
        scaler.partial_fit(digits[start : start + 300])
    later = scaler.transform(digits[:1500])
    assert np.allclose(later.mean(0), 0, atol=1e-8)
    varying = digits[:600].std(0) > 0
    assert np.allclose(later.std(0)[varying], 1)
    # the same curve, otherwise placed
    for column in np.flatnonzero(varying):
        assert np.corrcoef(first[:1500, column], later[:, column])[0, 1] > 1 - 1e-9
    # where the first rows told the curve: a pixel that is hardly ever inked has one that levels off
    inked = (digits[:600] > 0).mean(0) > 0.3
    assert inked.sum() > 30
    assert np.allclose(scaler.inverse_transform(later)[:, inked], digits[:1500][:, inked])


def test_sigma_warm_up_and_history_run_over_the_calls(digits):
    vae = VAETransformer(8, beta=2.0, kl_warmup_steps=40, batch_size=50, random_state=0)
    for _ in range(10):
        for start in range(0, 1500, 300):
            vae.partial_fit(digits[start : start + 300])
    assert vae.n_iter_ == 50
    assert [row["epoch"] for row in vae.history_] == list(range(1, 51))
    # six steps a call
    assert np.allclose([row["kl_weight"] for row in vae.history_], 2 * np.minimum(1, 6 * np.arange(1, 51) / 40))
    assert vae.history_[-1]["train_elbo"] > vae.history_[5]["train_elbo"]
    mean, std = vae.posterior(digits)
    z = mean + std * np.random.default_rng(0).normal(size=mean.shape)
    error = np.square(vae.scaled_input(vae.inverse_transform(z)) - vae.scaled_input(digits)).mean()
    assert 0.7 < vae.net_.module_.likelihoods[0].variance.item() / error < 1.5


def test_chunks_reach_nearly_what_fit_reaches(digits):
    train, test = digits[:1500], digits[1500:]
    settings = {"latent_dim": 8, "scale": "standard", "learning_rate": 3e-3, "random_state": 0}
    whole = VAETransformer(max_epochs=30, **settings).fit(train)
    chunked = VAETransformer(kl_warmup_steps=100, batch_size=whole.net_.batch_size, **settings)
    for _ in range(30):
        for start in range(0, 1500, 500):
            chunked.partial_fit(train[start : start + 500])
    assert chunked.score(test) > whole.score(test) - 0.1 * abs(whole.score(test))


def test_the_same_calls_give_the_same_weights(digits):
    def latent():
        vae = VAETransformer(4, random_state=0)
        for start in range(0, 900, 300):
            vae.partial_fit(digits[start : start + 300])
        return vae.transform(digits)

    assert np.array_equal(latent(), latent())


def test_conditions_of_later_chunks_are_learned():
    rng = np.random.default_rng(0)
    x, language = rng.normal(size=(600, 5)), np.repeat([0, 1, 2], 200)
    X = np.c_[x + 3 * language[:, None], np.eye(3)[language]]
    vae = make_conditional_vae(2, condition=slice(5, 8), scale="standard", random_state=0)
    vae.partial_fit(X[:400])
    with pytest.raises(ValueError, match="was not seen in fit"):
        vae.transform(X[400:])
    vae.partial_fit(X[400:])
    assert np.isfinite(vae.transform(X)).all()
    assert len(vae.scaler_.own) == 3
    assert np.allclose(vae.scaled_input(X)[400:].mean(0), 0, atol=1e-6)
    with pytest.raises(ValueError, match="were one-hot in the first rows"):
        vae.partial_fit(np.c_[x, rng.normal(size=(600, 3))])


def test_fit_forgets_and_partial_fit_goes_on(digits):
    vae = VAETransformer(4, max_epochs=5, random_state=0)
    fitted = vae.fit(digits).transform(digits)
    vae.partial_fit(digits)
    assert vae.n_iter_ == 6
    assert not np.array_equal(fitted, vae.transform(digits))
    assert np.array_equal(fitted, vae.fit(digits).transform(digits))


def test_warm_start_goes_on_with_the_weights_and_scales_of_the_last_fit(digits):
    vae = VAETransformer(8, max_epochs=15, warm_start=True, random_state=0)
    first = vae.fit(digits[:1000]).history_[-1]
    scales = vae.scaler_
    vae.fit(digits)
    assert vae.scaler_ is scales
    assert vae.history_[0]["kl_weight"] == 1
    assert vae.history_[0]["train_elbo"] > first["train_elbo"] - 1
    cold = clone(vae).set_params(warm_start=False).fit(digits)
    assert vae.history_[0]["train_elbo"] > cold.history_[0]["train_elbo"] + 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"latent_dim": 3}, "has a different shape"),
        ({"network": MLP(hidden=(32,))}, "has a different shape"),
        (
            {"modalities": [("left", None, slice(0, 32))]},
            "requires the modalities and the condition of the previous fit",
        ),
        ({"condition": slice(60, 64)}, "requires the modalities and the condition of the previous fit"),
    ],
)
def test_warm_start_refuses_another_architecture(change, message, digits):
    vae = VAETransformer(4, max_epochs=2, warm_start=True, random_state=0).fit(digits)
    with pytest.raises(ValueError, match=message):
        vae.set_params(**change).fit(digits)


def test_accumulated_gradients_are_those_of_the_large_batch(digits):
    X = np.clip(digits[:320] / 16, 0, 1)
    # without noise anywhere, and without a variance that every batch moves
    settings = {
        "latent_dim": 4,
        "likelihood": "bernoulli",
        "regularizer": None,
        "input_noise": 0.0,
        "validation_fraction": 0.0,
        "max_epochs": 3,
        "random_state": 0,
    }
    large = VAETransformer(batch_size=96, **settings).fit(X)  # 96, 96, 96, 32
    small = VAETransformer(batch_size=32, accumulate=3, **settings).fit(X)
    other = VAETransformer(batch_size=32, **settings).fit(X)
    assert np.allclose(large.transform(X), small.transform(X), atol=1e-4)
    assert not np.allclose(large.transform(X), other.transform(X), atol=1e-2)


def test_bf16_trains_to_the_same_bound_and_answers_in_the_dtype_of_the_table(digits):
    single, half = (
        VAETransformer(8, precision=precision, max_epochs=30, random_state=0).fit(digits)
        for precision in ("float32", "bf16")
    )
    assert not np.array_equal(single.transform(digits), half.transform(digits))
    assert np.isclose(single.score(digits), half.score(digits), rtol=0.05)
    assert half.transform(digits).dtype == np.float64
    assert half.net_.module_.decoders[0](torch.zeros(1, 8)).dtype == torch.float32


def test_out_of_memory_names_the_batch_size(digits, monkeypatch):
    def forward(self, *args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("skvae.vae.model._module.LatentModule.forward", forward)
    with pytest.raises(MemoryError, match=r"ran out of memory for batches \(batch_size=77\)\. Lower batch_size"):
        VAETransformer(4, batch_size=77).fit(digits)


@pytest.mark.parametrize("copy_of", [copy.deepcopy, lambda vae: pickle.loads(pickle.dumps(vae))])
def test_a_copy_goes_on_like_any_model(copy_of, digits):
    vae = VAETransformer(4, max_epochs=3, random_state=0).fit(digits)
    other = copy_of(vae)
    assert np.array_equal(vae.transform(digits), other.transform(digits))
    other.partial_fit(digits)
    assert not np.array_equal(vae.transform(digits), other.transform(digits))


def test_what_is_stored_has_no_torch_and_no_skorch(digits):
    vae = VAETransformer(4, max_epochs=3, random_state=0).fit(digits)
    seen = []

    def visit(value):
        seen.append(type(value).__module__.split(".")[0])
        if isinstance(value, dict):
            for item in value.values():
                visit(item)
        elif isinstance(value, list | tuple):
            for item in value:
                visit(item)
        elif hasattr(value, "__dict__"):
            visit(vars(value) if not hasattr(value, "_stored_net") else {})

    visit(vae.__getstate__())
    assert not {"torch", "skorch"} & set(seen)
    assert {"skvae", "numpy"} <= set(seen)


def test_a_model_of_a_gpu_that_is_not_there_loads_on_the_processor(digits):
    vae = VAETransformer(4, max_epochs=3, random_state=0).fit(digits)
    state = vae.__getstate__() | {"device_": "cuda:3"}
    other = VAETransformer.__new__(VAETransformer)
    other.__setstate__(state)
    assert other.device_ == ("cuda:3" if torch.cuda.is_available() else "cpu")
    assert np.array_equal(vae.transform(digits), other.transform(digits))
