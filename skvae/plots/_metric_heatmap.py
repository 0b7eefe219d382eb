"""Display of all metrics of all methods as a heatmap."""

import textwrap
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..metrics import METRICS
from ._style import GRAY, find_fonts, format_metric_name, shorten
from ._summary import COMPARABLE_SPACES, check_single_study

LEAKED_MARK = "†"
MAX_HEADER_WIDTH = 10  # characters, so that headers of neighboring columns do not overlap


@dataclass
class MetricHeatmapDisplay:
    """Scores of methods (rows) and metrics (columns) as a heatmap.

    Each column has a separate color scale from its worst to its best score. It is recommended to use `from_summary` to
    create a `MetricHeatmapDisplay`.

    Parameters
    ----------
    values : DataFrame of shape (n_methods, n_metrics)
        Scores, with the best method first. Missing scores are NaN.
    signs : sequence of int of shape (n_metrics,)
        1 if higher is better, -1 if lower is better.
    leaked : DataFrame of shape (n_methods, n_metrics), default=None
        Mask of the leaked scores. They are marked with a dagger, have a gray background, and do not affect the color
        scale.

    Attributes
    ----------
    colours_ : ndarray of shape (n_methods, n_metrics)
        Position of each score on the color scale: 0 for the worst score of the column, 1 for the best score.
    ax_ : matplotlib Axes
        Axes with the heatmap.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    MetricBarsDisplay : One metric, with intervals and chance levels.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.plots import MetricHeatmapDisplay
    >>> values = pd.DataFrame({"AMI": [0.3, 0.2], "davies bouldin": [2.4, 2.5]}, index=["vae + kmeans", "pca + kmeans"])
    >>> display = MetricHeatmapDisplay(values, [1, -1]).plot()
    >>> display.colours_.tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """

    values: pd.DataFrame
    signs: list
    leaked: pd.DataFrame = None
    colours_: np.ndarray = field(init=False, repr=False, default=None)
    ax_: object = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_summary(cls, summary, *, metrics=None, labels=None, max_methods=30, **plot):
        """Plot the scores that are comparable between methods: agreement with labels, and metrics in the input space.

        Parameters
        ----------
        summary : DataFrame
            Output of `skvae.experiments.summarize` for one study.
        metrics, labels : sequence of str, default=None
            Names of the metrics and labels to plot. If None, all are plotted. Internal metrics have the label "".
        max_methods : int, default=30
            Maximum number of methods, ordered by their mean rank. Leaked and missing scores count as the last rank.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : MetricHeatmapDisplay
            Display with the plotted scores.

        Raises
        ------
        ValueError
            If the summary contains several studies, or if no metric has at least two ranked methods.
        """
        check_single_study(summary)
        rows = summary[summary["space"].isin(COMPARABLE_SPACES) & (summary["clusterer"] != "")]
        for name, selected in (("metric", metrics), ("label", labels)):
            rows = rows if selected is None else rows[rows[name].isin(selected)]
        keys = ["label", "metric", "space"]
        rows = rows[rows.groupby(keys)["rank"].transform("count") > 0]
        if not len(rows):
            raise ValueError(
                "The summary contains no ranks. A heatmap requires at least two methods with a score each."
            )
        pairs = zip(rows["metric"], rows["label"], strict=True)
        rows = rows.assign(
            method=rows["representation"] + " + " + rows["clusterer"],
            column=[f"{format_metric_name(metric)}\n{label or 'input space'}" for metric, label in pairs],
        )
        last_rank = rows.groupby(keys)["rank"].transform("max") + 1
        mean_rank = rows["rank"].fillna(last_rank).astype(float).groupby(rows["method"]).mean()
        methods = mean_rank.sort_values(kind="stable").index[:max_methods]
        columns = rows.sort_values(
            ["label", "metric"], key=lambda c: c.eq("") if c.name == "label" else c, kind="stable"
        )
        columns = columns.drop_duplicates("column")["column"]
        values, leaked = (
            rows.pivot_table(index="method", columns="column", values=name, aggfunc="first", dropna=False).reindex(
                index=methods, columns=columns
            )
            for name in ("mean", "leaked")
        )
        directions = rows.drop_duplicates("column").set_index("column")["metric"].map(lambda m: METRICS[m].direction)
        signs = [1 if directions[name] == "higher" else -1 for name in columns]
        return cls(values, signs, leaked.eq(True)).plot(**plot)

    def plot(self, ax=None):
        """Plot the scores and write their values into the cells.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot on. If None, a new figure is created.

        Returns
        -------
        display : MetricHeatmapDisplay
            Display with the plotted scores.
        """
        import matplotlib.pyplot as plt

        n_methods, n_metrics = self.values.shape
        values = self.values.to_numpy(dtype=float)
        leaked = np.zeros(values.shape, bool) if self.leaked is None else self.leaked.to_numpy(dtype=bool)
        self.colours_ = _scale_columns(np.where(leaked, np.nan, values) * np.asarray(self.signs))
        if ax is None:
            size = (3.2 + 0.8 * n_metrics, 1.5 + 0.24 * n_methods)
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        headers = [_wrap(name) for name in self.values.columns]
        methods = [str(name) for name in self.values.index]
        names, families = find_fonts([*methods, *(line for lines in headers for line in lines)])
        arrows = ["↑" if sign > 0 else "↓" for sign in self.signs]
        ticks = [
            "\n".join([*(names[line] for line in lines), arrow]) for lines, arrow in zip(headers, arrows, strict=True)
        ]
        cmap = plt.get_cmap("cividis").with_extremes(bad="#EBEBEB")
        with plt.rc_context({"font.family": families}):
            ax.imshow(self.colours_, cmap=cmap, vmin=0, vmax=1, aspect="auto")
            ax.set_xticks(range(n_metrics), ticks, fontsize=8)
            ax.set_yticks(range(n_methods), [shorten(names[name], 44) for name in methods], fontsize=8)
            ax.xaxis.tick_top()
            ax.tick_params(length=0)
            ax.spines[:].set_visible(False)
            ax.set_xticks(np.arange(1, n_metrics) - 0.5, minor=True)
            ax.set_yticks(np.arange(1, n_methods) - 0.5, minor=True)
            ax.grid(which="minor", color="white", linewidth=1.2)
            ax.tick_params(which="minor", length=0)
            _write_values(ax, values, leaked, self.colours_)
            note = "Colors per column: yellow = best, blue = worst"
            if leaked.any():
                note += f"\n{LEAKED_MARK} leaked score, excluded from the colors"
            ax.set_xlabel(note, loc="right", fontsize=8, color=GRAY)
        return self


def _scale_columns(scores):
    """Scale each column to [0, 1]. Constant columns become 0.5."""
    scaled = np.full(scores.shape, np.nan)
    for j, column in enumerate(scores.T):
        known = np.isfinite(column)
        if known.any():
            low, width = column[known].min(), np.ptp(column[known])
            scaled[known, j] = (column[known] - low) / width if width else 0.5
    return scaled


def _write_values(ax, values, leaked, colors):
    """Write the scores into the cells, in white on dark cells."""
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            text = f"{value:z.3f}" if abs(value) < 100 else f"{value:.0f}"
            text += LEAKED_MARK if leaked[i, j] else ""
            color = "white" if colors[i, j] < 0.55 else "black"
            ax.text(j, i, text, ha="center", va="center", fontsize=8, color=color)


def _wrap(name):
    """Return the lines of a column header."""
    return [line for part in name.split("\n") for line in textwrap.wrap(part, MAX_HEADER_WIDTH)]
