"""Smoothness of decoded paths."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from skvae import VAETransformer
from skvae.metrics import interpolation_scores


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999), n_steps=st.integers(2, 12))
def test_linear_decoder_is_consistent_and_straight(seed, n_steps):
    X = np.random.default_rng(seed).normal(size=(30, 5))
    pca = PCA(3).fit(X)
    scores = interpolation_scores(pca, pca.transform(X), n_steps=n_steps, n_pairs=20)
    assert scores.consistency == pytest.approx(1)
    assert scores.straightness == pytest.approx(1)
    twice = interpolation_scores(pca, pca.transform(X), n_steps=2 * n_steps, n_pairs=20)
    assert twice.step_size == pytest.approx(scores.step_size / 2)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999))
def test_scores_are_bounded_and_independent_of_column_scales(seed):
    rng = np.random.default_rng(seed)
    W, Z = rng.normal(size=(3, 6)), rng.normal(size=(25, 3))
    scores = interpolation_scores(lambda Z: np.tanh(Z @ W), Z, n_steps=6)
    hertz = interpolation_scores(lambda Z: 440 + np.tanh(Z @ W) * [1, 10, 1e3, 1, 1, 1], Z, n_steps=6)
    assert hertz == pytest.approx(scores)
    assert 1 / 6 <= scores.consistency <= 1
    assert 0 < scores.straightness <= 1


def test_jump_is_inconsistent_and_detour_is_not_straight():
    Z = np.array([[0.0], [1.0]])
    jump = interpolation_scores(lambda Z: (Z > 0.55).astype(float), Z, n_steps=10)
    assert jump.consistency == pytest.approx(0.1)
    assert jump.straightness == pytest.approx(1)
    # The path goes from 0 to 2 and back to 1, in three equal steps of two standard deviations (0.5).
    detour = interpolation_scores(lambda Z: np.interp(Z, [0, 2 / 3, 1], [0, 2, 1]), Z, n_steps=3)
    assert detour.consistency == pytest.approx(1)
    assert detour.straightness == pytest.approx(1 / 3)
    assert detour.step_size == pytest.approx(2)


def test_conditional_vae_with_columns_that_it_does_not_decode(rng):
    X = np.c_[rng.normal(size=(60, 4)), np.eye(2)[np.arange(60) % 2]]
    X = pd.DataFrame(X, columns=["audio__0", "audio__1", "audio__2", "other", "language__bn", "language__en"])
    modalities = [("audio", None, "audio")]
    vae = VAETransformer(2, modalities=modalities, condition="language", max_epochs=3, random_state=0).fit(X)
    Z = vae.transform(X)
    scores = interpolation_scores(vae, Z, condition=[1, 0])
    assert np.isfinite(scores).all()
    assert scores == interpolation_scores(vae, np.r_[Z, np.full((1, 2), np.nan)][:60], condition=[1, 0])
    with pytest.raises(ValueError, match="condition"):
        interpolation_scores(vae, Z)


def test_paths_of_length_zero_are_ignored(rng):
    Z = rng.normal(size=(4, 2))
    assert np.isnan(interpolation_scores(np.zeros_like, Z)).all()
    same = np.array([[0.0], [0.0], [1.0]])
    assert interpolation_scores(np.array, same).straightness == pytest.approx(1)


def test_invalid_input_raises():
    with pytest.raises(TypeError, match="inverse_transform method, got an instance of str"):
        interpolation_scores("model", [[0.0], [1.0]])
    with pytest.raises(ValueError, match="got 1 rows without NaN and n_steps=10"):
        interpolation_scores(np.array, [[0.0], [np.nan]])
    with pytest.raises(ValueError, match="n_steps=1"):
        interpolation_scores(np.array, [[0.0], [1.0]], n_steps=1)
