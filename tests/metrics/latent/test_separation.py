"""Separation of known classes in a latent space."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group
from sklearn.datasets import make_blobs
from sklearn.metrics import balanced_accuracy_score, silhouette_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from skvae.metrics import class_separation


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def blobs():
    return make_blobs([60, 40, 30], n_features=4, cluster_std=1.5, random_state=3)


def test_blobs_are_separated_and_noise_is_at_chance_level(blobs):
    Z, y = blobs
    scores = class_separation(Z, np.array(["rock", "jazz", "folk"])[y])
    assert scores["score"][["linear_probe", "knn"]].min() > 0.95
    assert scores["score"]["silhouette"] == pytest.approx(silhouette_score(Z, y))
    assert scores["chance"][["linear_probe", "knn"]].to_numpy() == pytest.approx(1 / 3, abs=0.08)
    noise = class_separation(np.random.default_rng(0).normal(size=Z.shape), y)
    assert noise["score"].to_numpy() == pytest.approx(noise["chance"].to_numpy(), abs=0.15)


def test_neighbors_separate_rings_and_a_linear_probe_does_not(rng):
    angle, radius = rng.uniform(0, 2 * np.pi, 200), np.repeat([1.0, 3.0], 100)
    ring = np.c_[np.cos(angle), np.sin(angle)] * radius[:, None] + rng.normal(scale=0.1, size=(200, 2))
    scores = class_separation(ring, radius)["score"]
    assert scores["knn"] > 0.98
    assert scores["linear_probe"] < 0.7


@settings(deadline=None, max_examples=4)
@given(seed=st.integers(0, 99), scale=st.sampled_from([1e-4, 1.0, 1e3]))
def test_scores_are_invariant_to_rotation_and_scale(seed, scale):
    Z, y = make_blobs(60, n_features=3, centers=3, cluster_std=3, random_state=seed)
    Z = Z.astype(float)
    moved = 7 + scale * (Z @ ortho_group.rvs(3, random_state=seed))
    first, second = (class_separation(latent, y, n_permutations=1) for latent in (Z, moved))
    assert second.to_numpy() == pytest.approx(first.to_numpy(), abs=0.02)


def test_groups_are_not_split_between_folds(rng):
    # Artists differ, but genres do not. Folds that split artists seem to separate the genres.
    artist = np.repeat(np.arange(20), 6)
    genre = np.array(["rock", "jazz"])[np.arange(20) % 2][artist]
    Z = rng.normal(size=(20, 5))[artist] * 3 + rng.normal(size=(120, 5)) * 0.3
    split, grouped = (class_separation(Z, genre, groups=groups, n_neighbors=3)["score"] for groups in (None, artist))
    assert split["knn"] > 0.95
    assert grouped["knn"] < 0.7
    folds = GroupKFold(5, shuffle=True, random_state=0)
    predicted = cross_val_predict(KNeighborsClassifier(3), Z, genre, groups=artist, cv=folds)
    assert balanced_accuracy_score(genre, predicted) < 0.7


def test_missing_and_rare_classes_are_ignored(blobs):
    Z, y = blobs
    labels = [*np.array(["rock", "jazz", "folk"])[y], None, np.nan, "hapax", "rock"]
    more = np.r_[Z, Z[:3], np.full((1, 4), np.nan)]
    pd.testing.assert_frame_equal(class_separation(more, labels), class_separation(Z, y))
    for too_few in (["rock"] * 130, [None] * 130, range(130)):
        assert class_separation(Z, too_few).isna().all(axis=None)


def test_collapsed_latent_space_is_at_chance_level(blobs):
    _, y = blobs
    scores = class_separation(np.zeros((130, 2)), y)
    assert scores["score"]["linear_probe"] == pytest.approx(1 / 3)
