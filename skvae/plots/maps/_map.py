"""Display of a latent space as a map of tracks."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from .._style import GRAY, find_fonts
from ._embedding import embed_plane
from ._scatter import choose_legend_columns, make_layers, plot_layers, to_categorical


@dataclass
class MapDisplay:
    """Map of a music library with one point per track, colored by cluster, genre or other groups.

    It is recommended to use `from_estimator` or `from_predictions` to create a `MapDisplay`.

    Parameters
    ----------
    points : ndarray of shape (n_samples, 2)
        Coordinates of the tracks.
    groups : dict of str to array-like of shape (n_samples,)
        Title and values of each panel. Missing values (None, NaN, empty text, label -1) are gray. A pandas categorical
        keeps the order of its categories. Integers are sorted, other values are ordered by frequency.
    method : str, default=""
        Name of the embedding method, for the caption.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One Axes for each group.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    embed_plane : Computes the points.
    MapGridDisplay : Maps of several representations.

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
    def from_estimator(cls, estimator, X, groups=None, *, method="auto", random_state=None, **plot):
        """Plot the latent space and the clusters of a fitted pipeline or clusterer.

        Parameters
        ----------
        estimator : estimator
            Fitted pipeline or clusterer. The latent space is the input of the last step. If the last step has
            `inverse_transform`, the latent space is its output. The clusters are predicted with `predict`, or taken
            from ``labels_`` if there is no `predict`.
        X : array-like or DataFrame of shape (n_samples, ...)
            Input of the estimator. It must be the training data if the estimator has no `predict`.
        groups : dict of str to array-like of shape (n_samples,), default=None
            Title and values of further panels, such as language and genre.
        method : {"auto", "tsne", "umap", "pca"}, default="auto"
            Embedding method, as in `embed_plane`.
        random_state : int, RandomState instance or None, default=None
            Seed for the embedding.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : MapDisplay
            Display with the plotted map.
        """
        check_is_fitted(estimator)
        *before, (_, last) = getattr(estimator, "steps", [("", estimator)])
        Z = estimator[:-1].transform(X) if before else X
        if hasattr(last, "inverse_transform"):  # otherwise, as in k-means, transform returns distances
            Z = last.transform(Z)
        labels = estimator.predict(X) if hasattr(estimator, "predict") else last.labels_
        return cls.from_predictions(
            Z, {"cluster": labels, **(groups or {})}, method=method, random_state=random_state, **plot
        )

    @classmethod
    def from_predictions(cls, Z, groups, *, method="auto", random_state=None, **plot):
        """Plot a latent representation, colored by each group.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latent representation. Rows with NaN are ignored.
        groups : dict of str to array-like of shape (n_samples,)
            Title and values of each panel, such as ``{"cluster": labels, "genre": genres}``.
        method : {"auto", "tsne", "umap", "pca"}, default="auto"
            Embedding method, as in `embed_plane`.
        random_state : int, RandomState instance or None, default=None
            Seed for the embedding.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : MapDisplay
            Display with the plotted map.
        """
        Z = np.asarray(Z, dtype=np.float64)
        check_consistent_length(Z, *groups.values())
        known = np.isfinite(Z).all(axis=1)
        points, name = embed_plane(Z[known], method=method, random_state=random_state)
        groups = {title: pd.Series(values)[known] for title, values in groups.items()}
        return cls(points, groups, name).plot(**plot)

    def plot(self, axes=None, *, max_values=20, size=None):
        """Plot the panels side by side.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One Axes for each group. If None, a new figure is created.
        max_values : int, default=20
            Maximum number of values with a separate legend entry. Less frequent values share one gray entry.
        size : float, default=None
            Area of a point in square points. If None, it depends on the number of tracks.

        Returns
        -------
        display : MapDisplay
            Display with the plotted map.
        """
        import matplotlib.pyplot as plt

        panels = {title: to_categorical(values) for title, values in self.groups.items()}
        texts = [str(value) for values in panels.values() for value in values.cat.categories]
        names, families = find_fonts([*panels, *texts])
        legends = {title: choose_legend_columns(values) for title, values in panels.items()}
        if axes is None:
            n_entries = {title: min(len(values.cat.categories), max_values + 1) + 1 for title, values in panels.items()}
            n_rows = max(-(-n_entries[title] // n_columns) for title, (n_columns, _) in legends.items())
            figsize = 4.6 * len(panels), 5.0 + 0.215 * n_rows
            _, axes = plt.subplots(1, len(panels), figsize=figsize, layout="constrained", squeeze=False)
        self.axes_ = np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        size = np.clip(4000 / max(len(self.points), 1), 6, 70) if size is None else size
        with plt.rc_context({"font.family": families}):
            for ax, (title, values) in zip(self.axes_, panels.items(), strict=True):
                n_columns, max_length = legends[title]
                layers = make_layers(values, names, max_values, max_length)
                handles = plot_layers(ax, self.points, layers, size, counts=True)
                ax.set(anchor="N")
                ax.legend(
                    handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=n_columns, frameon=False,
                    fontsize=9, handletextpad=0.2, columnspacing=1.0,
                )  # fmt: skip
                ax.set_title(names[title])
        if self.method:
            self.axes_[0].set_ylabel(f"{self.method} of the latent space", color=GRAY)
        return self
