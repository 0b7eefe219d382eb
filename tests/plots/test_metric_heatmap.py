"""Heatmap of all metrics."""

import numpy as np
import pandas as pd
import pytest

from skvae.plots import MetricBarsDisplay, MetricHeatmapDisplay


def test_scores_of_different_spaces_are_not_plotted_together(summary):
    with pytest.raises(ValueError, match="no comparable scores of metric 'silhouette'"):
        MetricBarsDisplay.from_summary(summary, "silhouette")
    heads = [text.get_text() for text in MetricHeatmapDisplay.from_summary(summary).ax_.get_xticklabels()]
    assert len(heads) == 2
    assert heads[1] == "Davies-\nBouldin\ninput\nspace\n↓"


def test_colors_follow_the_direction_and_exclude_leaked_scores(summary, tmp_path):
    display = MetricHeatmapDisplay.from_summary(summary)
    values, colors = display.values, pd.DataFrame(display.colours_, display.values.index)
    assert display.signs == [1, -1]
    assert colors.loc["beta-vae-0.5 + kmeans", 0] == 1
    assert colors.loc["pca + kmeans@umap", 0] == 0
    assert colors.loc["conditional-vae-ভাষা + kmeans", 1] == 1  # lowest Davies-Bouldin
    assert np.isnan(colors.loc["conditional-vae-ভাষা + kmeans", 0])
    texts = [text.get_text() for text in display.ax_.texts]
    assert sum(text.endswith("†") for text in texts) == 2
    assert len(texts) == values.size
    display.figure_.savefig(tmp_path / "heatmap.png")


def test_selected_methods_and_constant_columns(summary):
    display = MetricHeatmapDisplay.from_summary(summary, metrics=["ami"], labels=["ভাষা"], max_methods=3)
    assert display.values.shape == (3, 1)
    constant = MetricHeatmapDisplay(pd.DataFrame({"AMI": [0.1, 0.1]}), [1]).plot()
    assert constant.colours_.tolist() == [[0.5], [0.5]]
    with pytest.raises(ValueError, match="contains no ranks"):
        MetricHeatmapDisplay.from_summary(summary, metrics=["active_units"])
