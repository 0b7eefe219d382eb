"""Training history."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skvae.plots import HistoryDisplay

HISTORY = [
    {
        "epoch": epoch,
        "kl_weight": min(1, epoch / 4),
        "active_units": epoch,
        **{f"{half}_{part}": 1.0 / epoch for half in ("train", "valid") for part in ("reconstruction", "kl", "elbo")},
    }
    for epoch in range(1, 9)
]


def test_panels_show_training_and_validation_rows_and_the_warm_up():
    display = HistoryDisplay.from_history(HISTORY)
    assert len(display.axes_) == 4
    first = display.axes_[0]
    assert [line.get_label() for line in first.lines] == ["training rows", "validation rows"]
    assert first.patches[0].get_x() + first.patches[0].get_width() == 3


def test_history_of_a_pipeline_is_that_of_the_last_step_with_a_history():
    pipeline = make_pipeline(PCA(2), KMeans(2)).fit(np.eye(4))
    with pytest.raises(ValueError, match="no history_"):
        HistoryDisplay.from_estimator(pipeline)
    pipeline[0].history_ = HISTORY
    assert HistoryDisplay.from_estimator(pipeline).history is HISTORY


def test_only_recorded_quantities_are_plotted():
    assert len(HistoryDisplay.from_history([{"train_kl": 1.0}, {"train_kl": np.nan}]).axes_) == 1
    with pytest.raises(ValueError, match="The history contains none of"):
        HistoryDisplay.from_history([{"dur": 1.0}])


def test_phases_are_plotted_one_after_another():
    phases = [{"phase": phase, **row} for phase in ("vae", "guided") for row in HISTORY]
    ax = HistoryDisplay.from_history(phases).axes_[0]
    assert list(ax.lines[0].get_xdata()) == list(range(1, 17))
    assert [text.get_text() for text in ax.texts] == ["guided"]
