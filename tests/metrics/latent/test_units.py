"""Active units, KL divergence, correlation and summary of a latent space."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import ortho_group

from skvae import MLP, VAETransformer
from skvae.metrics import active_units, kl_per_unit, latent_metrics, unit_correlation

numbers = st.floats(-5, 5).map(lambda value: round(value, 3))
latents = st.tuples(st.integers(3, 12), st.integers(2, 5)).flatmap(lambda shape: arrays(float, shape, elements=numbers))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_units_above_the_threshold_are_active(rng):
    Z = rng.normal(size=(200, 4)) * [1, 0.2, 0.05, 0]
    assert active_units(Z).tolist() == [True, True, False, False]
    assert active_units(Z, threshold=0.001).tolist() == [True, True, True, False]


def test_kl_equals_that_of_torch(rng):
    mean, std = rng.normal(size=(50, 3)), rng.uniform(0.1, 2, size=(50, 3))
    posterior = torch.distributions.Normal(torch.tensor(mean), torch.tensor(std))
    expected = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).mean(0)
    assert kl_per_unit(mean, std) == pytest.approx(expected.numpy())
    assert kl_per_unit(np.zeros((5, 2)), np.ones((5, 2))).tolist() == [0, 0]


def test_summary_of_a_fitted_vae_is_consistent(rng):
    X = rng.normal(size=(60, 2)) @ rng.normal(size=(2, 6))
    vae = VAETransformer(3, network=MLP((8,)), max_epochs=2, validation_fraction=0.0, random_state=0).fit(X)
    values = latent_metrics(*vae.posterior(X))
    assert values["kl"] == pytest.approx(kl_per_unit(*vae.posterior(X)).sum())
    assert 0 < values["kl"] < 20
    assert values["active_units"] == active_units(vae.transform(X)).sum()


def test_correlation_equals_that_of_numpy(rng):
    Z = rng.normal(size=(40, 4)) @ rng.normal(size=(4, 4))
    assert unit_correlation(Z) == pytest.approx(np.corrcoef(Z.T))
    assert unit_correlation(Z + 1e6) == pytest.approx(np.corrcoef(Z.T), abs=1e-6)
    constant = unit_correlation(np.c_[Z, np.full(40, 0.1)])
    assert np.isnan(constant[4]).all()
    assert constant[:4, :4] == pytest.approx(np.corrcoef(Z.T))


@settings(deadline=None, max_examples=25)
@given(Z=latents, data=st.data())
def test_permuted_units_permute_the_results(Z, data):
    order = data.draw(st.permutations(range(Z.shape[1])))
    assert active_units(Z[:, order]).tolist() == active_units(Z)[order].tolist()
    assert unit_correlation(Z[:, order]) == pytest.approx(unit_correlation(Z)[np.ix_(order, order)], nan_ok=True)
    assert latent_metrics(Z[:, order]) == pytest.approx(latent_metrics(Z), nan_ok=True)


@settings(deadline=None, max_examples=25)
@given(Z=latents, seed=st.integers(0, 99))
def test_rotation_keeps_variance_and_effective_units(Z, seed):
    rotated = Z @ ortho_group.rvs(Z.shape[1], random_state=seed)
    before, after = latent_metrics(Z), latent_metrics(rotated)
    assert after["mean_variance"] == pytest.approx(before["mean_variance"], abs=1e-9)
    if before["mean_variance"] > 1e-3:
        assert after["effective_units"] == pytest.approx(before["effective_units"], rel=1e-6)
        assert 1 - 1e-9 <= after["effective_units"] <= Z.shape[1] + 1e-9


def test_copied_unit_is_correlated_and_adds_no_effective_unit(rng):
    Z = rng.normal(size=(500, 2))
    values = latent_metrics(np.c_[Z, Z[:, 0]])
    assert values["max_correlation"] == pytest.approx(1)
    assert values["effective_units"] == pytest.approx(9 / 5, abs=0.1)  # eigenvalues 2 and 1
    assert values["active_units"] == 3


def test_collapsed_latent_space_has_no_active_units():
    values = latent_metrics(np.zeros((10, 4)), np.ones((10, 4)))
    assert values["active_units"] == values["kl"] == values["max_variance"] == 0
    assert np.isnan([values["effective_units"], values["mean_correlation"]]).all()
    assert np.isnan(latent_metrics(np.zeros((10, 4)))["kl"])


def test_missing_rows_are_ignored(rng):
    Z, std = rng.normal(size=(20, 3)), rng.uniform(0.5, 1, size=(20, 3))
    gap = np.full((1, 3), np.nan)
    assert latent_metrics(np.r_[gap, Z], np.r_[gap, std]) == pytest.approx(latent_metrics(Z, std))
    assert latent_metrics(pd.DataFrame(Z)) == pytest.approx(latent_metrics(Z), nan_ok=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: active_units([[0.0, np.nan], [1, 2]]), "Z contains NaN in some columns of row 0"),
        (lambda: latent_metrics([[np.nan], [np.nan]]), "mean is NaN in all 2 rows"),
        (lambda: kl_per_unit([[0.0]], [[0.0]]), r"std must be positive, got 0.0 for unit 0 of row 0"),
        (
            lambda: kl_per_unit([[np.nan], [0.0]], [[np.nan], [np.nan]]),
            "std must be positive, got nan for unit 0 of row 1",
        ),
        (lambda: kl_per_unit([[0.0]], [[1.0, 1.0]]), r"the same shape, got \(1, 1\) and \(1, 2\)"),
    ],
)
def test_invalid_input_raises(call, message):
    with pytest.raises(ValueError, match=message):
        call()
