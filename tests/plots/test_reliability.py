"""Display of a reliability curve."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from skvae.metrics import reliability_curve
from skvae.plots import ReliabilityDisplay


def draw_memberships(seed, n=400, k=3):
    """Return random memberships, and labels drawn with these probabilities."""
    rng = np.random.default_rng(seed)
    memberships = rng.dirichlet(np.full(k, 0.5), n)
    return memberships, (rng.random(n)[:, None] > memberships.cumsum(axis=1)).sum(axis=1).clip(max=k - 1)


def test_display_draws_the_curve():
    memberships, y = draw_memberships(0)
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
