"""Variants of the literature as combinations of parameters."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.linalg import subspace_angles
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skvae import MLP, VAETransformer
from skvae.networks import Conv1d, Conv2d
from skvae.vae.model._objective import total_correlation

# Standard scaling takes less time than the power transform.
SMALL = {"scale": "standard", "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    """Digits with pixels in [0, 1]."""
    return load_digits().data[:500] / 16


def test_linear_autoencoder_spans_the_principal_components():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3)) * [3, 2, 1.5] @ np.linalg.qr(rng.normal(size=(8, 3)))[0].T
    X += 0.1 * rng.normal(size=X.shape)
    linear = VAETransformer(
        3, network=MLP(()), regularizer=None, input_noise=0.0, scale=None, learning_rate=2e-2, max_epochs=150,
        batch_size=100, random_state=0,
    )  # fmt: skip
    linear.fit(X)
    decoder = linear.net_.module_.decoders[0][0].weight.detach().numpy()
    angles = subspace_angles(decoder, PCA(3).fit(X).components_.T)
    assert np.rad2deg(angles).max() < 3
    assert {row["kl_weight"] for row in linear.history_} == {0.0}
    assert {row["train_kl"] for row in linear.history_} == {0.0}


def test_larger_beta_increases_the_reconstruction_error_and_lowers_the_divergence(digits):
    rows = [
        VAETransformer(8, beta=beta, max_epochs=15, learning_rate=5e-3, **SMALL).fit(digits[:300]).history_[-1]
        for beta in (0.5, 1, 4, 10)
    ]
    assert all(np.diff([row["valid_reconstruction"] for row in rows]) > 0)
    assert all(np.diff([row["valid_kl"] for row in rows]) < 0)


def test_total_correlation_regularizer_makes_units_less_dependent(digits):
    def dependence(regularizer, beta):
        settings = {"beta": beta, "regularizer": regularizer, "max_epochs": 20, "learning_rate": 5e-3} | SMALL
        vae = VAETransformer(6, **settings).fit(digits[:300])
        mean, std = map(torch.from_numpy, vae.posterior(digits[:300]))
        noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(0), dtype=mean.dtype)
        return total_correlation(mean + std * noise, mean, 2 * std.log(), 300).mean()

    assert dependence("tc", 10.0) < 0.2 * dependence("kl", 1.0)


@pytest.mark.slow
def test_total_correlation_regularizer_makes_units_less_correlated():
    """Unlike the total correlation, the correlation does not depend on the estimate that is minimized."""
    X = load_digits().data[:600] / 16

    def correlation(regularizer, beta):
        vae = VAETransformer(6, beta=beta, regularizer=regularizer, max_epochs=80, random_state=0).fit(X)
        return np.abs(np.corrcoef(vae.transform(X).T)[np.triu_indices(6, 1)]).mean()

    assert correlation("tc", 10.0) < correlation("kl", 1.0)


def test_free_bits_prevent_inactive_units(digits):
    settings = {"latent_dim": 8, "beta": 10.0, "max_epochs": 25, "learning_rate": 3e-3} | SMALL
    strict = VAETransformer(**settings).fit(digits).history_[-1]
    free = VAETransformer(free_bits=0.5, **settings).fit(digits).history_[-1]
    assert free["active_units"] > strict["active_units"]
    assert free["train_kl"] > 8 * 0.4


@pytest.mark.parametrize("regularizer", ["tc", None])
def test_free_bits_require_the_kl_regularizer(regularizer, digits):
    with pytest.raises(ValueError, match="free_bits requires regularizer='kl'"):
        VAETransformer(2, regularizer=regularizer, free_bits=0.1).fit(digits)


def test_bernoulli_likelihood_reconstructs_values_between_0_and_1(digits):
    vae = VAETransformer(8, likelihood="bernoulli", max_epochs=30, learning_rate=3e-3, random_state=0).fit(digits)
    assert vae.scaler_ is None
    reconstruction = vae.reconstruct(digits)
    assert reconstruction.min() >= 0
    assert reconstruction.max() <= 1
    assert np.square(reconstruction - digits).mean() < 0.5 * digits.var(0).mean()
    # The cross-entropy is at least the entropy of the data.
    entropy = -(digits * np.log(np.clip(digits, 1e-12, 1)) + (1 - digits) * np.log(np.clip(1 - digits, 1e-12, 1)))
    assert vae.score(digits) < -entropy.sum(1).mean()


def test_bernoulli_error_of_other_values_names_row_and_column(digits):
    table = pd.DataFrame(digits, columns=[f"pixel{i}" for i in range(64)])
    table.iloc[3, 5] = 1.5
    with pytest.raises(ValueError, match=r"row 3 has 1.5 in column 'pixel5'"):
        VAETransformer(2, likelihood="bernoulli").fit(table)


@pytest.mark.parametrize("network", ["conv1d", "conv2d", Conv2d((8, 8), (4, 8)), Conv1d((8, 8), (8,))])
def test_convolutional_networks_reconstruct_images(network, digits):
    X = digits[:200]
    vae = VAETransformer(8, network=network, input_noise=0.1, max_epochs=25, learning_rate=1e-2, **SMALL)
    assert np.square(vae.fit(X).reconstruct(X) - X).mean() < 0.7 * X.var(0).mean()


def test_shape_that_does_not_match_the_columns_raises_an_error(digits):
    with pytest.raises(ValueError, match="has 63 elements, but the modality has 64 columns"):
        VAETransformer(2, network=Conv2d((7, 9))).fit(digits)


@pytest.fixture(scope="module")
def halves(digits):
    """Digits as a wide and a narrow modality. The narrow one is missing in 200 rows."""
    table = pd.DataFrame(digits, columns=[f"{'a' if i < 48 else 'b'}__{i}" for i in range(64)])
    table.iloc[:200, 48:] = np.nan
    return table


@pytest.mark.parametrize("fusion", ["early", "late", "attention", "poe"])
def test_imputation_of_each_fusion_is_better_than_the_mean(fusion, halves):
    settings = {"fusion": fusion, "max_epochs": 50, "learning_rate": 3e-3, "batch_size": 32} | SMALL
    vae = VAETransformer(8, modalities="auto", **settings).fit(halves)
    assert np.isfinite(vae.transform(halves)).all()
    complete = halves.iloc[200:]
    blind = complete.copy()
    blind.iloc[:, 48:] = np.nan
    guess, truth = vae.impute(blind)[:, 48:], complete.iloc[:, 48:].to_numpy()
    assert np.square(guess - truth).mean() < 0.8 * truth.var(0).mean()


def test_networks_condition_and_beta_can_be_combined(halves):
    table = halves.assign(language__en=np.arange(500) % 2.0)
    vae = VAETransformer(
        beta=4, condition="language", max_epochs=1, **SMALL,
        modalities=[("audio", Conv2d((6, 8), (4,)), "a"), ("lyrics", MLP((32,)), "b")],
    )  # fmt: skip
    assert vae.fit_transform(table).shape == (500, 16)
