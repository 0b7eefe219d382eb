"""Sweep of beta."""

import pandas as pd
import pytest

from skvae.experiments.summary._sweep import sweep_beta
from skvae.plots import BetaSweepDisplay


def test_panels_show_the_mean_for_each_beta(table, tmp_path):
    sweep = sweep_beta(table)
    assert list(sweep.columns) == ["study", "block", "beta", "seed", "reconstruction_error", "active_units", "ami ভাষা"]
    display = BetaSweepDisplay.from_sweep(sweep)
    assert [ax.get_title() for ax in display.axes_] == ["Reconstruction error", "Active units", "Cluster scores"]
    assert display.axes_[1].lines[0].get_ydata().tolist() == pytest.approx([6.0, 5.0])
    assert [text.get_text() for text in display.axes_[0].get_xticklabels()] == ["0.5", "4"]
    display.figure_.savefig(tmp_path / "sweep.png")


def test_blocks_have_separate_lines_and_an_empty_sweep_raises(legend):
    sweep = pd.DataFrame({"beta": [1, 4, 1, 4], "seed": 0, "block": ["", "", "audio", "audio"], "kl": [3.0, 1, 2, 1]})
    assert legend(BetaSweepDisplay.from_sweep(sweep).axes_[0]) == ["all blocks", "audio"]
    with pytest.raises(ValueError, match="no numeric column to plot"):
        BetaSweepDisplay.from_sweep(sweep[["beta", "block"]])


def test_leaked_scores_are_excluded_from_a_sweep(table):
    assert "ami ভাষা" not in sweep_beta(table.assign(leaked=True))
