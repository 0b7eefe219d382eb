"""Scaling of blocks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import skew
from sklearn.preprocessing import PowerTransformer, StandardScaler

from skvae import BlockScaler


@pytest.mark.parametrize("method", ["standard", "power"])
@settings(deadline=None, max_examples=20)
@given(X=arrays(np.float64, (12, 4), elements=st.floats(-1e3, 1e3, width=32), unique=True))
def test_inverse_transform_restores_the_table(method, X):
    scaler = BlockScaler(method).fit(X)
    assert np.allclose(scaler.inverse_transform(scaler.transform(X)), X, rtol=1e-3, atol=1e-2)


@given(shift=st.floats(-1e3, 1e3), factor=st.floats(1e-3, 1e3), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_power_does_not_depend_on_units(shift, factor, seed):
    X = np.random.default_rng(seed).lognormal(size=(40, 2))
    scaled = BlockScaler("power").fit_transform(X)
    assert np.allclose(BlockScaler("power").fit_transform(shift + factor * X), scaled, atol=1e-3)
    assert np.abs(skew(scaled)).max() < np.abs(skew(X)).max()


few_rows = arrays(np.float64, (12, 3), elements=st.floats(-1e3, 1e3, width=32), unique=True)
far_values = arrays(np.float64, 20, elements=st.floats(-1e9, 1e9))


@settings(deadline=None, max_examples=20)
@given(X=few_rows, far=far_values)
def test_power_is_finite_monotone_and_invertible_outside_the_range_of_fit(X, far):
    scaler = BlockScaler("power").fit(X)
    values = np.sort(np.concatenate([far, [X.min() - 1, X.max() + 1]]))
    scaled = scaler.transform(np.repeat(values[:, None], 3, axis=1))
    assert np.isfinite(scaled).all()
    assert (np.diff(scaled, axis=0) >= 0).all()
    # The distance of an outlier from the range is at most the distance after standard scaling.
    distance = np.maximum(X.min(axis=0) - values[:, None], values[:, None] - X.max(axis=0)).clip(0) / X.std(axis=0)
    beyond = np.maximum(scaled - scaler.transform(X).max(axis=0), scaler.transform(X).min(axis=0) - scaled).clip(0)
    assert (beyond <= distance * (1 + 1e-6) + 1e-6).all()
    assert (beyond >= 0.1 * distance * (1 - 1e-6) - 1e-6).all()
    back = scaler.inverse_transform(scaled)
    outside = distance > 0
    assert np.allclose(back[outside], np.repeat(values[:, None], 3, axis=1)[outside], rtol=1e-6, atol=1e-3)


@settings(deadline=None, max_examples=20)
@given(X=few_rows, shares=arrays(np.float64, (8, 3), elements=st.floats(0, 1)))
def test_power_equals_scikit_learn_within_the_range_of_fit(X, shares):
    Z = StandardScaler().fit_transform(X)
    power = PowerTransformer(standardize=False).fit(Z)
    standard = StandardScaler().fit(power.transform(Z))
    scaler = BlockScaler("power").fit(X)
    assert np.array_equal(scaler.transform(X), standard.transform(power.transform(Z)))
    within = (X.min(axis=0) + shares * np.ptp(X, axis=0)).clip(X.min(axis=0), X.max(axis=0))
    expected = standard.transform(power.transform(StandardScaler().fit(X).transform(within)))
    assert np.array_equal(scaler.transform(within), expected)


def test_partial_fit_updates_the_moments_but_not_the_curve():
    X = np.random.default_rng(0).lognormal(size=(300, 2))
    first, later = X[(X < 3).all(axis=1)], X[(X >= 3).any(axis=1)]
    scaler = BlockScaler("power").fit(first)
    before = scaler.transform(X)
    after = scaler.partial_fit(later).transform(X)
    assert np.allclose(scaler.transform(X).mean(axis=0), 0, atol=1e-9)
    assert np.allclose(scaler.transform(X).std(axis=0), 1)
    assert np.allclose(np.corrcoef(before[:, 0], after[:, 0]), 1)
    assert np.allclose(scaler.inverse_transform(after), X)


def test_scaler_of_an_older_version_computes_its_ends():
    X = np.random.default_rng(0).lognormal(size=(50, 2))
    scaler = BlockScaler("power").fit(X)
    state = {name: value for name, value in scaler.__getstate__().items() if name not in ("_ends", "_slopes")}
    older = BlockScaler()
    older.__setstate__(state)
    assert np.array_equal(older.transform(3 * X), scaler.transform(3 * X))


@pytest.mark.parametrize("method", ["standard", "power"])
def test_column_without_values_stays_nan(method):
    X = np.c_[np.arange(6.0), np.full(6, np.nan), np.full(6, 3.0)]
    scaler = BlockScaler(method).fit(X)
    scaled = scaler.transform(X)
    assert np.array_equal(np.isnan(scaled), np.isnan(X))
    assert np.array_equal(scaled[:, 2], np.zeros(6))
    assert np.allclose(scaler.inverse_transform(scaled), X, equal_nan=True)


def test_standard_equals_scikit_learn():
    X = np.random.default_rng(0).normal(3, 5, size=(30, 4))
    assert np.allclose(BlockScaler().fit_transform(X), StandardScaler().fit_transform(X))


def test_missing_values_are_kept_and_ignored():
    X = np.array([[1.0, 5.0], [3.0, np.nan], [5.0, 7.0]])
    scaled = BlockScaler().fit_transform(X)
    assert np.array_equal(np.isnan(scaled), np.isnan(X))
    assert np.allclose(scaled[[0, 2], 1], [-1, 1])


def test_equalized_blocks_have_total_variance_one():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        rng.normal(size=(50, 9)) * 10 ** rng.uniform(-3, 3, 9), columns=[f"{'ab'[i > 6]}__{i}" for i in range(9)]
    )
    X["b__8"] = 4.0  # A constant column has no variance.
    scaled = BlockScaler(equalize=True).set_output(transform="pandas").fit_transform(X)
    assert np.isclose(scaled.filter(regex="^a__").var(ddof=0).sum(), 1)
    assert np.isclose(scaled.filter(regex="^b__").var(ddof=0).sum(), 1)


def test_large_float32_values_do_not_overflow():
    X = np.array([[1e30], [2e30], [3e30]], dtype=np.float32)
    scaled = BlockScaler().fit_transform(X)
    assert scaled.dtype == np.float32
    assert np.allclose(scaled.ravel(), [-1.2247449, 0, 1.2247449], atol=1e-6)


@pytest.mark.parametrize("method", ["standard", "power"])
def test_fit_chunks_equals_fit(method):
    X = np.random.default_rng(0).lognormal(size=(50, 3))
    scaler = BlockScaler(method).fit_chunks(lambda: iter([X[:20], X[20:]]))
    assert np.allclose(scaler.transform(X), BlockScaler(method).fit_transform(X))
