"""Exponents of the Yeo-Johnson transform."""

import numpy as np
import pytest
from sklearn.preprocessing import PowerTransformer, StandardScaler

from skvae.features._exponents import fit_exponents

COLUMNS = {
    "normal": lambda rng: rng.normal(size=60),
    "skewed": lambda rng: rng.lognormal(size=60),
    "skewed to the left": lambda rng: -rng.lognormal(sigma=3, size=60),
    "heavy tails": lambda rng: rng.standard_t(1.5, size=60),
    "three values": lambda rng: rng.integers(0, 3, 60).astype(float),
    "missing values": lambda rng: np.where(rng.random(60) < 0.3, np.nan, rng.gamma(0.1, size=60)),
    "two rows": lambda rng: np.r_[rng.normal(size=2), np.full(58, np.nan)],
    "constant": lambda rng: np.full(60, 3.0),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_exponents_equal_those_of_scikit_learn(name):
    rng = np.random.default_rng(0)
    X = StandardScaler().fit_transform(np.column_stack([COLUMNS[name](rng) for _ in range(5)]))
    reference = PowerTransformer(standardize=False).fit(X).lambdas_
    np.testing.assert_allclose(fit_exponents(X), reference, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("sign", [1, -1])
def test_columns_with_one_sign_equal_scikit_learn(sign):
    X = sign * np.random.default_rng(0).gamma(1.0, size=(60, 5))
    np.testing.assert_allclose(fit_exponents(X), PowerTransformer(standardize=False).fit(X).lambdas_, rtol=1e-6)


def test_a_column_without_values_is_not_changed():
    assert fit_exponents(np.full((3, 1), np.nan)).tolist() == [1.0]
