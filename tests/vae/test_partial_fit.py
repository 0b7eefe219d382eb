"""Training with `partial_fit`."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from skvae import BlockScaler, VAETransformer
from skvae.vae import make_conditional_vae


def test_location_and_scale_are_running_statistics(digits):
    vae = VAETransformer(4, scale="standard", random_state=0)
    for start in range(0, 900, 300):
        vae.partial_fit(digits[start : start + 300])
    expected = StandardScaler().fit_transform(digits[:900])
    assert np.allclose(vae.scaled_input(digits[:900]), expected, atol=1e-8)


def test_power_scaling_keeps_its_exponents_and_updates_its_moments(digits):
    scaler = BlockScaler("power").fit(digits[:600])
    first = scaler.transform(digits)
    for start in range(600, 1000, 200):
        scaler.partial_fit(digits[start : start + 200])
    later = scaler.transform(digits)
    assert np.allclose(later.mean(0), 0, atol=1e-8)
    varying = digits[:600].std(0) > 0
    assert np.allclose(later.std(0)[varying], 1)
    # The transformed values before and after differ only in location and scale.
    for column in np.flatnonzero(varying):
        assert np.corrcoef(first[:, column], later[:, column])[0, 1] > 1 - 1e-9
    # The transform of a pixel that is nearly always 0 is constant, and cannot be inverted.
    used = (digits[:600] > 0).mean(0) > 0.3
    assert used.sum() > 30
    assert np.allclose(scaler.inverse_transform(later)[:, used], digits[:, used])


def test_variance_warmup_and_history_continue_over_the_calls(digits):
    vae = VAETransformer(8, beta=2.0, kl_warmup_steps=20, batch_size=50, scale="standard", random_state=0)
    for _ in range(10):
        for start in range(0, 900, 300):
            vae.partial_fit(digits[start : start + 300])
    assert vae.n_iter_ == 30
    assert [row["epoch"] for row in vae.history_] == list(range(1, 31))
    # Each call has six steps.
    assert np.allclose([row["kl_weight"] for row in vae.history_], 2 * np.minimum(1, 6 * np.arange(1, 31) / 20))
    assert vae.history_[-1]["train_elbo"] > vae.history_[5]["train_elbo"]
    mean, std = vae.posterior(digits)
    z = mean + std * np.random.default_rng(0).normal(size=mean.shape)
    error = np.square(vae.scaled_input(vae.inverse_transform(z)) - vae.scaled_input(digits)).mean()
    assert 0.7 < vae.net_.module_.likelihoods[0].variance.item() / error < 1.5


@pytest.mark.parametrize("scale", ["standard", pytest.param("power", marks=pytest.mark.slow)])
def test_partial_fit_reaches_nearly_the_score_of_fit(scale, digits):
    train, test = digits[:800], digits[800:]
    settings = {"latent_dim": 8, "scale": scale, "learning_rate": 3e-3, "random_state": 0}
    complete = VAETransformer(max_epochs=30, **settings).fit(train)
    chunked = VAETransformer(kl_warmup_steps=100, batch_size=complete.net_.batch_size, **settings)
    for _ in range(30):
        for start in range(0, 800, 400):
            chunked.partial_fit(train[start : start + 400])
    assert chunked.score(test) > complete.score(test) - 0.1 * abs(complete.score(test))


@pytest.mark.parametrize("scale", ["standard", pytest.param("power", marks=pytest.mark.slow)])
def test_same_calls_give_the_same_weights(scale, digits):
    def latent():
        vae = VAETransformer(4, scale=scale, random_state=0)
        for start in range(0, 600, 300):
            vae.partial_fit(digits[start : start + 300])
        return vae.transform(digits)

    assert np.array_equal(latent(), latent())


def test_conditions_of_later_rows_are_learned():
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


def test_partial_fit_continues_a_fit_and_fit_starts_again(digits):
    vae = VAETransformer(4, max_epochs=5, random_state=0)
    fitted = vae.fit(digits).transform(digits)
    vae.partial_fit(digits)
    assert vae.n_iter_ == 6
    assert not np.array_equal(fitted, vae.transform(digits))
    assert np.array_equal(fitted, vae.fit(digits).transform(digits))
