"""Bars of one metric, with the chance line of each."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ._style import COLOURS, GREY, quiet
from ._text import drawable, shorten

KEYS = ("representation", "clusterer")
HATCHES = (None, "////", "....", "xxxx")  # go on where the colours end
BAR = 0.13  # inches
SIGNS = ("95 % interval over seeds", "chance", "leaked")


@dataclass
class MetricBarsDisplay:
    """One metric as bars, grouped by representation or by clusterer: intervals over the seeds, a line for chance.

    Make it with `from_summary`.

    Parameters
    ----------
    scores : DataFrame
        ``representation``, ``clusterer``, ``mean``, ``low``, ``high``, ``chance`` and ``leaked``, the best first.
    title : str, default=""
        What is measured.
    by : {"representation", "clusterer"}, default="representation"
        What the bars are grouped by; the other has the colours.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure that holds it.

    See Also
    --------
    skvae.experiments.summarize : Makes the scores.

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
        """Draw one metric of a comparison.

        Parameters
        ----------
        summary : DataFrame
            From `skvae.experiments.summarize`, of one study.
        metric : str, default="ami"
            Metric of the summary. One without labels is drawn as measured in the input space, which all methods share.
        label : str, default=None
            Label that the clusters are compared with; by default the first that the metric has.
        by : {"representation", "clusterer"}, default="representation"
            What the bars are grouped by.
        **plot
            Passed to `plot`.

        Returns
        -------
        MetricBarsDisplay
            The drawn bars.

        Raises
        ------
        ValueError
            If the summary has no such metric, or several studies.
        """
        scores, title = select(summary, metric, label)
        return cls(scores, title, by).plot(**plot)

    def plot(self, ax=None, *, max_groups=10):
        """Draw the bars, the best group above.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure is made.
        max_groups : int, default=10
            Groups drawn; of more, those with the best bar. Leaked bars are hatched, pale and count for nothing.

        Returns
        -------
        MetricBarsDisplay
            Itself, with `ax_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        if self.by not in KEYS:
            raise ValueError(f"by={self.by!r} must be one of {', '.join(KEYS)}")
        other = KEYS[1 - KEYS.index(self.by)]
        scores = self.scores[self.scores["mean"].notna()]  # the best first, as in a summary
        fair = scores[~scores["leaked"]]
        groups = list(dict.fromkeys([*fair[self.by], *scores[self.by]]))
        n_left = max(0, len(groups) - max_groups)
        groups = groups[:max_groups]
        scores = scores[scores[self.by].isin(groups)]
        kinds = sorted(scores[other].unique())
        names, families = drawable([self.title, *groups, *kinds])
        heights = [int((scores[self.by] == group).sum()) for group in groups]
        if ax is None:
            size = (6.4, 1.2 + BAR * (sum(heights) + len(groups)) + 0.2 * -(-len(kinds) // 3))
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        handles, bottom, ticks = {}, 0.0, []
        with plt.rc_context({"font.family": families, "hatch.linewidth": 0.6}):
            for group, height in zip(groups, heights, strict=True):
                ticks.append(bottom + (height - 1) / 2)
                for row in scores[scores[self.by] == group].itertuples():
                    _bar(ax, bottom, row, kinds.index(getattr(row, other)), handles)
                    bottom += 1
                bottom += 1
            ax.set_yticks(ticks, [shorten(names[group]) for group in groups])
            ax.axvline(0, color=GREY, linewidth=0.8)
            quiet(
                ax,
                xlabel=names[self.title] + (f" ({n_left} more not drawn)" if n_left else ""),
                ylim=(bottom - 0.5, -1),
            )
            ax.grid(axis="y", visible=False)
            ax.grid(axis="x", color="#EEEEEE", linewidth=0.8)
            ax.tick_params(axis="y", length=0)
            drawn = [i for i in range(len(kinds)) if i in handles] + [key for key in SIGNS if key in handles]
            labels = [shorten(names[kinds[i]]) if isinstance(i, int) else i for i in drawn]
            ax.legend(
                [handles[i] for i in drawn], labels, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3,
                frameon=False, fontsize=8,
            )  # fmt: skip
        return self


def select(summary, metric, label=None):
    """Rows of one study's summary that one metric compares, the best first, and what it is called."""
    if len(summary["study"].unique()) > 1:
        raise ValueError(f"the summary holds the studies {', '.join(summary['study'].unique())}: give one of them")
    rows = summary[(summary["metric"] == metric) & summary["space"].isin(["", "input"])]
    if not len(rows):
        raise ValueError(f"the summary has no {metric!r}; it has {', '.join(summary['metric'].unique())}")
    label = rows["label"].iloc[0] if label is None else label
    if label not in set(rows["label"]):
        raise ValueError(f"{metric!r} has no label {label!r}; it has {', '.join(rows['label'].unique())}")
    name = spell(metric)
    title = f"{name} with {label}" if label else f"{name} in the input space"
    return rows[rows["label"] == label], title


def spell(metric):
    """Name of a metric for readers."""
    return metric.upper() if metric in ("ami", "ari", "nmi", "kl") else metric.replace("_", " ")


def _bar(ax, at, row, i, handles):
    """One bar, its interval, and the line of chance across it."""
    colour, hatch = COLOURS[i % len(COLOURS)], HATCHES[i // len(COLOURS) % len(HATCHES)]
    look = {"color": colour, "edgecolor": "white", "hatch": hatch}
    if row.leaked:
        look = {"facecolor": "none", "edgecolor": colour, "hatch": "\\\\\\", "linestyle": "--"}
    bar = ax.barh(at, row.mean, height=0.86, linewidth=0.6, zorder=2, **look)
    handles.setdefault(SIGNS[2] if row.leaked else i, bar)
    if np.isfinite(row.low):
        line, *_ = ax.plot([row.low, row.high], [at, at], color="#222222", linewidth=1.1, zorder=3)
        handles.setdefault(SIGNS[0], line)
    if np.isfinite(row.chance):
        (line,) = ax.plot([row.chance] * 2, [at - 0.5, at + 0.5], color="#222222", linewidth=1.8, zorder=4)
        line.set(linestyle=(0, (1.2, 0.8)))
        handles.setdefault(SIGNS[1], line)
