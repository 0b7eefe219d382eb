"""Confidence of memberships."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy

from skvae.metrics import membership_metrics

weights = st.tuples(st.integers(3, 12), st.integers(2, 5)).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(0, 5).map(lambda value: round(value, 3)))
)


@settings(deadline=None, max_examples=25)
@given(weights=weights, data=st.data())
def test_entropy_equals_that_of_scipy_in_any_order(weights, data):
    memberships = (weights + 1e-6) / (weights + 1e-6).sum(axis=1, keepdims=True)
    values = membership_metrics(memberships)
    assert values["entropy"] == pytest.approx(entropy(memberships, axis=1).mean(), abs=1e-9)
    assert 1 / weights.shape[1] - 1e-12 <= values["mean_confidence"] <= 1
    assert -1e-12 <= values["normalized_entropy"] <= 1 + 1e-12
    order = data.draw(st.permutations(range(weights.shape[1])))
    assert membership_metrics(memberships[:, order]) == pytest.approx(values)


def test_certain_and_uniform_memberships():
    sure = membership_metrics(np.eye(4)[[0, 1, 2, 2]])
    assert sure == {"mean_confidence": 1, "median_confidence": 1, "entropy": 0, "normalized_entropy": 0}
    unsure = membership_metrics(np.full((5, 4), 0.25))
    assert unsure["mean_confidence"] == 0.25
    assert unsure["entropy"] == pytest.approx(np.log(4))
    assert unsure["normalized_entropy"] == pytest.approx(1)
    assert membership_metrics(np.ones((3, 1)))["normalized_entropy"] == 0
    with_gap = np.r_[np.eye(4), np.full((1, 4), np.nan)]
    assert membership_metrics(with_gap) == membership_metrics(np.eye(4))


@pytest.mark.parametrize("memberships", [[[0.5, 0.5], [0.5, 0.6]], [[np.nan, np.nan], [-0.5, 1.5]]])
def test_memberships_that_are_no_probabilities_raise(memberships):
    with pytest.raises(ValueError, match="nonnegative and sum to 1 in each row, but row 1 has"):
        membership_metrics(memberships)
