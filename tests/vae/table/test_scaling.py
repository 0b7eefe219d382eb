"""ConditionScaler: each value of a condition on a scale of its own."""

import numpy as np
import pandas as pd
import pytest

from skvae import BlockScaler, VAETransformer
from skvae.vae.table._scaling import MIN_ROWS, ConditionScaler


@pytest.fixture
def two_sources():
    """Two sources with a location and scale of their own, and a rare third."""
    rng = np.random.default_rng(0)
    condition = np.repeat(np.eye(3), [150, 200, 10], axis=0)
    x = rng.normal(size=(360, 4)) * (condition @ [1, 5, 1])[:, None] + (condition @ [0, 30, 3])[:, None]
    return x, condition


def test_frequent_values_have_their_own_scale_and_rare_ones_the_whole(two_sources):
    x, condition = two_sources
    scaled = ConditionScaler("standard", within=True).fit(lambda: [(x, condition)]).transform(x, condition)
    for value in np.eye(3)[:2]:
        rows = (condition == value).all(axis=1)
        assert np.allclose(scaled[rows].mean(0), 0, atol=1e-9)
        assert np.allclose(scaled[rows].std(0), 1)
    assert np.allclose(scaled[-10:], BlockScaler().fit(x).transform(x)[-10:])
    assert MIN_ROWS > 10


def test_round_trip_and_another_condition(two_sources):
    x, condition = two_sources
    scaler = ConditionScaler("standard", within=True).fit(lambda: [(x, condition)])
    scaled = scaler.transform(x, condition)
    assert np.allclose(scaler.inverse_transform(scaled, condition), x)
    as_if = scaler.inverse_transform(scaled[:150], np.tile([0.0, 1.0, 0.0], (150, 1)))
    assert np.allclose(as_if.mean(0), x[150:350].mean(0))


def test_rows_beyond_the_range_of_their_value_are_scaled_in_a_line_and_undone(two_sources):
    x, condition = two_sources
    scaler = ConditionScaler("power", within=True).fit(lambda: [(x, condition)])
    far = x + 50.0  # within the range of the second source, far outside that of the first
    scaled = scaler.transform(far, condition)
    steps = scaler.transform(far[:150] + 1.0, condition[:150]) - scaled[:150]
    assert np.allclose(steps, steps[:1])
    assert (steps * x[:150].std(axis=0) < 1.0 + 1e-9).all()
    assert np.allclose(scaler.inverse_transform(scaled, condition), far)


def test_without_a_condition_it_is_a_block_scaler(two_sources):
    x, _ = two_sources
    nothing = np.empty((len(x), 0))
    assert np.allclose(
        ConditionScaler("power", within=True).fit(lambda: [(x, nothing)]).transform(x, nothing),
        BlockScaler("power").fit_transform(x),
    )


def test_a_missing_block_stays_missing(two_sources):
    x, condition = two_sources
    x[:120, 2:] = np.nan  # thirty rows of the first source are left with it: too few
    scaled = ConditionScaler("standard", within=True).fit(lambda: [(x, condition)]).transform(x, condition)
    assert np.array_equal(np.isnan(scaled), np.isnan(x))
    assert np.allclose(scaled[:150, :2].mean(0), 0, atol=1e-9)
    assert np.allclose(scaled[120:150, 2:], BlockScaler().fit(x).transform(x)[120:150, 2:])


def test_the_transformer_scales_within_a_one_hot_condition_alone(two_sources):
    x, condition = two_sources
    table = pd.DataFrame(np.c_[x, condition], columns=[*"abcd", "source__x", "source__y", "source__z"])
    settings = {"latent_dim": 2, "condition": "source", "max_epochs": 2, "random_state": 0}
    assert len(VAETransformer(**settings).fit(table).scaler_.own) == 2
    assert VAETransformer(scale_within_condition=False, **settings).fit(table).scaler_.own == []
    level = table[[*"abcd"]].assign(source=condition @ [0.0, 0.5, 2.0])
    assert VAETransformer(**settings).fit(level).scaler_.own == []
