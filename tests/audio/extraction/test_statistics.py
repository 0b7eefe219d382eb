"""Statistics of frames."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.audio.extraction._statistics import STATISTICS, parse_statistic


@settings(deadline=None, max_examples=25, derandomize=True)
@given(seed=st.integers(0, 1000), shape=st.tuples(st.integers(1, 4), st.integers(2, 60)), scale=st.floats(1e-3, 1e3))
def test_statistics_equal_scipy(seed, shape, scale):
    values = scale * np.random.default_rng(seed).gamma(2, size=shape)
    expected = {
        "var": values.var(axis=1),
        "skew": scipy.stats.skew(values, axis=1),
        "kurtosis": scipy.stats.kurtosis(values, axis=1),
        "q25": np.quantile(values, 0.25, axis=1),
        "q07": np.quantile(values, 0.07, axis=1),
    }
    for name, moment in expected.items():
        np.testing.assert_allclose(parse_statistic(name)[1](values, axis=1), moment, rtol=1e-9, atol=1e-9 * scale)


def test_statistics_of_constant_values():
    for name in [*STATISTICS, "q00", "q50", "q99"]:
        _, function = parse_statistic(name)
        value = function(np.full((2, 9), 0.1), axis=1)
        assert value.tolist() == pytest.approx([0.0 if name in {"std", "var", "skew", "kurtosis"} else 0.1] * 2)
