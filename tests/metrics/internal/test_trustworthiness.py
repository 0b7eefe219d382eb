"""Trustworthiness of maps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from skvae.metrics import trustworthiness_score


@settings(deadline=None, max_examples=25)
@given(n=st.integers(8, 60), k=st.integers(1, 3), seed=st.integers(0, 100))
def test_score_equals_that_of_scikit_learn(n, k, seed):
    rng = np.random.default_rng(seed)
    X, Z = rng.normal(size=(n, 5)), rng.normal(size=(n, 2))
    assert trustworthiness_score(X, Z, n_neighbors=k) == pytest.approx(trustworthiness(X, Z, n_neighbors=k))
    assert trustworthiness_score(X, X @ np.diag([-2.0] * 5), n_neighbors=k) == pytest.approx(1)


def test_pca_map_scores_better_than_a_random_map():
    X = load_digits().data[:400]
    plane = PCA(2).fit_transform(X)
    good = trustworthiness_score(X, plane)
    assert good > 0.8
    assert trustworthiness_score(X, np.random.default_rng(0).normal(size=(400, 2))) == pytest.approx(0.5, abs=0.05)
    sampled = trustworthiness_score(X, plane, sample_size=200, random_state=1)
    assert sampled == trustworthiness_score(X, plane, sample_size=200, random_state=1) != good
    assert sampled == pytest.approx(good, abs=0.1)


def test_missing_values_are_supported():
    X = load_digits().data[:100]
    plane = PCA(2).fit_transform(X)
    gaps, partly = np.vstack([X, np.full((3, 64), np.nan)]), X.copy()
    partly[::4, :10] = np.nan
    assert trustworthiness_score(gaps, np.vstack([plane, np.zeros((3, 2))])) == trustworthiness_score(X, plane)
    assert trustworthiness_score(partly, plane) == pytest.approx(trustworthiness_score(X, plane), abs=0.05)


def test_invalid_input_raises():
    X = np.random.default_rng(0).normal(size=(20, 3))
    with pytest.raises(ValueError, match="n_neighbors=15 must be less than half of the number of rows \\(20\\)"):
        trustworthiness_score(X, X)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        trustworthiness_score(X, X[1:], n_neighbors=3)
