"""Calibration of memberships."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from skvae.metrics import clustering_accuracy_score, reliability_curve


def draw_memberships(seed, n=400, k=3):
    """Return random memberships, and labels drawn with these probabilities."""
    rng = np.random.default_rng(seed)
    memberships = rng.dirichlet(np.full(k, 0.5), n)
    return memberships, (rng.random(n)[:, None] > memberships.cumsum(axis=1)).sum(axis=1).clip(max=k - 1)


def test_labels_drawn_from_the_memberships_are_calibrated():
    memberships, y = draw_memberships(0, n=100_000)
    curve = reliability_curve(y, memberships)
    np.testing.assert_allclose(curve.accuracy, curve.confidence, atol=0.02)
    assert curve.calibration_error < 0.01


@pytest.mark.parametrize("power", [0.5, 3.0])
def test_error_of_overconfident_and_underconfident_memberships(power):
    """The memberships [p, 1 - p] are correct with probability q. The error is the mean of p - q."""
    rng = np.random.default_rng(0)
    q = rng.uniform(0.5, 1, 200_000)
    p = q**power / (q**power + (1 - q) ** power)
    y = (rng.random(len(q)) > q).astype(int)
    swap = rng.random(len(q)) < 0.5  # so that both clusters occur
    memberships = np.where(swap[:, None], np.stack([1 - p, p], 1), np.stack([p, 1 - p], 1))
    curve = reliability_curve(np.where(swap, 1 - y, y), memberships)
    assert curve.calibration_error == pytest.approx(np.abs(p - q).mean(), abs=0.01)
    assert (curve.mean_confidence > curve.mean_accuracy) == (power > 1)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 15), st.sampled_from(["uniform", "quantile"]))
def test_bins_equal_those_of_scikit_learn(seed, n_bins, strategy):
    memberships, y = draw_memberships(seed, k=2)
    curve = reliability_curve(1 - y, memberships, n_bins=n_bins, strategy=strategy)  # labels are matched with clusters
    right = memberships.argmax(axis=1) == y
    accuracy, confidence = calibration_curve(right, memberships.max(axis=1), n_bins=n_bins, strategy=strategy)
    np.testing.assert_allclose(curve.accuracy, accuracy)
    np.testing.assert_allclose(curve.confidence, confidence)
    assert curve.counts.sum() == len(y)
    assert curve.calibration_error == pytest.approx(np.average(np.abs(accuracy - confidence), weights=curve.counts))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 6))
def test_mean_accuracy_equals_the_clustering_accuracy(seed, n_labels, n_clusters):
    rng = np.random.default_rng(seed)
    memberships, y = rng.dirichlet(np.ones(n_clusters), 50), rng.integers(n_labels, size=50)
    curve = reliability_curve(y, memberships)
    assert curve.mean_accuracy == pytest.approx(clustering_accuracy_score(y, memberships.argmax(axis=1)))
    assert 0 <= curve.calibration_error <= 1
    assert abs(curve.mean_accuracy - curve.mean_confidence) <= curve.calibration_error + 1e-12


def test_rows_without_memberships_are_ignored():
    memberships, y = draw_memberships(0)
    whole = reliability_curve(y[5:], memberships[5:])
    memberships[:5] = np.nan
    gaps = reliability_curve([None] * 5 + y[5:].tolist(), memberships)
    assert gaps.calibration_error == whole.calibration_error
    np.testing.assert_array_equal(gaps.counts, whole.counts)


@pytest.mark.parametrize(
    ("labels", "memberships", "message"),
    [
        ([0, 1], [[1.0]], "labels_true has 2 rows, but memberships has 1 rows"),
        ([0, None], [[0.5, 0.5], [1, 0]], "labels_true is missing in 1 of 2 rows"),
        ([0, 1], [[0.5, 0.5], [1, 1]], "sum to 1 in each row, but row 1 has"),
    ],
)
def test_invalid_input_raises(labels, memberships, message):
    with pytest.raises(ValueError, match=message):
        reliability_curve(labels, memberships)
