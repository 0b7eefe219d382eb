"""Display of the maps of several representations in a grid."""

from dataclasses import dataclass, field

import numpy as np
from sklearn.utils import check_consistent_length

from .._style import find_fonts, shorten
from ._embedding import embed_plane
from ._scatter import make_layers, plot_layers, to_categorical


@dataclass
class MapGridDisplay:
    """Maps in a grid, with one row per representation and one column per label.

    It is recommended to use `from_latents` to create a `MapGridDisplay`.

    Parameters
    ----------
    points : dict of str to ndarray of shape (n_samples, 2)
        Coordinates of the tracks by name of the representation. Rows with NaN are ignored.
    groups : dict of str to array-like of shape (n_samples,)
        Title and values of each column, as in `MapDisplay`.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_representations, n_labels)
        Axes of the maps.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    MapDisplay : Map of one representation.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skvae.plots import MapGridDisplay
    >>> Z, labels = make_blobs(12, n_features=4, random_state=0)
    >>> display = MapGridDisplay.from_latents({"pca": Z, "vae": -Z}, {"genre": labels, "language": ["en"] * 12})
    >>> display.axes_.shape
    (2, 2)
    """

    points: dict
    groups: dict
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_latents(cls, latents, groups, *, method="auto", random_state=None, **plot):
        """Embed several latent representations in two dimensions and plot them.

        Parameters
        ----------
        latents : dict of str to array-like of shape (n_samples, n_features)
            Latent representations by name, as returned by ``Comparison.latent``. Rows with NaN are ignored.
        groups : dict of str to array-like of shape (n_samples,)
            Title and values of each column, such as ``{"genre": genres, "language": languages}``.
        method : {"auto", "tsne", "umap", "pca"}, default="auto"
            Embedding method, as in `embed_plane`.
        random_state : int, RandomState instance or None, default=None
            Seed for the embeddings.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : MapGridDisplay
            Display with the plotted maps.
        """
        check_consistent_length(*latents.values(), *groups.values())
        points = {}
        for name, latent in latents.items():
            Z = np.asarray(latent, dtype=np.float64)
            known = np.isfinite(Z).all(axis=1)
            points[name] = np.full((len(Z), 2), np.nan)
            points[name][known] = embed_plane(Z[known], method=method, random_state=random_state)[0]
        return cls(points, groups).plot(**plot)

    def plot(self, axes=None, *, max_values=10):
        """Plot the grid.

        Parameters
        ----------
        axes : array-like of matplotlib Axes of shape (n_representations, n_labels), default=None
            Axes to plot on. If None, a new figure is created.
        max_values : int, default=10
            Maximum number of values of a label with a separate legend entry. Less frequent values share one gray entry.

        Returns
        -------
        display : MapGridDisplay
            Display with the plotted maps.
        """
        import matplotlib.pyplot as plt

        columns = {title: to_categorical(values) for title, values in self.groups.items()}
        texts = [str(value) for values in columns.values() for value in values.cat.categories]
        names, families = find_fonts([*self.points, *columns, *texts])
        shape = len(self.points), len(columns)
        if axes is None:
            n_entries = max(min(len(values.cat.categories), max_values + 1) + 1 for values in columns.values())
            figsize = (0.4 + 2.7 * shape[1], 0.6 + 2.7 * shape[0] + 0.2 * -(-n_entries // 2))
            _, axes = plt.subplots(*shape, figsize=figsize, layout="constrained", squeeze=False)
        self.axes_ = np.asarray(axes).reshape(shape)
        self.figure_ = self.axes_[0, 0].figure
        with plt.rc_context({"font.family": families}):
            for j, (title, values) in enumerate(columns.items()):
                layers = make_layers(values, names, max_values, max_length=18)
                for i, (name, points) in enumerate(self.points.items()):
                    size = np.clip(2500 / max(len(points), 1), 4, 40)
                    handles = plot_layers(self.axes_[i, j], points, layers, size)
                    if j == 0:
                        self.axes_[i, j].set_ylabel(shorten(names[name]), fontsize=10)
                self.axes_[0, j].set_title(names[title])
                self.axes_[-1, j].legend(
                    handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, frameon=False,
                    fontsize=8, handletextpad=0.2, columnspacing=0.8, borderpad=0,
                )  # fmt: skip
        return self
