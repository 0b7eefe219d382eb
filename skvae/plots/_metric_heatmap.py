"""Methods by metrics, each metric on a colour scale of its own."""

import textwrap
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..metrics import METRICS
from ._metric_bars import spell
from ._style import GREY
from ._text import drawable, shorten


@dataclass
class MetricHeatmapDisplay:
    """Methods down, metrics across; bright is better in each column, whichever way its metric points.

    Make it with `from_summary`.

    Parameters
    ----------
    values : DataFrame of shape (n_methods, n_metrics)
        Scores, the best method first; NaN where there is none.
    signs : sequence of int of shape (n_metrics,)
        1 where higher is better, -1 where lower is.
    leaked : DataFrame of shape (n_methods, n_metrics), default=None
        Which scores are leaked: written with a dagger, on grey, and no part of the scale.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure that holds it.

    See Also
    --------
    MetricBarsDisplay : One metric, with intervals and chance.

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
        """Draw the scores of a comparison that can be compared: with labels, or in the input space.

        Parameters
        ----------
        summary : DataFrame
            From `skvae.experiments.summarize`, of one study.
        metrics, labels : sequence of str, default=None
            Which to draw; by default all. Metrics without labels have the label "".
        max_methods : int, default=30
            Methods drawn, by mean rank; what has no rank, as it is leaked or failed, counts as the last.
        **plot
            Passed to `plot`.

        Returns
        -------
        MetricHeatmapDisplay
            The drawn scores.

        Raises
        ------
        ValueError
            If the summary holds several studies, or nothing that is ranked.
        """
        if len(summary["study"].unique()) > 1:
            raise ValueError(f"the summary holds the studies {', '.join(summary['study'].unique())}: give one of them")
        rows = summary[summary["space"].isin(["", "input"]) & (summary["clusterer"] != "")]
        for name, wanted in (("metric", metrics), ("label", labels)):
            rows = rows if wanted is None else rows[rows[name].isin(wanted)]
        keys = ["label", "metric", "space"]
        rows = rows[rows.groupby(keys)["rank"].transform("count") > 0]
        if not len(rows):
            raise ValueError("the summary ranks nothing: a heatmap needs two methods with a score each")
        rows = rows.assign(
            method=rows["representation"] + " + " + rows["clusterer"],
            column=[
                f"{spell(m)}\n{label or 'input space'}" for m, label in zip(rows["metric"], rows["label"], strict=True)
            ],
        )
        last = rows.groupby(keys)["rank"].transform("max") + 1  # what has no rank, as it is leaked or failed
        order = rows["rank"].fillna(last).astype(float).groupby(rows["method"]).mean().sort_values(kind="stable").index
        columns = rows.sort_values(
            ["label", "metric"], key=lambda c: c.eq("") if c.name == "label" else c, kind="stable"
        )
        columns = columns.drop_duplicates("column")["column"]
        values, leaked = (
            rows.pivot_table(index="method", columns="column", values=name, aggfunc="first", dropna=False).reindex(
                index=order[:max_methods], columns=columns
            )
            for name in ("mean", "leaked")
        )
        directions = rows.drop_duplicates("column").set_index("column")["metric"].map(lambda m: METRICS[m].direction)
        signs = [1 if directions[name] == "higher" else -1 for name in columns]
        return cls(values, signs, leaked.eq(True)).plot(**plot)

    def plot(self, ax=None):
        """Draw the scores, written into their cells.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure is made.

        Returns
        -------
        MetricHeatmapDisplay
            Itself, with `colours_` (0 for the worst of a column, 1 for the best), `ax_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        n_methods, n_metrics = self.values.shape
        values = self.values.to_numpy(dtype=float)
        leaked = np.zeros(values.shape, bool) if self.leaked is None else self.leaked.to_numpy(dtype=bool)
        fair = np.where(leaked, np.nan, values) * np.asarray(self.signs)
        self.colours_ = np.full(values.shape, np.nan)
        for j, column in enumerate(fair.T):
            known = np.isfinite(column)
            if known.any():
                low, width = column[known].min(), np.ptp(column[known])
                self.colours_[known, j] = (column[known] - low) / width if width else 0.5
        if ax is None:
            size = (3.2 + 0.8 * n_metrics, 1.5 + 0.24 * n_methods)
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        heads = [wrap for name in self.values.columns for wrap in _lines(name)]
        names, families = drawable([*map(str, self.values.index), *heads])
        colours = plt.get_cmap("cividis").with_extremes(bad="#EBEBEB")
        with plt.rc_context({"font.family": families}):
            ax.imshow(self.colours_, cmap=colours, vmin=0, vmax=1, aspect="auto")
            ax.set_xticks(range(n_metrics), [self._head(names, j) for j in range(n_metrics)], fontsize=8)
            ax.set_yticks(range(n_methods), [shorten(names[str(name)], 44) for name in self.values.index], fontsize=8)
            ax.xaxis.tick_top()
            ax.tick_params(length=0)
            ax.spines[:].set_visible(False)
            ax.set_xticks(np.arange(1, n_metrics) - 0.5, minor=True)
            ax.set_yticks(np.arange(1, n_methods) - 0.5, minor=True)
            ax.grid(which="minor", color="white", linewidth=1.2)
            ax.tick_params(which="minor", length=0)
            for (i, j), value in np.ndenumerate(values):
                if np.isfinite(value):
                    dark = self.colours_[i, j] < 0.55  # not of NaN
                    text = f"{value:z.3f}" if abs(value) < 100 else f"{value:.0f}"
                    text += "†" if leaked[i, j] else ""
                    ax.text(j, i, text, ha="center", va="center", fontsize=8, color="white" if dark else "black")
            note = "yellow is the best of a column, blue the worst" + (
                "; †: leaked, off the scale" if leaked.any() else ""
            )
            ax.set_xlabel(note, fontsize=8, color=GREY)
        return self

    def _head(self, names, j):
        lines = [names[line] for line in _lines(self.values.columns[j])]
        return "\n".join([*lines, "↑" if self.signs[j] > 0 else "↓"])


def _lines(name):
    """Lines of a column's head, which must not touch its neighbours."""
    return [line for part in name.split("\n") for line in textwrap.wrap(part, 10)]
