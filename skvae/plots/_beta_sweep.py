"""What beta does: losses, units and clusters over a range of it."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ._metric_bars import spell
from ._style import COLOURS, quiet
from ._text import drawable

PANELS = {
    "reconstruction_error": ("reconstruction error", "mean square"),
    "kl": ("KL divergence", "nats per track"),
    "mean_correlation": ("correlation of units", "mean |r| of active units"),
    "mean_variance": ("variance of units", "over tracks"),
    "active_units": ("active units", "number"),
}
MARKERS = ("o", "^", "s", "D")


@dataclass
class BetaSweepDisplay:
    """Reconstruction, KL divergence, units and scores over beta: mean and interval over the seeds.

    Make it with `from_sweep`.

    Parameters
    ----------
    sweep : DataFrame
        Columns ``beta``, ``seed`` and, as far as they are known, ``reconstruction_error``, ``kl``,
        ``mean_correlation``, ``mean_variance``, ``active_units``; every other column of numbers is a score. ``block``,
        where there are several, tells lines apart.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each quantity, and one for the scores.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    skvae.experiments.sweep_beta : Makes the table.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.plots import BetaSweepDisplay
    >>> sweep = pd.DataFrame({"beta": [0.5, 1, 4], "seed": 0, "kl": [9.0, 7.0, 3.0], "active_units": [16, 14, 6]})
    >>> [ax.get_title() for ax in BetaSweepDisplay.from_sweep(sweep).axes_]
    ['KL divergence', 'active units']
    """

    sweep: pd.DataFrame
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_sweep(cls, sweep, **plot):
        """Draw a sweep.

        Parameters
        ----------
        sweep : DataFrame
            As in the class.
        **plot
            Passed to `plot`.

        Returns
        -------
        BetaSweepDisplay
            The drawn sweep.
        """
        return cls(sweep).plot(**plot)

    def plot(self, axes=None):
        """Draw the panels, three in a row.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One for each quantity that is there, and one for all scores. By default a new figure is made.

        Returns
        -------
        BetaSweepDisplay
            Itself, with `axes_` and `figure_`.

        Raises
        ------
        ValueError
            If the sweep has no numbers to draw.
        """
        import matplotlib.pyplot as plt

        sweep = self.sweep.assign(block=self.sweep.get("block", ""))
        known = [name for name in sweep.select_dtypes("number") if sweep[name].notna().any()]
        scores = [name for name in known if name not in (*PANELS, "beta", "seed")]
        panels = [name for name in PANELS if name in known] + (["scores"] if scores else [])
        if not panels:
            raise ValueError(f"the sweep has the columns {list(self.sweep.columns)}: nothing of {list(PANELS)}")
        if axes is None:
            n_columns = min(3, len(panels))
            n_rows = -(-len(panels) // n_columns)
            size = (3.5 * n_columns, 3.0 * n_rows)
            self.figure_, axes = plt.subplots(n_rows, n_columns, figsize=size, layout="constrained", squeeze=False)
            for ax in np.ravel(axes)[len(panels) :]:
                ax.set_axis_off()
        self.axes_ = np.ravel(axes)[: len(panels)]
        self.figure_ = self.axes_[0].figure
        blocks = list(sweep["block"].unique())
        names, families = drawable([*scores, *map(str, blocks)])
        with plt.rc_context({"font.family": families}):
            for ax, panel in zip(self.axes_, panels, strict=True):
                columns = scores if panel == "scores" else [panel]
                lines = [(column, block) for column in columns for block in blocks]
                for i, (column, block) in enumerate(lines):
                    label = ", ".join(
                        filter(None, [_spelled(names[column]) if panel == "scores" else "", names[str(block)] or ""])
                    )
                    _line(
                        ax,
                        sweep[sweep["block"] == block],
                        column,
                        i,
                        label or ("all blocks" if len(blocks) > 1 else ""),
                    )
                title, unit = PANELS.get(panel, ("clusters", "score, mean over clusterers"))
                quiet(ax, title=title, ylabel=unit, xlabel="beta", xscale="log")
                betas = sorted(sweep["beta"].unique())
                ax.set_xticks(betas, [f"{beta:g}" for beta in betas])
                ax.set_xticks([], minor=True)
                if len(lines) > 1:
                    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), frameon=False, fontsize=8, ncols=2)
        return self


def _spelled(score):
    metric, _, label = score.partition(" ")
    return " ".join(filter(None, (spell(metric), label)))


def _line(ax, sweep, column, i, label):
    """Mean over the seeds and its 95 % interval, at each beta."""
    found = sweep.groupby("beta")[column].agg(["mean", "std", "count"])
    half = student.ppf(0.975, np.maximum(found["count"] - 1, 1)) * found["std"] / np.sqrt(found["count"])
    ax.errorbar(
        found.index, found["mean"], half.where(found["count"] > 1), color=COLOURS[i % len(COLOURS)], capsize=2.5,
        marker=MARKERS[i % len(MARKERS)], markersize=4.5, linewidth=1.6, elinewidth=1, label=label,
    )  # fmt: skip
