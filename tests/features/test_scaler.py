"""BlockScaler."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import skew
from sklearn.preprocessing import StandardScaler

from skvae import BlockScaler


@pytest.mark.parametrize("method", ["standard", "power"])
@settings(deadline=None, max_examples=40)
@given(X=arrays(np.float64, (12, 4), elements=st.floats(-1e3, 1e3, width=32), unique=True))
def test_round_trip(method, X):
    scaler = BlockScaler(method).fit(X)
    assert np.allclose(scaler.inverse_transform(scaler.transform(X)), X, rtol=1e-3, atol=1e-2)


@given(shift=st.floats(-1e3, 1e3), factor=st.floats(1e-3, 1e3), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_power_is_free_of_units(shift, factor, seed):
    X = np.random.default_rng(seed).lognormal(size=(40, 2))
    scaled = BlockScaler("power").fit_transform(X)
    assert np.allclose(BlockScaler("power").fit_transform(shift + factor * X), scaled, atol=1e-3)
    assert np.abs(skew(scaled)).max() < np.abs(skew(X)).max()


def test_power_decodes_into_the_range_of_fit():
    X = np.random.default_rng(0).lognormal(size=(200, 3))
    far = np.array([[50.0, -50.0, 0.0]])
    back = BlockScaler("power").fit(X).inverse_transform(far)
    assert np.allclose(back[0, :2], [X[:, 0].max(), X[:, 1].min()])


def test_standard_is_scikit_learns():
    X = np.random.default_rng(0).normal(3, 5, size=(30, 4))
    assert np.allclose(BlockScaler().fit_transform(X), StandardScaler().fit_transform(X))


def test_missing_stays_missing_and_does_not_count():
    X = np.array([[1.0, 5.0], [3.0, np.nan], [5.0, 7.0]])
    scaled = BlockScaler().fit_transform(X)
    assert np.array_equal(np.isnan(scaled), np.isnan(X))
    assert np.allclose(scaled[[0, 2], 1], [-1, 1])


def test_equalised_blocks_have_total_variance_one():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        rng.normal(size=(50, 9)) * 10 ** rng.uniform(-3, 3, 9), columns=[f"{'ab'[i > 6]}__{i}" for i in range(9)]
    )
    X["b__8"] = 4.0  # a constant column takes no share
    scaled = BlockScaler(equalize=True).set_output(transform="pandas").fit_transform(X)
    assert np.isclose(scaled.filter(regex="^a__").var(ddof=0).sum(), 1)
    assert np.isclose(scaled.filter(regex="^b__").var(ddof=0).sum(), 1)


def test_large_float32_values_do_not_overflow():
    X = np.array([[1e30], [2e30], [3e30]], dtype=np.float32)
    scaled = BlockScaler().fit_transform(X)
    assert scaled.dtype == np.float32
    assert np.allclose(scaled.ravel(), [-1.2247449, 0, 1.2247449], atol=1e-6)
