"""Pooling of rows by group."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skvae.features import pool_by_group

VALUES = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 6.0], [np.nan, np.nan]])
GROUPS = ["b", "b", "a", "c"]


def test_groups_are_in_order_of_first_appearance():
    pooled = pool_by_group(VALUES, GROUPS)
    np.testing.assert_array_equal(pooled, [[2, 2], [5, 6], [np.nan, np.nan]])
    table = pd.DataFrame(VALUES.astype(np.float32), columns=["x", "y"], index=[9, 8, 7, 6])
    framed = pool_by_group(table, pd.Series(GROUPS, name="song_id", index=list("wxyz")))
    expected = pd.DataFrame(
        pooled.astype(np.float32), columns=["x", "y"], index=pd.Index(["b", "a", "c"], name="song_id")
    )
    pd.testing.assert_frame_equal(framed, expected)
    assert pool_by_group(VALUES.astype(np.float32), GROUPS).dtype == np.float32
    np.testing.assert_array_equal(pool_by_group([[1], [2]], [0, 0]), [[1.5]])
    assert pool_by_group(np.empty((0, 3)), []).shape == (0, 3)


@settings(deadline=None, max_examples=50)
@given(
    arrays(float, (12, 2), elements=st.floats(-100, 100)), st.lists(st.sampled_from("abcd"), min_size=12, max_size=12)
)
def test_result_equals_the_mean_of_pandas(values, groups):
    expected = pd.DataFrame(values).groupby(groups, sort=False).mean()
    np.testing.assert_allclose(pool_by_group(values, groups), expected, atol=1e-12)
    order = np.random.default_rng(0).permutation(12)
    shuffled = pool_by_group(pd.DataFrame(values[order]), np.array(groups)[order])
    np.testing.assert_allclose(shuffled.loc[expected.index], expected, atol=1e-12)


@pytest.mark.parametrize("weights", ["equal", "precision"])
def test_pooled_posterior_has_the_moments_of_the_mixture(weights):
    """Compare with the mean and standard deviation of samples from the mixture."""
    rng = np.random.default_rng(0)
    mean, std = rng.normal(size=(3, 2)), rng.uniform(0.2, 2.0, size=(3, 2))
    pooled_mean, pooled_std = pool_by_group((mean, std), ["a"] * 3, weights=weights)
    for column in range(2):
        p = np.ones(3) if weights == "equal" else std[:, column] ** -2
        chosen = rng.choice(3, size=400_000, p=p / p.sum())
        sample = rng.normal(mean[chosen, column], std[chosen, column])
        assert pooled_mean[0, column] == pytest.approx(sample.mean(), abs=0.01)
        assert pooled_std[0, column] == pytest.approx(sample.std(), abs=0.01)


def test_groups_of_one_row_are_unchanged():
    mean, std = VALUES, np.abs(VALUES) / 7
    for weights in ("equal", "precision"):
        for given_, pooled in zip((mean, std), pool_by_group((mean, std), range(4), weights=weights), strict=True):
            np.testing.assert_allclose(pooled, given_)


def test_missing_values_and_tiny_standard_deviations():
    mean, std = np.array([[0.0], [8.0], [np.nan]]), np.array([[1e-200], [1e-200], [1.0]])
    np.testing.assert_allclose(pool_by_group((mean, std), [0, 0, 0], weights="precision"), [[[4]], [[4]]])
    mean, std = np.array([[0.0], [9.0]]), np.array([[1.0], [1e-3]])
    np.testing.assert_allclose(pool_by_group((mean, std), [0, 0], weights="precision")[0], [[9]], rtol=1e-5)


@pytest.mark.parametrize(
    ("values", "groups", "parameters", "message"),
    [
        (VALUES, [1, 2], {}, "groups must have one entry per row of values .4., got 2"),
        (VALUES, ["a", None, "b", "b"], {}, r"groups\[1\] is missing"),
        ((VALUES,), GROUPS, {}, "got a tuple of length 1"),
        ((VALUES, VALUES[:2]), GROUPS, {}, r"the same shape, got \(4, 2\) and \(2, 2\)"),
        ((VALUES, -VALUES), GROUPS, {}, "row 0 has a negative value"),
        (VALUES, GROUPS, {"weights": "precision"}, r"requires values=\(mean, std\)"),
        ((VALUES, 0 * VALUES), GROUPS, {"weights": "precision"}, "with std greater than 0"),
        (VALUES, GROUPS, {"weights": "most"}, "The 'weights' parameter"),
        (VALUES[0], GROUPS, {}, "Expected 2D array"),
    ],
)
def test_invalid_input_raises_an_error(values, groups, parameters, message):
    with pytest.raises(ValueError, match=message):
        pool_by_group(values, groups, **parameters)
