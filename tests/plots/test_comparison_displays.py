"""Displays of a comparison draw what they were given, in any script, and never rank what is leaked."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skvae.experiments import measure_effects, summarize
from skvae.experiments.summary._sweep import sweep_beta
from skvae.plots import (
    BetaSweepDisplay,
    MapGridDisplay,
    MetricBarsDisplay,
    MetricHeatmapDisplay,
    StudyDisplay,
)

SCORES = {"pca": 0.2, "vae": 0.3, "beta-vae-0.5": 0.35, "beta-vae-4": 0.25, "conditional-vae-ভাষা": 0.6}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def table():
    """Five representations, two clusterers, six seeds; the last representation is leaked."""
    rows = []
    for name, score in SCORES.items():
        for clusterer in ("kmeans", "kmeans@umap"):
            for seed in range(6):
                value = score + seed / 100 - 0.02 * (clusterer != "kmeans")
                of_label = {"label": "ভাষা", "space": "", "leaked": score > 0.5, "chance": 0.05}
                rows += [
                    (name, clusterer, seed, "ami", value, *of_label.values()),
                    (name, clusterer, seed, "davies_bouldin", 3 - value, "", "input", False, 9.0),
                    (name, clusterer, seed, "silhouette", value, "", "latent", False, 0.0),
                ]
        rows += [(name, "", seed, "active_units", 10 * score + seed, "", "latent", False, np.nan) for seed in range(6)]
    columns = ["representation", "clusterer", "seed", "metric", "value", "label", "space", "leaked", "chance"]
    return pd.DataFrame(rows, columns=columns).assign(study="a_$tudy", version="1", reconstruction_error=0.5)


@pytest.fixture(scope="module")
def summary(table):
    return summarize(table, baselines=["pca"])


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("by", ["representation", "clusterer"])
def test_bars_have_the_means_the_intervals_and_a_line_for_chance(summary, by, tmp_path):
    display = MetricBarsDisplay.from_summary(summary, by=by)
    fair = summary[(summary["metric"] == "ami")]
    assert sorted(bar.get_width() for bar in display.ax_.patches) == pytest.approx(sorted(fair["mean"]))
    chance = [line for line in display.ax_.lines if np.allclose(line.get_xdata(), 0.05)]
    assert len(chance) == len(fair)
    assert legend(display.ax_)[-3:] == ["95 % interval over seeds", "chance", "leaked"]
    first = display.ax_.get_yticklabels()[0].get_text()
    assert first == {"representation": "beta-vae-0.5", "clusterer": "kmeans"}[by]
    display.figure_.savefig(tmp_path / "bars.png")  # a glyph that is missing is a warning, and an error


def test_bars_show_the_best_groups_and_say_how_many_they_leave_out(summary):
    display = MetricBarsDisplay.from_summary(summary, "davies_bouldin", max_groups=2)
    assert [text.get_text() for text in display.ax_.get_yticklabels()][-1] == "beta-vae-0.5"
    assert display.ax_.get_xlabel() == "davies bouldin in the input space (3 more not drawn)"


def test_bars_of_one_seed_have_no_interval(table):
    display = MetricBarsDisplay.from_summary(summarize(table[table["seed"] == 0]))
    assert "95 % interval over seeds" not in legend(display.ax_)


def test_scores_of_own_spaces_are_not_drawn_together(summary):
    with pytest.raises(ValueError, match="has no 'silhouette'"):
        MetricBarsDisplay.from_summary(summary, "silhouette")
    heads = [text.get_text() for text in MetricHeatmapDisplay.from_summary(summary).ax_.get_xticklabels()]
    assert len(heads) == 2
    assert heads[1] == "davies\nbouldin\ninput\nspace\n↓"


def test_bars_say_what_is_wrong(summary):
    with pytest.raises(ValueError, match="no label 'mood'; it has ভাষা"):
        MetricBarsDisplay.from_summary(summary, "ami", "mood")
    with pytest.raises(ValueError, match="by='seed' must be one of"):
        MetricBarsDisplay.from_summary(summary, by="seed")
    with pytest.raises(ValueError, match="studies"):
        MetricBarsDisplay.from_summary(pd.concat([summary, summary.assign(study="b")]))


def test_heatmap_colours_follow_the_direction_and_leave_leaked_scores_out(summary, tmp_path):
    display = MetricHeatmapDisplay.from_summary(summary)
    values, colours = display.values, pd.DataFrame(display.colours_, display.values.index)
    assert display.signs == [1, -1]
    assert colours.loc["beta-vae-0.5 + kmeans", 0] == 1
    assert colours.loc["pca + kmeans@umap", 0] == 0
    assert colours.loc["conditional-vae-ভাষা + kmeans", 1] == 1  # lowest Davies-Bouldin
    assert np.isnan(colours.loc["conditional-vae-ভাষা + kmeans", 0])
    texts = [text.get_text() for text in display.ax_.texts]
    assert sum(text.endswith("†") for text in texts) == 2
    assert len(texts) == values.size
    display.figure_.savefig(tmp_path / "heatmap.png")


def test_heatmap_of_few(summary):
    display = MetricHeatmapDisplay.from_summary(summary, metrics=["ami"], labels=["ভাষা"], max_methods=3)
    assert display.values.shape == (3, 1)
    constant = MetricHeatmapDisplay(pd.DataFrame({"AMI": [0.1, 0.1]}), [1]).plot()
    assert constant.colours_.tolist() == [[0.5], [0.5]]
    with pytest.raises(ValueError, match="ranks nothing"):
        MetricHeatmapDisplay.from_summary(summary, metrics=["active_units"])


def test_sweep_draws_mean_and_interval_at_each_beta(table, tmp_path):
    sweep = sweep_beta(table)
    assert list(sweep.columns) == ["study", "block", "beta", "seed", "reconstruction_error", "active_units", "ami ভাষা"]
    display = BetaSweepDisplay.from_sweep(sweep)
    assert [ax.get_title() for ax in display.axes_] == ["reconstruction error", "active units", "clusters"]
    assert display.axes_[1].lines[0].get_ydata().tolist() == pytest.approx([6.0, 5.0])
    assert [text.get_text() for text in display.axes_[0].get_xticklabels()] == ["0.5", "4"]
    display.figure_.savefig(tmp_path / "sweep.png")


def test_sweep_tells_blocks_apart_and_refuses_nothing():
    sweep = pd.DataFrame({"beta": [1, 4, 1, 4], "seed": 0, "block": ["", "", "audio", "audio"], "kl": [3.0, 1, 2, 1]})
    assert legend(BetaSweepDisplay.from_sweep(sweep).axes_[0]) == ["all blocks", "audio"]
    with pytest.raises(ValueError, match="nothing of"):
        BetaSweepDisplay.from_sweep(sweep[["beta", "block"]])


def test_leaked_scores_are_no_part_of_a_sweep(table):
    assert "ami ভাষা" not in sweep_beta(table.assign(leaked=True))


def test_grid_has_a_row_for_each_representation_and_a_legend_for_each_label(tmp_path):
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(12, 3))
    latents = {"pca": Z, "conditional-vae-language@audio": np.where(np.arange(12)[:, None] < 2, np.nan, Z)}
    groups = {"genre": ["rock"] * 6 + ["jazz"] * 4 + [None] * 2, "ভাষা": ["বাংলা", "العربية", "हिन्दी"] * 4}
    display = MapGridDisplay.from_latents(latents, groups, random_state=0)
    assert display.axes_.shape == (2, 2)
    assert legend(display.axes_[1, 0]) == ["rock", "jazz", "missing"]
    assert display.axes_[0, 0].get_legend() is None
    drawn = np.concatenate([points.get_offsets() for points in display.axes_[1, 0].collections])
    assert np.isfinite(drawn).all(axis=1).sum() == 10
    display.figure_.savefig(tmp_path / "grid.png")


def test_study_on_one_page(table, summary, tmp_path):
    display = StudyDisplay.from_summary(summary, measure_effects(table, "ভাষা"))
    assert len(display.axes_) == 3
    effects = [text.get_text().split(" ")[0] for text in display.axes_[2].get_yticklabels()]
    assert effects == ["umap", "beta", "beta", "condition"]
    assert display.figure_.get_suptitle() == r"a_\$tudy: seeds 0-5, skvae 1"
    display.figure_.savefig(tmp_path / "study.png")
    assert len(StudyDisplay.from_summary(summary).axes_) == 2


def test_displays_draw_where_they_are_told(summary, table):
    _, ax = plt.subplots()
    assert MetricBarsDisplay.from_summary(summary, ax=ax).ax_ is ax
    _, ax = plt.subplots()
    assert MetricHeatmapDisplay.from_summary(summary, ax=ax).ax_ is ax
    _, axes = plt.subplots(1, 3)
    assert list(BetaSweepDisplay.from_sweep(sweep_beta(table), axes=axes).axes_) == list(axes)
    _, axes = plt.subplots(1, 2)
    assert list(StudyDisplay.from_summary(summary, axes=axes).axes_) == list(axes)
