"""Display of losses, latent units and scores over beta."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ._style import COLORS, add_legend_below, find_fonts, format_metric_name, style_axes

PANELS = {
    "reconstruction_error": ("Reconstruction error", "Mean squared error"),
    "kl": ("KL divergence", "Nats per track"),
    "mean_correlation": ("Correlation of units", "Mean |r| of active units"),
    "mean_variance": ("Variance of units", "Mean variance"),
    "active_units": ("Active units", "Number of units"),
}
SCORE_PANEL = ("Cluster scores", "Mean over clusterers")
MARKERS = ("o", "^", "s", "D")


@dataclass
class BetaSweepDisplay:
    """Reconstruction error, KL divergence, latent units and scores over beta.

    Each panel shows the mean and the 95 % interval over the seeds. It is recommended to use `from_sweep` to create a
    `BetaSweepDisplay`.

    Parameters
    ----------
    sweep : DataFrame
        Table with the columns ``beta`` and ``seed``, and any of ``reconstruction_error``, ``kl``, ``mean_correlation``,
        ``mean_variance`` and ``active_units``. Other numeric columns are scores. An optional column ``block`` separates
        the lines of several blocks.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One Axes for each quantity, and one for all scores.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    skvae.experiments.sweep_beta : Computes the table.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.plots import BetaSweepDisplay
    >>> sweep = pd.DataFrame({"beta": [0.5, 1, 4], "seed": 0, "kl": [9.0, 7.0, 3.0], "active_units": [16, 14, 6]})
    >>> [ax.get_title() for ax in BetaSweepDisplay.from_sweep(sweep).axes_]
    ['KL divergence', 'Active units']
    """

    sweep: pd.DataFrame
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_sweep(cls, sweep, **plot):
        """Plot a sweep of beta.

        Parameters
        ----------
        sweep : DataFrame
            Table with one row for each beta, seed and block, as described in the class.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : BetaSweepDisplay
            Display with the plotted sweep.
        """
        return cls(sweep).plot(**plot)

    def plot(self, axes=None):
        """Plot the panels, three per row.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One Axes for each quantity in the table, and one for all scores. If None, a new figure is created.

        Returns
        -------
        display : BetaSweepDisplay
            Display with the plotted sweep.

        Raises
        ------
        ValueError
            If the table contains no numeric column to plot.
        """
        import matplotlib.pyplot as plt

        sweep = self.sweep.assign(block=self.sweep.get("block", ""))
        available = [name for name in sweep.select_dtypes("number") if sweep[name].notna().any()]
        scores = [name for name in available if name not in (*PANELS, "beta", "seed")]
        panels = [name for name in PANELS if name in available] + (["scores"] if scores else [])
        if not panels:
            raise ValueError(
                f"The sweep contains no numeric column to plot, such as {', '.join(PANELS)}. "
                f"Columns: {', '.join(map(str, self.sweep.columns))}."
            )
        if axes is None:
            n_columns = min(3, len(panels))
            n_rows = -(-len(panels) // n_columns)
            size = (3.5 * n_columns, 3.0 * n_rows)
            _, axes = plt.subplots(n_rows, n_columns, figsize=size, layout="constrained", squeeze=False)
            for ax in np.ravel(axes)[len(panels) :]:
                ax.set_axis_off()
        self.axes_ = np.ravel(axes)[: len(panels)]
        self.figure_ = self.axes_[0].figure
        names, families = find_fonts([*scores, *map(str, sweep["block"].unique())])
        with plt.rc_context({"font.family": families}):
            for ax, panel in zip(self.axes_, panels, strict=True):
                columns = scores if panel == "scores" else [panel]
                _plot_panel(ax, sweep, panel, columns, names)
        return self


def _plot_panel(ax, sweep, panel, columns, names):
    """Plot one line for each column and block."""
    blocks = list(sweep["block"].unique())
    lines = [(column, block) for column in columns for block in blocks]
    for i, (column, block) in enumerate(lines):
        score = _format_score(names[column]) if panel == "scores" else ""
        default = "all blocks" if len(blocks) > 1 else ""
        label = ", ".join(filter(None, [score, names[str(block)]])) or default
        _plot_mean_and_interval(ax, sweep[sweep["block"] == block], column, i, label)
    title, unit = PANELS.get(panel, SCORE_PANEL)
    style_axes(ax, title=title, ylabel=unit, xlabel="beta", xscale="log")
    betas = sorted(sweep["beta"].unique())
    ax.set_xticks(betas, [f"{beta:g}" for beta in betas])
    ax.set_xticks([], minor=True)
    if len(lines) > 1:
        add_legend_below(ax, ncols=2)


def _format_score(name):
    metric, _, label = name.partition(" ")
    return " ".join(filter(None, (format_metric_name(metric), label)))


def _plot_mean_and_interval(ax, sweep, column, i, label):
    """Plot the mean over the seeds and its 95 % interval (Student's t) for each beta."""
    stats = sweep.groupby("beta")[column].agg(["mean", "std", "count"])
    half = student.ppf(0.975, np.maximum(stats["count"] - 1, 1)) * stats["std"] / np.sqrt(stats["count"])
    ax.errorbar(
        stats.index, stats["mean"], half.where(stats["count"] > 1), color=COLORS[i % len(COLORS)], capsize=2.5,
        marker=MARKERS[i % len(MARKERS)], markersize=4.5, linewidth=1.6, elinewidth=1, label=label,
    )  # fmt: skip
