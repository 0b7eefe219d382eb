"""The same tracks on the maps of several representations, coloured by several labels."""

from dataclasses import dataclass, field

import numpy as np
from sklearn.utils import check_consistent_length

from .._text import drawable, shorten
from ._embedding import embed_plane
from ._scatter import categories, layers, scatter


@dataclass
class MapGridDisplay:
    """Maps in a grid: a row for each representation, a column for each label, one legend under each column.

    Make it with `from_latents`.

    Parameters
    ----------
    points : dict of str to ndarray of shape (n_samples, 2)
        Places of the tracks on the plane of each representation; rows of NaN are left out.
    groups : dict of str to array-like of shape (n_samples,)
        What colours each column, as in `MapDisplay`.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_representations, n_labels)
        The maps.
    figure_ : matplotlib Figure
        Figure that holds them.

    See Also
    --------
    MapDisplay : One representation.

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
    def from_latents(cls, latents, groups, *, random_state=None, **plot):
        """Place several latents on a plane each, and draw them.

        Parameters
        ----------
        latents : dict of str to array-like of shape (n_samples, n_features)
            Latent by the name of its representation, such as ``Comparison.latent`` gives; rows with NaN are left out.
        groups : dict of str to array-like of shape (n_samples,)
            Title and values of each column, such as ``{"genre": genres, "language": languages}``.
        random_state : int, RandomState instance or None, default=None
            Seed of the layouts.
        **plot
            Passed to `plot`.

        Returns
        -------
        MapGridDisplay
            The drawn maps.
        """
        check_consistent_length(*latents.values(), *groups.values())
        points = {}
        for name, latent in latents.items():
            Z = np.asarray(latent, dtype=np.float64)
            known = np.isfinite(Z).all(axis=1)
            points[name] = np.full((len(Z), 2), np.nan)
            points[name][known] = embed_plane(Z[known], random_state=random_state)[0]
        return cls(points, groups).plot(**plot)

    def plot(self, axes=None, *, max_values=10):
        """Draw the grid.

        Parameters
        ----------
        axes : array-like of matplotlib Axes of shape (n_representations, n_labels), default=None
            Where to draw. By default a new figure is made.
        max_values : int, default=10
            Values of a label drawn apart; rarer ones share one light grey entry.

        Returns
        -------
        MapGridDisplay
            Itself, with `axes_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        columns = {title: categories(values) for title, values in self.groups.items()}
        texts = [str(value) for values in columns.values() for value in values.cat.categories]
        names, families = drawable([*self.points, *columns, *texts])
        shape = len(self.points), len(columns)
        if axes is None:
            entries = max(min(len(values.cat.categories), max_values + 1) + 1 for values in columns.values())
            size = (0.4 + 2.7 * shape[1], 0.6 + 2.7 * shape[0] + 0.2 * -(-entries // 2))
            _, axes = plt.subplots(*shape, figsize=size, layout="constrained", squeeze=False)
        self.axes_ = np.asarray(axes).reshape(shape)
        self.figure_ = self.axes_[0, 0].figure
        with plt.rc_context({"font.family": families}):
            for j, (title, values) in enumerate(columns.items()):
                found = layers(values, names, max_values, widest=18)
                for i, (name, points) in enumerate(self.points.items()):
                    handles = scatter(self.axes_[i, j], points, found, np.clip(2500 / max(len(points), 1), 4, 40))
                    if j == 0:
                        self.axes_[i, j].set_ylabel(shorten(names[name]), fontsize=10)
                self.axes_[0, j].set_title(names[title])
                self.axes_[-1, j].legend(
                    handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, frameon=False,
                    fontsize=8, handletextpad=0.2, columnspacing=0.8, borderpad=0,
                )  # fmt: skip
        return self
