"""Decoded paths, and classes that lie apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import balanced_accuracy_score, silhouette_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from skvae import VAETransformer
from skvae.metrics import class_separation, interpolation_scores


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999), n_steps=st.integers(2, 12))
def test_a_linear_decoder_is_even_and_straight(seed, n_steps):
    X = np.random.default_rng(seed).normal(size=(30, 5))
    pca = PCA(3).fit(X)
    scores = interpolation_scores(pca, pca.transform(X), n_steps=n_steps, n_pairs=20)
    assert scores.consistency == pytest.approx(1)
    assert scores.straightness == pytest.approx(1)
    twice = interpolation_scores(pca, pca.transform(X), n_steps=2 * n_steps, n_pairs=20)
    assert twice.step_size == pytest.approx(scores.step_size / 2)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999))
def test_units_of_columns_do_not_matter_and_scores_have_bounds(seed):
    rng = np.random.default_rng(seed)
    W, Z = rng.normal(size=(3, 6)), rng.normal(size=(25, 3))
    scores = interpolation_scores(lambda Z: np.tanh(Z @ W), Z, n_steps=6)
    hertz = interpolation_scores(lambda Z: 440 + np.tanh(Z @ W) * [1, 10, 1e3, 1, 1, 1], Z, n_steps=6)
    assert hertz == pytest.approx(scores)
    assert 1 / 6 <= scores.consistency <= 1
    assert 0 < scores.straightness <= 1


def test_a_jump_and_a_detour():
    Z = np.array([[0.0], [1.0]])
    jump = interpolation_scores(lambda Z: (Z > 0.55).astype(float), Z, n_steps=10)
    assert jump.consistency == pytest.approx(0.1)
    assert jump.straightness == pytest.approx(1)
    # there and halfway back, in three even steps of one standard deviation (0.5) or half the way
    detour = interpolation_scores(lambda Z: np.interp(Z, [0, 2 / 3, 1], [0, 2, 1]), Z, n_steps=3)
    assert detour.consistency == pytest.approx(1)
    assert detour.straightness == pytest.approx(1 / 3)
    assert detour.step_size == pytest.approx(2)


def test_a_vae_with_a_condition_and_columns_that_it_does_not_decode(rng):
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


def test_paths_that_go_nowhere(rng):
    Z = rng.normal(size=(4, 2))
    assert np.isnan(interpolation_scores(np.zeros_like, Z)).all()
    same = np.array([[0.0], [0.0], [1.0]])
    assert interpolation_scores(np.array, same).straightness == pytest.approx(1)


def test_interpolation_refusals():
    with pytest.raises(TypeError, match="str has no inverse_transform"):
        interpolation_scores("model", [[0.0], [1.0]])
    with pytest.raises(ValueError, match="Z has 1 rows that are not NaN, n_steps=10"):
        interpolation_scores(np.array, [[0.0], [np.nan]])
    with pytest.raises(ValueError, match="n_steps=1"):
        interpolation_scores(np.array, [[0.0], [1.0]], n_steps=1)


@pytest.fixture(scope="module")
def blobs():
    return make_blobs([60, 40, 30], n_features=4, cluster_std=1.5, random_state=3)


def test_separation_of_blobs_and_of_noise(blobs):
    Z, y = blobs
    scores = class_separation(Z, np.array(["rock", "jazz", "folk"])[y])
    assert scores["score"][["linear_probe", "knn"]].min() > 0.95
    assert scores["score"]["silhouette"] == pytest.approx(silhouette_score(Z, y))
    assert scores["chance"][["linear_probe", "knn"]].to_numpy() == pytest.approx(1 / 3, abs=0.08)
    noise = class_separation(np.random.default_rng(0).normal(size=Z.shape), y)
    assert noise["score"].to_numpy() == pytest.approx(noise["chance"].to_numpy(), abs=0.15)


def test_curved_classes_are_for_neighbours(rng):
    angle, radius = rng.uniform(0, 2 * np.pi, 200), np.repeat([1.0, 3.0], 100)
    ring = np.c_[np.cos(angle), np.sin(angle)] * radius[:, None] + rng.normal(scale=0.1, size=(200, 2))
    scores = class_separation(ring, radius)["score"]
    assert scores["knn"] > 0.98
    assert scores["linear_probe"] < 0.7


@settings(deadline=None, max_examples=4)
@given(seed=st.integers(0, 99), scale=st.sampled_from([1e-4, 1.0, 1e3]))
def test_separation_of_a_rotated_latent_in_other_units(seed, scale):
    Z, y = make_blobs(60, n_features=3, centers=3, cluster_std=3, random_state=seed)
    Z = Z.astype(float)
    moved = 7 + scale * (Z @ ortho_group.rvs(3, random_state=seed))
    first, second = (class_separation(latent, y, n_permutations=1) for latent in (Z, moved))
    assert second.to_numpy() == pytest.approx(first.to_numpy(), abs=0.02)


def test_groups_are_not_split(rng):
    # each artist has a sound; genres have none: a split through artists makes one up
    artist = np.repeat(np.arange(20), 6)
    genre = np.array(["rock", "jazz"])[np.arange(20) % 2][artist]
    Z = rng.normal(size=(20, 5))[artist] * 3 + rng.normal(size=(120, 5)) * 0.3
    told, honest = (class_separation(Z, genre, groups=groups, n_neighbors=3)["score"] for groups in (None, artist))
    assert told["knn"] > 0.95
    assert honest["knn"] < 0.7
    folds = GroupKFold(5, shuffle=True, random_state=0)
    predicted = cross_val_predict(KNeighborsClassifier(3), Z, genre, groups=artist, cv=folds)
    assert balanced_accuracy_score(genre, predicted) < 0.7


def test_missing_and_rare_classes_are_left_out(blobs):
    Z, y = blobs
    labels = [*np.array(["rock", "jazz", "folk"])[y], None, np.nan, "hapax", "rock"]
    more = np.r_[Z, Z[:3], np.full((1, 4), np.nan)]
    pd.testing.assert_frame_equal(class_separation(more, labels), class_separation(Z, y))
    for too_few in (["rock"] * 130, [None] * 130, range(130)):
        assert class_separation(Z, too_few).isna().all(axis=None)


def test_a_collapsed_latent_is_at_chance(blobs):
    _, y = blobs
    scores = class_separation(np.zeros((130, 2)), y)
    assert scores["score"]["linear_probe"] == pytest.approx(1 / 3)
