"""Scaling of columns within each value of a condition."""

import numpy as np
import pandas as pd
import pytest

from skvae import BlockScaler, VAETransformer
from skvae.vae.table._scaling import MIN_ROWS, ConditionScaler


@pytest.fixture
def two_sources():
    """Two sources with different location and scale, and a rare third source."""
    rng = np.random.default_rng(0)
    condition = np.repeat(np.eye(3), [150, 200, 10], axis=0)
    x = rng.normal(size=(360, 4)) * (condition @ [1, 5, 1])[:, None] + (condition @ [0, 30, 3])[:, None]
    return x, condition


def test_frequent_values_have_their_own_scale_and_rare_values_use_the_pooled_scale(two_sources):
    x, condition = two_sources
    scaled = ConditionScaler("standard", within=True).fit(lambda: [(x, condition)]).transform(x, condition)
    for value in np.eye(3)[:2]:
        rows = (condition == value).all(axis=1)
        assert np.allclose(scaled[rows].mean(0), 0, atol=1e-9)
        assert np.allclose(scaled[rows].std(0), 1)
    assert np.allclose(scaled[-10:], BlockScaler().fit(x).transform(x)[-10:])
    assert MIN_ROWS > 10


def test_inverse_transform_uses_the_scale_of_the_given_condition(two_sources):
    x, condition = two_sources
    scaler = ConditionScaler("standard", within=True).fit(lambda: [(x, condition)])
    scaled = scaler.transform(x, condition)
    assert np.allclose(scaler.inverse_transform(scaled, condition), x)
    as_if = scaler.inverse_transform(scaled[:150], np.tile([0.0, 1.0, 0.0], (150, 1)))
    assert np.allclose(as_if.mean(0), x[150:350].mean(0))


def test_rows_outside_the_training_range_are_scaled_linearly(two_sources):
    x, condition = two_sources
    scaler = ConditionScaler("power", within=True).fit(lambda: [(x, condition)])
    far = x + 50.0  # in the range of the second source, far outside the range of the first source
    scaled = scaler.transform(far, condition)
    steps = scaler.transform(far[:150] + 1.0, condition[:150]) - scaled[:150]
    assert np.allclose(steps, steps[:1])
    assert (steps * x[:150].std(axis=0) < 1.0 + 1e-9).all()
    assert np.allclose(scaler.inverse_transform(scaled, condition), far)


def test_without_a_condition_the_result_is_that_of_the_block_scaler(two_sources):
    x, _ = two_sources
    nothing = np.empty((len(x), 0))
    assert np.allclose(
        ConditionScaler("power", within=True).fit(lambda: [(x, nothing)]).transform(x, nothing),
        BlockScaler("power").fit_transform(x),
    )


def test_missing_blocks_stay_missing(two_sources):
    x, condition = two_sources
    x[:120, 2:] = np.nan  # 30 rows of the first source remain, too few for their own scale
    scaled = ConditionScaler("standard", within=True).fit(lambda: [(x, condition)]).transform(x, condition)
    assert np.array_equal(np.isnan(scaled), np.isnan(x))
    assert np.allclose(scaled[:150, :2].mean(0), 0, atol=1e-9)
    assert np.allclose(scaled[120:150, 2:], BlockScaler().fit(x).transform(x)[120:150, 2:])


def test_transformer_scales_only_within_one_hot_conditions(two_sources):
    x, condition = two_sources
    table = pd.DataFrame(np.c_[x, condition], columns=[*"abcd", "source__x", "source__y", "source__z"])
    settings = {"latent_dim": 2, "condition": "source", "scale": "standard", "max_epochs": 1, "random_state": 0}
    assert len(VAETransformer(**settings).fit(table).scaler_.own) == 2
    assert VAETransformer(scale_within_condition=False, **settings).fit(table).scaler_.own == []
    level = table[[*"abcd"]].assign(source=condition @ [0.0, 0.5, 2.0])
    assert VAETransformer(**settings).fit(level).scaler_.own == []
