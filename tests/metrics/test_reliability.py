"""Confidence against accuracy: closed forms, and scikit-learn's curve for two classes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.naive_bayes import GaussianNB

from skvae.metrics import clustering_accuracy_score, reliability_curve
from skvae.plots import ReliabilityDisplay


def drawn(seed, n=400, k=3):
    """Memberships, and labels that are drawn by them."""
    rng = np.random.default_rng(seed)
    memberships = rng.dirichlet(np.full(k, 0.5), n)
    return memberships, (rng.random(n)[:, None] > memberships.cumsum(axis=1)).sum(axis=1).clip(max=k - 1)


def test_labels_drawn_by_the_memberships_are_calibrated():
    memberships, y = drawn(0, n=100_000)
    curve = reliability_curve(y, memberships)
    np.testing.assert_allclose(curve.accuracy, curve.confidence, atol=0.02)
    assert curve.calibration_error < 0.01


@pytest.mark.parametrize("power", [0.5, 3.0])
def test_what_is_sharpened_or_blurred_errs_by_the_difference(power):
    """Memberships [p, 1 - p] whose labels are right with probability q: the error is the mean of p - q."""
    rng = np.random.default_rng(0)
    q = rng.uniform(0.5, 1, 200_000)
    p = q**power / (q**power + (1 - q) ** power)
    y = (rng.random(len(q)) > q).astype(int)
    swap = rng.random(len(q)) < 0.5  # both clusters are used
    memberships = np.where(swap[:, None], np.stack([1 - p, p], 1), np.stack([p, 1 - p], 1))
    curve = reliability_curve(np.where(swap, 1 - y, y), memberships)
    assert curve.calibration_error == pytest.approx(np.abs(p - q).mean(), abs=0.01)
    assert (curve.mean_confidence > curve.mean_accuracy) == (power > 1)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 15), st.sampled_from(["uniform", "quantile"]))
def test_bins_are_those_of_scikit_learn(seed, n_bins, strategy):
    memberships, y = drawn(seed, k=2)
    curve = reliability_curve(1 - y, memberships, n_bins=n_bins, strategy=strategy)  # names do not matter
    right = memberships.argmax(axis=1) == y
    accuracy, confidence = calibration_curve(right, memberships.max(axis=1), n_bins=n_bins, strategy=strategy)
    np.testing.assert_allclose(curve.accuracy, accuracy)
    np.testing.assert_allclose(curve.confidence, confidence)
    assert curve.counts.sum() == len(y)
    assert curve.calibration_error == pytest.approx(np.average(np.abs(accuracy - confidence), weights=curve.counts))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 6))
def test_the_mean_accuracy_is_the_clustering_accuracy(seed, n_labels, n_clusters):
    rng = np.random.default_rng(seed)
    memberships, y = rng.dirichlet(np.ones(n_clusters), 50), rng.integers(n_labels, size=50)
    curve = reliability_curve(y, memberships)
    assert curve.mean_accuracy == pytest.approx(clustering_accuracy_score(y, memberships.argmax(axis=1)))
    assert 0 <= curve.calibration_error <= 1
    assert abs(curve.mean_accuracy - curve.mean_confidence) <= curve.calibration_error + 1e-12


def test_rows_without_memberships_are_left_out():
    memberships, y = drawn(0)
    whole = reliability_curve(y[5:], memberships[5:])
    memberships[:5] = np.nan
    gaps = reliability_curve([None] * 5 + y[5:].tolist(), memberships)
    assert gaps.calibration_error == whole.calibration_error
    np.testing.assert_array_equal(gaps.counts, whole.counts)


@pytest.mark.parametrize(
    ("labels", "memberships", "message"),
    [
        ([0, 1], [[1.0]], "labels_true has 2 rows and memberships 1"),
        ([0, None], [[0.5, 0.5], [1, 0]], "labels_true is missing in 1 of 2 rows"),
        ([0, 1], [[0.5, 0.5], [1, 1]], "memberships of row 1 are no probabilities"),
    ],
)
def test_what_cannot_be_measured_is_refused(labels, memberships, message):
    with pytest.raises(ValueError, match=message):
        reliability_curve(labels, memberships)


def test_display_draws_the_curve():
    memberships, y = drawn(0)
    display = ReliabilityDisplay.from_predictions(y, memberships, n_bins=5)
    accuracy = display.ax_.lines[1]
    np.testing.assert_array_equal(
        accuracy.get_xydata(), np.stack([display.curve.confidence, display.curve.accuracy], 1)
    )
    assert sum(bar.get_height() for bar in display.ax_.patches) == pytest.approx(1)
    _, ax = plt.subplots()
    X = np.random.default_rng(0).normal(size=(400, 2)) + y[:, None]
    model = GaussianNB().fit(X, y)
    display = ReliabilityDisplay.from_estimator(model, X, y, ax=ax)
    assert display.ax_ is ax
    assert display.curve.calibration_error == reliability_curve(y, model.predict_proba(X)).calibration_error
    plt.close("all")
