"""Display of a whole comparison on one page."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ._metric_bars import MetricBarsDisplay
from ._metric_heatmap import MetricHeatmapDisplay
from ._style import COLORS, GRAY, find_fonts, shorten, style_axes
from ._summary import select_scores

HEATMAP_METRICS = {"ami", "ari", "nmi", "purity", "accuracy", "silhouette", "davies_bouldin", "calinski_harabasz"}
VERDICT_STYLES = {
    "better": (COLORS[0], "o"),
    "worse": (COLORS[5], "s"),
    "no difference": (GRAY, "D"),
    "leaked": (GRAY, "x"),
}
MAX_GROUPS = 8


@dataclass
class StudyDisplay:
    """Comparison on one page: bars of one metric, a heatmap of all metrics, and the effects of single steps.

    It is recommended to use `from_summary` to create a `StudyDisplay`.

    Parameters
    ----------
    summary : DataFrame
        Output of `skvae.experiments.summarize` for one study.
    effects : DataFrame, default=None
        Output of `skvae.experiments.measure_effects` for the same metric and label.
    metric : str, default="ami"
        Metric of the bars.
    label : str, default=None
        Label of the bars. If None, the first label of the metric is used.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        Axes of the bars, the heatmap and the effects. The effects are left out if there are none.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    MetricBarsDisplay : The bars alone.
    MetricHeatmapDisplay : The heatmap alone.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.experiments import measure_effects, summarize
    >>> from skvae.plots import StudyDisplay
    >>> rows = [(name, seed, (name != "vae") / 5 + seed / 99) for name in ("vae", "beta-vae-4") for seed in range(6)]
    >>> table = pd.DataFrame(rows, columns=["representation", "seed", "value"]).assign(
    ...     study="toy", clusterer="kmeans", label="genre", metric="ami", space="", chance=0.0, leaked=False, version=""
    ... )
    >>> display = StudyDisplay.from_summary(summarize(table), measure_effects(table, "genre"))
    >>> [text.get_text() for text in display.axes_[2].get_yticklabels()]
    ['beta 4']
    """

    summary: pd.DataFrame
    effects: pd.DataFrame = None
    metric: str = "ami"
    label: str = None
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_summary(cls, summary, effects=None, *, metric="ami", label=None, **plot):
        """Plot a comparison.

        Parameters
        ----------
        summary : DataFrame
            Output of `skvae.experiments.summarize` for one study.
        effects : DataFrame, default=None
            Output of `skvae.experiments.measure_effects` for the same metric and label.
        metric : str, default="ami"
            Metric of the bars.
        label : str, default=None
            Label of the bars. If None, the first label of the metric is used.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : StudyDisplay
            Display with the plotted comparison.
        """
        return cls(summary, effects, metric, label).plot(**plot)

    def plot(self, axes=None):
        """Plot the comparison.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            Axes of the bars, the heatmap and the effects. The effects are left out if there are none. If None, a new
            figure is created.

        Returns
        -------
        display : StudyDisplay
            Display with the plotted comparison.
        """
        effects = self.effects if self.effects is not None and len(self.effects) else None
        scores, title = select_scores(self.summary, self.metric, self.label)
        self.axes_ = np.ravel(_make_axes(scores, effects) if axes is None else axes)
        self.figure_ = self.axes_[0].figure
        MetricBarsDisplay(scores, title).plot(self.axes_[0], max_groups=MAX_GROUPS)
        metrics, labels = HEATMAP_METRICS | {self.metric}, {"", scores["label"].iloc[0]}
        MetricHeatmapDisplay.from_summary(self.summary, ax=self.axes_[1], metrics=metrics, labels=labels)
        if effects is not None:
            _plot_effects(self.axes_[2], effects, title)
        study = self.summary.iloc[0]
        name = find_fonts([study["study"]])[0][study["study"]]
        self.figure_.suptitle(f"{name}: seeds {study['seeds']}, skvae {study['version']}", fontsize=10, color=GRAY)
        return self


def _make_axes(scores, effects):
    """Create a figure with the bars above the effects on the left and the heatmap on the right."""
    import matplotlib.pyplot as plt

    n_bars = min(len(scores), 40) + min(scores["representation"].nunique(), MAX_GROUPS)
    heights = [1.5 + 0.13 * n_bars]
    if effects is not None:
        heights.append(1.1 + 0.27 * len(effects))
    figure = plt.figure(figsize=(13.5, max(sum(heights), 5.2)), layout="constrained")
    grid = figure.add_gridspec(len(heights), 2, height_ratios=heights, width_ratios=[1, 1.25])
    cells = [grid[0, 0], grid[:, 1], *([] if effects is None else [grid[1, 0]])]
    return [figure.add_subplot(cell) for cell in cells]


def _plot_effects(ax, effects, title):
    """Plot the paired differences and their intervals, one line per effect."""
    import matplotlib.pyplot as plt

    labels = [" ".join(filter(None, pair)) for pair in zip(effects["effect"], effects["setting"], strict=True)]
    names, families = find_fonts([*labels, title])
    with plt.rc_context({"font.family": families}):
        in_legend = set()
        for i, row in enumerate(effects.itertuples()):
            color, marker = VERDICT_STYLES[row.verdict]
            if np.isfinite(row.low):
                ax.plot([row.low, row.high], [i, i], color=color, linewidth=1.6, zorder=2)
            label = row.verdict if row.verdict not in in_legend else None
            in_legend.add(row.verdict)
            ax.plot(row.difference, i, marker, color=color, markersize=6, label=label, linestyle="none", zorder=3)
        ax.axvline(0, color=GRAY, linewidth=0.8)
        ax.set_yticks(range(len(effects)), [shorten(names[label]) for label in labels])
        xlabel = f"Change of {names[title]} (positive is better)"
        style_axes(ax, grid="x", xlabel=xlabel, ylim=(len(effects) - 0.5, -0.5))
        ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, frameon=False, fontsize=8)
