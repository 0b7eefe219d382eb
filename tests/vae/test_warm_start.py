"""Continued training with `warm_start`."""

import pytest
from sklearn.base import clone

from skvae import MLP, VAETransformer


def test_warm_start_keeps_weights_and_scales(digits):
    vae = VAETransformer(8, max_epochs=15, warm_start=True, random_state=0)
    first = vae.fit(digits[:800]).history_[-1]
    scales = vae.scaler_
    vae.fit(digits)
    assert vae.scaler_ is scales
    assert vae.history_[0]["kl_weight"] == 1
    assert vae.history_[0]["train_elbo"] > first["train_elbo"] - 1
    cold = clone(vae).set_params(warm_start=False, max_epochs=1).fit(digits)
    assert vae.history_[0]["train_elbo"] > cold.history_[0]["train_elbo"] + 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"latent_dim": 3}, "has a different shape"),
        ({"network": MLP(hidden=(32,))}, "has a different shape"),
        ({"modalities": [("left", None, slice(0, 32))]}, "requires the modalities and the condition"),
        ({"condition": slice(60, 64)}, "requires the modalities and the condition"),
    ],
)
def test_warm_start_with_another_architecture_raises_an_error(change, message, digits):
    vae = VAETransformer(4, scale="standard", max_epochs=1, warm_start=True, random_state=0).fit(digits[:100])
    with pytest.raises(ValueError, match=message):
        vae.set_params(**change).fit(digits[:100])
    assert vae.set_params(**{name: getattr(VAETransformer(4), name) for name in change}).transform(digits).shape[1] == 4
