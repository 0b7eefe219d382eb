"""Display of criteria for the number of clusters."""

from dataclasses import dataclass, field

import numpy as np

from ..model_selection import NClusters, select_n_clusters
from ._style import LIGHT_GRAY, PRIMARY, SECONDARY, add_legend_below, style_axes

PANELS = {
    "bic": ("BIC", "BIC (lower is better)"),
    "icl": ("ICL", "ICL (lower is better)"),
    "stability": ("Stability", "Mean ARI of resamples"),
    "gap": ("Gap statistic", "Gap (log scatter)"),
}


@dataclass
class NClustersDisplay:
    """Criteria for the number of clusters, one panel per criterion.

    Each panel marks the chosen number and shades the range of numbers that are not distinguishable from it. It is
    recommended to use `from_estimator` or `from_selection` to create a `NClustersDisplay`.

    Parameters
    ----------
    selection : NClusters
        Output of `skvae.model_selection.select_n_clusters`.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One Axes for each criterion.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    skvae.model_selection.select_n_clusters : Computes the criteria.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import make_blobs
    >>> from skvae.plots import NClustersDisplay
    >>> X, _ = make_blobs(150, n_features=4, random_state=0)
    >>> display = NClustersDisplay.from_estimator(
    ...     KMeans(n_init=3), X, range(1, 6), criteria=["bic", "gap"], n_resamples=4, random_state=0
    ... )
    >>> [ax.get_title() for ax in display.axes_]
    ['BIC: 3', 'Gap statistic: 3']
    """

    selection: NClusters
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_estimator(cls, estimator, X, candidates, *, axes=None, **settings):
        """Compute the criteria and plot them.

        Parameters
        ----------
        estimator : clusterer or Pipeline
            Clusterer, as in `select_n_clusters`.
        X : array-like of shape (n_samples, n_features)
            Table to cluster.
        candidates : array-like of int
            Numbers of clusters to compare.
        axes : sequence of matplotlib Axes, default=None
            One Axes for each criterion. If None, a new figure is created.
        **settings
            Parameters of `select_n_clusters`.

        Returns
        -------
        display : NClustersDisplay
            Display with the plotted curves.
        """
        return cls.from_selection(select_n_clusters(estimator, X, candidates, **settings), axes=axes)

    @classmethod
    def from_selection(cls, selection, *, axes=None):
        """Plot computed criteria.

        Parameters
        ----------
        selection : NClusters
            Output of `select_n_clusters`.
        axes : sequence of matplotlib Axes, default=None
            One Axes for each criterion. If None, a new figure is created.

        Returns
        -------
        display : NClustersDisplay
            Display with the plotted curves.
        """
        return cls(selection).plot(axes)

    def plot(self, axes=None):
        """Plot the panels side by side.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One Axes for each criterion. If None, a new figure is created.

        Returns
        -------
        display : NClustersDisplay
            Display with the plotted curves.
        """
        import matplotlib.pyplot as plt

        selection = self.selection
        n = len(selection.choices)
        if axes is None:
            _, axes = plt.subplots(1, n, figsize=(3.3 * n, 3.5), layout="constrained", squeeze=False)
        self.axes_ = np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        for ax, (name, (chosen, low, high)) in zip(self.axes_, selection.choices.iterrows(), strict=True):
            curve = selection.curve[selection.curve["criterion"] == name]
            title, unit = PANELS[name]
            ax.axvspan(
                low - 0.4, high + 0.4, color=LIGHT_GRAY, alpha=0.4, linewidth=0, zorder=0, label="plausible range"
            )
            ax.errorbar(
                curve["n_clusters"], curve["value"], curve["error"], fmt="o-", color=PRIMARY, ecolor=LIGHT_GRAY,
                linewidth=1.6, markersize=4,
            )  # fmt: skip
            mark = curve[curve["n_clusters"] == chosen]
            ax.plot(mark["n_clusters"], mark["value"], "o", color=SECONDARY, markersize=9, label="chosen number")
            style_axes(ax, title=f"{title}: {chosen}", xlabel="Number of clusters", ylabel=unit)
            ax.xaxis.get_major_locator().set_params(integer=True)
        add_legend_below(self.axes_[0])
        return self
