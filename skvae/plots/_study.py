"""A comparison on one page."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ._metric_bars import MetricBarsDisplay, select
from ._metric_heatmap import MetricHeatmapDisplay
from ._style import COLOURS, GREY, quiet
from ._text import drawable, shorten

BESIDE = {"ami", "ari", "nmi", "purity", "accuracy", "silhouette", "davies_bouldin", "calinski_harabasz"}
LOOKS = {"better": (COLOURS[0], "o"), "worse": (COLOURS[5], "s"), "no difference": (GREY, "D"), "leaked": (GREY, "x")}


@dataclass
class StudyDisplay:
    """A comparison on one page: the methods by one metric, what each step is worth, and all metrics beside.

    Make it with `from_summary`.

    Parameters
    ----------
    summary : DataFrame
        From `skvae.experiments.summarize`, of one study.
    effects : DataFrame, default=None
        From `skvae.experiments.measure_effects`, of the same metric and label.
    metric : str, default="ami"
        Metric of the bars.
    label : str, default=None
        Label of the bars; by default the first that the metric has.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        Bars, heatmap and, where there are any, effects.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    MetricBarsDisplay, MetricHeatmapDisplay : The parts.

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
        """Draw a comparison.

        Parameters
        ----------
        summary : DataFrame
            As in the class.
        effects : DataFrame, default=None
            As in the class.
        metric : str, default="ami"
            As in the class.
        label : str, default=None
            As in the class.
        **plot
            Passed to `plot`.

        Returns
        -------
        StudyDisplay
            The drawn page.
        """
        return cls(summary, effects, metric, label).plot(**plot)

    def plot(self, axes=None):
        """Draw the page.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            For bars, heatmap and, where there are any, effects. By default a new figure is made.

        Returns
        -------
        StudyDisplay
            Itself, with `axes_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        effects = self.effects if self.effects is not None and len(self.effects) else None
        scores, title = select(self.summary, self.metric, self.label)
        if axes is None:
            lines = min(len(scores), 40) + min(scores["representation"].nunique(), 8)
            above = 1.5 + 0.13 * lines
            below = 0 if effects is None else 1.1 + 0.27 * len(effects)
            size = (13.5, max(above + below, 5.2))
            figure = plt.figure(figsize=size, layout="constrained")
            heights = [above] if effects is None else [above, below]
            grid = figure.add_gridspec(len(heights), 2, height_ratios=heights, width_ratios=[1, 1.25])
            places = [grid[0, 0], grid[:, 1], *([] if effects is None else [grid[1, 0]])]
            axes = [figure.add_subplot(place) for place in places]
        self.axes_ = np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        MetricBarsDisplay(scores, title).plot(self.axes_[0], max_groups=8)
        shown = {"metrics": BESIDE | {self.metric}, "labels": {"", scores["label"].iloc[0]}}
        MetricHeatmapDisplay.from_summary(self.summary, ax=self.axes_[1], **shown)
        if effects is not None:
            _forest(self.axes_[2], effects, title)
        study = self.summary.iloc[0]
        name = drawable([study["study"]])[0][study["study"]]
        self.figure_.suptitle(f"{name}: seeds {study['seeds']}, skvae {study['version']}", fontsize=10, color=GREY)
        return self


def _forest(ax, effects, title):
    """Paired differences and their intervals, a line each."""
    import matplotlib.pyplot as plt

    labels = [" ".join(filter(None, pair)) for pair in zip(effects["effect"], effects["setting"], strict=True)]
    names, families = drawable([*labels, title])
    with plt.rc_context({"font.family": families}):
        drawn = set()
        for i, row in enumerate(effects.itertuples()):
            colour, marker = LOOKS[row.verdict]
            if np.isfinite(row.low):
                ax.plot([row.low, row.high], [i, i], color=colour, linewidth=1.6, zorder=2)
            label = row.verdict if row.verdict not in drawn else None
            drawn.add(row.verdict)
            ax.plot(row.difference, i, marker, color=colour, markersize=6, label=label, linestyle="none", zorder=3)
        ax.axvline(0, color=GREY, linewidth=0.8)
        ax.set_yticks(range(len(effects)), [shorten(names[label]) for label in labels])
        quiet(ax, xlabel=f"change of {names[title]}, right is better", ylim=(len(effects) - 0.5, -0.5))
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", color="#EEEEEE", linewidth=0.8)
        ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, frameon=False, fontsize=8)
