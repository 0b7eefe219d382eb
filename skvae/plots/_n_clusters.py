"""The curves behind a number of clusters."""

from dataclasses import dataclass, field

import numpy as np

from ..model_selection import NClusters, select_n_clusters
from ._style import PALE, TRAIN, VALID, quiet

PANELS = {
    "bic": ("BIC", "lower is better"),
    "icl": ("ICL", "lower is better"),
    "stability": ("stability", "ARI between resamples"),
    "gap": ("gap statistic", "log scatter below uniform"),
}


@dataclass
class NClustersDisplay:
    """Criteria over numbers of clusters, a panel each: the choice marked, its range shaded.

    Make it with `from_estimator` or `from_selection`.

    Parameters
    ----------
    selection : NClusters
        What the criteria found.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each criterion.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    skvae.model_selection.select_n_clusters : Asks the criteria.

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
    ['BIC: 3', 'gap statistic: 3']
    """

    selection: NClusters
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_estimator(cls, estimator, X, candidates, *, axes=None, **settings):
        """Ask the criteria and draw what they say.

        Parameters
        ----------
        estimator : clusterer or Pipeline
            As in `select_n_clusters`.
        X : array-like of shape (n_samples, n_features)
            The table.
        candidates : array-like of int
            Numbers of clusters to try.
        axes : sequence of matplotlib Axes, default=None
            As in `plot`.
        **settings
            Passed to `select_n_clusters`.

        Returns
        -------
        NClustersDisplay
            The drawn curves.
        """
        return cls.from_selection(select_n_clusters(estimator, X, candidates, **settings), axes=axes)

    @classmethod
    def from_selection(cls, selection, *, axes=None):
        """Draw what was found.

        Parameters
        ----------
        selection : NClusters
            From `select_n_clusters`.
        axes : sequence of matplotlib Axes, default=None
            As in `plot`.

        Returns
        -------
        NClustersDisplay
            The drawn curves.
        """
        return cls(selection).plot(axes)

    def plot(self, axes=None):
        """Draw the panels side by side.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One for each criterion. By default a new figure is made.

        Returns
        -------
        NClustersDisplay
            Itself, with `axes_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        found = self.selection
        n = len(found.choices)
        if axes is None:
            _, axes = plt.subplots(1, n, figsize=(3.3 * n, 3.3), layout="constrained", squeeze=False)
        self.axes_ = np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        for ax, (name, (chosen, low, high)) in zip(self.axes_, found.choices.iterrows(), strict=True):
            curve = found.curve[found.curve["criterion"] == name]
            title, unit = PANELS[name]
            ax.axvspan(low - 0.4, high + 0.4, color=PALE, alpha=0.4, linewidth=0, zorder=0)
            ax.errorbar(
                curve["n_clusters"], curve["value"], curve["error"], fmt="o-", color=TRAIN, ecolor=PALE,
                linewidth=1.6, markersize=4,
            )  # fmt: skip
            at = curve[curve["n_clusters"] == chosen]
            ax.plot(at["n_clusters"], at["value"], "o", color=VALID, markersize=9)
            quiet(ax, title=f"{title}: {chosen}", xlabel="number of clusters", ylabel=unit)
            ax.xaxis.get_major_locator().set_params(integer=True)
        return self
