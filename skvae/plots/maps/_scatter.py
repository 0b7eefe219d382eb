"""Scatter plot of tracks, with one color and marker for each category."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .._style import COLORS, GRAY, LIGHT_GRAY

MARKERS = ("o", "^", "s", "D", "P", "X")  # distinguish categories with the same color
MAX_NAME_LENGTH = 26  # characters of a legend entry, with two entries side by side
MAX_WIDE_LENGTH = 56  # with one entry per row
MAX_WIDE_ENTRIES = 12


class Layer(NamedTuple):
    """Points of one category.

    Attributes
    ----------
    mask : ndarray of bool of shape (n_samples,)
        Rows of the category.
    name : str
        Name in the legend.
    style : dict
        Parameters of `matplotlib.axes.Axes.scatter`.
    """

    mask: np.ndarray
    name: str
    style: dict


def make_layers(values, names, max_values, max_length=MAX_NAME_LENGTH):
    """Divide a categorical into layers, in drawing order from top to bottom.

    Parameters
    ----------
    values : Series of categorical dtype
        Category of each row.
    names : dict of str to str
        Text to draw for each category.
    max_values : int
        Maximum number of categories with a separate color or marker. Less frequent categories form one gray layer.
    max_length : int, default=26
        Maximum number of characters of a name.

    Returns
    -------
    layers : list of Layer
        Layers with at least one row.
    """
    counts = values.value_counts()
    frequent = set(counts.index[:max_values])
    shown = [value for value in values.cat.categories if value in frequent]
    layers = [
        Layer(
            (values == value).to_numpy(),
            names[str(value)],
            {"color": COLORS[i % len(COLORS)], "marker": MARKERS[i // len(COLORS) % len(MARKERS)]},
        )
        for i, value in enumerate(shown)
    ]
    other = (values.notna() & ~values.isin(shown)).to_numpy()
    layers.append(Layer(other, f"{len(counts) - len(shown)} others", {"color": LIGHT_GRAY, "marker": "v"}))
    missing = {"color": "none", "edgecolor": GRAY, "linewidth": 0.8}
    layers.append(Layer(values.isna().to_numpy(), "missing", missing))
    return [layer._replace(name=_truncate(layer.name, max_length)) for layer in layers if layer.mask.any()]


def choose_legend_columns(values):
    """Return the number of legend columns and the maximum length of a name.

    The legend has one column if some names do not fit into half of the width, and if the number of names is small.
    """
    names = [str(value) for value in values.cat.categories]
    is_wide = len(names) <= MAX_WIDE_ENTRIES and max(map(len, names), default=0) > MAX_NAME_LENGTH
    return (1, MAX_WIDE_LENGTH) if is_wide else (2, MAX_NAME_LENGTH)


def plot_layers(ax, points, layers, size, *, counts=False):
    """Plot layers without axis ticks. If `counts`, add the number of points to the names. Return the legend handles."""
    common = {"s": size, "edgecolor": "#333333", "linewidth": 0.3}
    handles = []
    for depth, layer in enumerate(layers):
        label = f"{layer.name} ({int(layer.mask.sum())})" if counts else layer.name
        zorder = 3 - depth / len(layers)
        handles.append(ax.scatter(*points[layer.mask].T, label=label, zorder=zorder, **common | layer.style))
    ax.set(xticks=[], yticks=[], box_aspect=1)
    ax.margins(0.06)
    ax.spines[:].set_color(LIGHT_GRAY)
    return handles


def to_categorical(values):
    """Convert values to a categorical. None, NaN, empty text and negative integers are missing.

    A categorical keeps the order of its categories. Integers are sorted, other values are ordered by frequency.
    """
    values = pd.Series(values).reset_index(drop=True)
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.remove_unused_categories()
    if pd.api.types.is_integer_dtype(values):
        return values.where(values >= 0).astype("Int64").astype("category")
    values = values.astype(object).where(values.notna() & (values.astype(str).str.strip() != ""), None)
    return values.astype(pd.CategoricalDtype(list(values.value_counts().index)))


def _truncate(name, max_length):
    return name if len(name) <= max_length else name[: max_length - 1] + "…"
