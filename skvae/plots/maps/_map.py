"""The latent on a plane, coloured by what is known and by what was found."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from .._style import GREY
from .._text import drawable
from ._embedding import embed_plane
from ._scatter import categories, layers, scatter


@dataclass
class MapDisplay:
    """Map of a music library: one point a track, the same map once for each grouping.

    Make it with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    points : ndarray of shape (n_samples, 2)
        Place of each track on the plane.
    groups : dict of str to array-like of shape (n_samples,)
        What colours each panel, by its title. Missing values (None, NaN, empty text, label -1) are grey.
        A pandas categorical keeps the order of its categories, integers ascend, other values come by frequency.
    method : str, default=""
        How the points were placed, for the caption.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each grouping.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    embed_plane : The points.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skvae.plots import MapDisplay
    >>> Z, labels = make_blobs(12, n_features=4, random_state=0)
    >>> display = MapDisplay.from_predictions(Z, {"cluster": labels, "genre": ["jazz"] * 12})
    >>> [ax.get_title() for ax in display.axes_]
    ['cluster', 'genre']
    """

    points: np.ndarray
    groups: dict
    method: str = ""
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_estimator(cls, estimator, X, groups=None, *, random_state=None, **plot):
        """Draw the latent and the clusters of a fitted pipeline or clusterer.

        Parameters
        ----------
        estimator : estimator
            Fitted. The latent is what enters its last step, or comes out of it if that can `inverse_transform` too; the
            labels are its ``predict`` or, without one, its ``labels_``.
        X : array-like or DataFrame of shape (n_samples, ...)
            What the estimator takes; what it was fitted on if it has no ``predict``.
        groups : dict of str to array-like of shape (n_samples,), default=None
            Further panels, such as language and genre.
        random_state : int, RandomState instance or None, default=None
            Seed of the layout.
        **plot
            Passed to `plot`.

        Returns
        -------
        MapDisplay
            The drawn map.
        """
        check_is_fitted(estimator)
        *before, (_, last) = getattr(estimator, "steps", [("", estimator)])
        Z = estimator[:-1].transform(X) if before else X
        if hasattr(last, "inverse_transform"):  # without one, as in k-means, transform gives distances and no latent
            Z = last.transform(Z)
        labels = estimator.predict(X) if hasattr(estimator, "predict") else last.labels_
        return cls.from_predictions(Z, {"cluster": labels, **(groups or {})}, random_state=random_state, **plot)

    @classmethod
    def from_predictions(cls, Z, groups, *, random_state=None, **plot):
        """Draw a latent, coloured by each grouping.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latent; rows with NaN are left out.
        groups : dict of str to array-like of shape (n_samples,)
            Title and values of each panel, such as ``{"cluster": labels, "genre": genres}``.
        random_state : int, RandomState instance or None, default=None
            Seed of the layout.
        **plot
            Passed to `plot`.

        Returns
        -------
        MapDisplay
            The drawn map.
        """
        Z = np.asarray(Z, dtype=np.float64)
        check_consistent_length(Z, *groups.values())
        known = np.isfinite(Z).all(axis=1)
        points, method = embed_plane(Z[known], random_state=random_state)
        return cls(points, {name: pd.Series(values)[known] for name, values in groups.items()}, method).plot(**plot)

    def plot(self, axes=None, *, max_values=20, size=None):
        """Draw the panels side by side.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One for each grouping. By default a new figure is made.
        max_values : int, default=20
            Values drawn apart in a panel; rarer ones share one light grey entry.
        size : float, default=None
            Area of a point in square points; by default it shrinks with the number of tracks.

        Returns
        -------
        MapDisplay
            Itself, with `axes_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        panels = {title: categories(values) for title, values in self.groups.items()}
        texts = [str(value) for values in panels.values() for value in values.cat.categories]
        names, families = drawable([*panels, *texts])
        if axes is None:
            entries = max(min(len(values.cat.categories), max_values + 1) + 1 for values in panels.values())
            size_in = 4.6 * len(panels), 5.0 + 0.215 * -(-entries // 2)
            _, axes = plt.subplots(1, len(panels), figsize=size_in, layout="constrained", squeeze=False)
        self.axes_ = np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        size = np.clip(4000 / max(len(self.points), 1), 6, 70) if size is None else size
        with plt.rc_context({"font.family": families}):
            for ax, (title, values) in zip(self.axes_, panels.items(), strict=True):
                self._panel(ax, values, names, max_values, size)
                ax.set_title(names[title])
        if self.method:
            self.axes_[0].set_ylabel(f"{self.method} of the latent", color=GREY)
        return self

    def _panel(self, ax, values, names, max_values, size):
        handles = scatter(ax, self.points, layers(values, names, max_values), size, counts=True)
        ax.set(anchor="N")
        ax.legend(
            handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, frameon=False, fontsize=9,
            handletextpad=0.2, columnspacing=1.0,
        )  # fmt: skip
