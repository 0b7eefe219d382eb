"""The curve behind an automatic number of clusters."""

from dataclasses import dataclass, field

import pandas as pd

from ._colours import GREY, TRAIN, VALID, quiet


@dataclass
class BICDisplay:
    """Bayesian information criterion over numbers of clusters, the lowest marked.

    Make it with `from_curve`.

    Parameters
    ----------
    curve : DataFrame
        Columns ``n_clusters`` and ``bic``, a row for each number tried.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure that holds it.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.plots import BICDisplay
    >>> display = BICDisplay.from_curve(pd.DataFrame({"n_clusters": [2, 3, 4], "bic": [90.0, 71.5, 80.0]}))
    >>> display.ax_.get_title()
    'lowest BIC: 3 clusters'
    """

    curve: pd.DataFrame
    ax_: object = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_curve(cls, curve, **plot):
        """Draw a recorded curve.

        Parameters
        ----------
        curve : DataFrame
            As in the class.
        **plot
            Passed to `plot`.

        Returns
        -------
        BICDisplay
            The drawn curve.
        """
        return cls(curve).plot(**plot)

    def plot(self, ax=None):
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure is made.

        Returns
        -------
        BICDisplay
            Itself, with `ax_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(5.2, 3.4), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        best = self.curve.loc[self.curve["bic"].idxmin()]
        ax.plot(self.curve["n_clusters"], self.curve["bic"], "o-", color=TRAIN, linewidth=1.6, markersize=5)
        ax.plot(best["n_clusters"], best["bic"], "o", color=VALID, markersize=10)
        quiet(ax, xlabel="number of clusters", ylabel="BIC, diagonal Gaussian mixture")
        ax.set_title(f"lowest BIC: {int(best['n_clusters'])} clusters")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.yaxis.label.set_color(GREY)
        return self
