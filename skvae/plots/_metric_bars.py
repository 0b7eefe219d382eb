"""Display of one metric as bars, with intervals and chance levels."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ._style import BLACK, COLORS, GRAY, find_fonts, shorten, style_axes
from ._summary import select_scores

KEYS = ("representation", "clusterer")
HATCHES = (None, "////", "....", "xxxx")  # distinguish bars with the same color
BAR_HEIGHT = 0.13  # inches
INTERVAL, CHANCE, LEAKED = "95 % interval over seeds", "chance level", "leaked score"


@dataclass
class MetricBarsDisplay:
    """One metric as bars, grouped by representation or by clusterer.

    Each bar shows the mean over the seeds, its interval, and the chance level. It is recommended to use `from_summary`
    to create a `MetricBarsDisplay`.

    Parameters
    ----------
    scores : DataFrame
        Table with the columns ``representation``, ``clusterer``, ``mean``, ``low``, ``high``, ``chance`` and
        ``leaked``, sorted from best to worst.
    title : str, default=""
        Label of the value axis.
    by : {"representation", "clusterer"}, default="representation"
        Column that groups the bars. The other column determines the color.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the bars.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    skvae.experiments.summarize : Computes the scores.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.plots import MetricBarsDisplay
    >>> scores = pd.DataFrame({"representation": ["vae", "pca"], "clusterer": "kmeans", "mean": [0.3, 0.2]})
    >>> display = MetricBarsDisplay(scores.assign(low=0.1, high=0.4, chance=0.0, leaked=False), "AMI").plot()
    >>> [text.get_text() for text in display.ax_.get_yticklabels()]
    ['vae', 'pca']
    """

    scores: pd.DataFrame
    title: str = ""
    by: str = "representation"
    ax_: object = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_summary(cls, summary, metric="ami", label=None, *, by="representation", **plot):
        """Plot one metric of a comparison.

        Parameters
        ----------
        summary : DataFrame
            Output of `skvae.experiments.summarize` for one study.
        metric : str, default="ami"
            Name of the metric. Internal metrics are plotted as measured in the input space, which is the same for all
            methods.
        label : str, default=None
            Name of the label. If None, the first label of the metric is used.
        by : {"representation", "clusterer"}, default="representation"
            Column that groups the bars.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : MetricBarsDisplay
            Display with the plotted bars.

        Raises
        ------
        ValueError
            If the summary contains several studies, or if it does not contain this metric and label.
        """
        scores, title = select_scores(summary, metric, label)
        return cls(scores, title, by).plot(**plot)

    def plot(self, ax=None, *, max_groups=10):
        """Plot the bars, with the best group at the top.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot on. If None, a new figure is created.
        max_groups : int, default=10
            Maximum number of groups. Groups are ordered by their best bar. Leaked scores do not affect the order and
            are hatched without a fill color.

        Returns
        -------
        display : MetricBarsDisplay
            Display with the plotted bars.

        Raises
        ------
        ValueError
            If `by` is neither "representation" nor "clusterer".
        """
        import matplotlib.pyplot as plt

        if self.by not in KEYS:
            raise ValueError(f"by must be one of {', '.join(KEYS)}, got {self.by!r}.")
        other = KEYS[1 - KEYS.index(self.by)]
        scores = self.scores[self.scores["mean"].notna()]
        groups = list(dict.fromkeys([*scores[self.by][~scores["leaked"]], *scores[self.by]]))
        n_omitted = max(0, len(groups) - max_groups)
        groups = groups[:max_groups]
        scores = scores[scores[self.by].isin(groups)]
        kinds = sorted(scores[other].unique())
        names, families = find_fonts([self.title, *groups, *kinds])
        if ax is None:
            size = (6.4, 1.2 + BAR_HEIGHT * (len(scores) + len(groups)) + 0.2 * -(-len(kinds) // 3))
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        handles, bottom, ticks = {}, 0.0, []
        with plt.rc_context({"font.family": families, "hatch.linewidth": 0.6}):
            for group in groups:
                rows = scores[scores[self.by] == group]
                ticks.append(bottom + (len(rows) - 1) / 2)
                for row in rows.itertuples():
                    _plot_bar(ax, bottom, row, kinds.index(getattr(row, other)), handles)
                    bottom += 1
                bottom += 1
            ax.set_yticks(ticks, [shorten(names[group]) for group in groups])
            ax.axvline(0, color=GRAY, linewidth=0.8)
            omitted = f" ({n_omitted} more not shown)" if n_omitted else ""
            style_axes(ax, grid="x", xlabel=names[self.title] + omitted, ylim=(bottom - 0.5, -1))
            ax.tick_params(axis="y", length=0)
            entries = [i for i in range(len(kinds)) if i in handles]
            entries += [name for name in (INTERVAL, CHANCE, LEAKED) if name in handles]
            labels = [shorten(names[kinds[i]]) if isinstance(i, int) else i for i in entries]
            ax.legend(
                [handles[i] for i in entries], labels, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3,
                frameon=False, fontsize=8,
            )  # fmt: skip
        return self


def _plot_bar(ax, y, row, i, handles):
    """Plot one bar, its interval and its chance level, and collect the handles of the legend."""
    color, hatch = COLORS[i % len(COLORS)], HATCHES[i // len(COLORS) % len(HATCHES)]
    style = {"color": color, "edgecolor": "white", "hatch": hatch}
    if row.leaked:
        style = {"facecolor": "none", "edgecolor": color, "hatch": "\\\\\\", "linestyle": "--"}
    bar = ax.barh(y, row.mean, height=0.86, linewidth=0.6, zorder=2, **style)
    handles.setdefault(LEAKED if row.leaked else i, bar)
    if np.isfinite(row.low):
        (line,) = ax.plot([row.low, row.high], [y, y], color=BLACK, linewidth=1.1, zorder=3)
        handles.setdefault(INTERVAL, line)
    if np.isfinite(row.chance):
        (line,) = ax.plot([row.chance] * 2, [y - 0.5, y + 0.5], color=BLACK, linewidth=1.8, zorder=4)
        line.set(linestyle=(0, (1.2, 0.8)))
        handles.setdefault(CHANCE, line)
