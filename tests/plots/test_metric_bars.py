"""Bars of one metric."""

import numpy as np
import pandas as pd
import pytest

from skvae.experiments import summarize
from skvae.plots import (
    MetricBarsDisplay,
)


@pytest.mark.parametrize("by", ["representation", "clusterer"])
def test_bars_show_means_intervals_and_chance_levels(summary, by, tmp_path, legend):
    display = MetricBarsDisplay.from_summary(summary, by=by)
    fair = summary[(summary["metric"] == "ami")]
    assert sorted(bar.get_width() for bar in display.ax_.patches) == pytest.approx(sorted(fair["mean"]))
    chance = [line for line in display.ax_.lines if np.allclose(line.get_xdata(), 0.05)]
    assert len(chance) == len(fair)
    assert legend(display.ax_)[-3:] == ["95 % interval over seeds", "chance level", "leaked score"]
    first = display.ax_.get_yticklabels()[0].get_text()
    assert first == {"representation": "beta-vae-0.5", "clusterer": "kmeans"}[by]
    display.figure_.savefig(tmp_path / "bars.png")  # a missing glyph raises a warning, and thereby an error


def test_bars_show_the_best_groups_and_the_number_of_omitted_groups(summary):
    display = MetricBarsDisplay.from_summary(summary, "davies_bouldin", max_groups=2)
    assert [text.get_text() for text in display.ax_.get_yticklabels()][-1] == "beta-vae-0.5"
    assert display.ax_.get_xlabel() == "Davies-Bouldin in the input space (3 more not shown)"


def test_bars_of_one_seed_have_no_interval(table, legend):
    display = MetricBarsDisplay.from_summary(summarize(table[table["seed"] == 0]))
    assert "95 % interval over seeds" not in legend(display.ax_)


def test_invalid_arguments_raise(summary):
    with pytest.raises(ValueError, match=r"no label 'mood'. Available labels: ভাষা"):
        MetricBarsDisplay.from_summary(summary, "ami", "mood")
    with pytest.raises(ValueError, match="by must be one of representation, clusterer, got 'seed'"):
        MetricBarsDisplay.from_summary(summary, by="seed")
    with pytest.raises(ValueError, match="several studies"):
        MetricBarsDisplay.from_summary(pd.concat([summary, summary.assign(study="b")]))
