"""Comparison on one page."""

import matplotlib.pyplot as plt

from skvae.experiments import measure_effects
from skvae.experiments.summary._sweep import sweep_beta
from skvae.plots import (
    BetaSweepDisplay,
    MetricBarsDisplay,
    MetricHeatmapDisplay,
    StudyDisplay,
)


def test_study_contains_bars_heatmap_and_effects(table, summary, tmp_path):
    display = StudyDisplay.from_summary(summary, measure_effects(table, "ভাষা"))
    assert len(display.axes_) == 3
    effects = [text.get_text().split(" ")[0] for text in display.axes_[2].get_yticklabels()]
    assert effects == ["umap", "beta", "beta", "condition"]
    assert display.figure_.get_suptitle() == r"a_\$tudy: seeds 0-5, skvae 1"
    display.figure_.savefig(tmp_path / "study.png")
    assert len(StudyDisplay.from_summary(summary).axes_) == 2


def test_displays_use_the_given_axes(summary, table):
    _, ax = plt.subplots()
    assert MetricBarsDisplay.from_summary(summary, ax=ax).ax_ is ax
    _, ax = plt.subplots()
    assert MetricHeatmapDisplay.from_summary(summary, ax=ax).ax_ is ax
    _, axes = plt.subplots(1, 3)
    assert list(BetaSweepDisplay.from_sweep(sweep_beta(table), axes=axes).axes_) == list(axes)
    _, axes = plt.subplots(1, 2)
    assert list(StudyDisplay.from_summary(summary, axes=axes).axes_) == list(axes)
