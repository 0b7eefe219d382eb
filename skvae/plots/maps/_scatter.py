"""Groups of tracks on a map: colours, shapes and legend entries."""

import pandas as pd

from .._style import COLOURS, GREY, PALE

MARKERS = ("o", "^", "s", "D", "P", "X")  # shapes carry on where the colours end
WIDEST = 26  # letters of a legend entry, of which two stand side by side


def layers(values, names, max_values, widest=WIDEST):
    """Take the values of a categorical apart: rows, name and look of each, what is named above what is not."""
    counts = values.value_counts()
    frequent = set(counts.index[:max_values])
    shown = [value for value in values.cat.categories if value in frequent]
    found = [
        (values == value, names[str(value)], {"color": COLOURS[i % 7], "marker": MARKERS[i // 7 % len(MARKERS)]})
        for i, value in enumerate(shown)
    ]
    rest = values.notna() & ~values.isin(shown)
    found.append((rest, f"{len(counts) - len(shown)} others", {"color": PALE, "marker": "v"}))
    found.append((values.isna(), "missing", {"color": "none", "edgecolor": GREY, "linewidth": 0.8}))
    return [
        (mask.to_numpy(), name if len(name) <= widest else name[: widest - 1] + "…", look)
        for mask, name, look in found
        if mask.any()
    ]


def scatter(ax, points, found, size, *, counts=False):
    """Draw layers on a map without scales; with counts in the names if asked for."""
    look = {"s": size, "edgecolor": "#333333", "linewidth": 0.3}
    handles = []
    for depth, (mask, name, own) in enumerate(found):
        label = f"{name} ({int(mask.sum())})" if counts else name
        zorder = 3 - depth / len(found)
        handles.append(ax.scatter(*points[mask].T, label=label, zorder=zorder, **look | own))
    ax.set(xticks=[], yticks=[], box_aspect=1)
    ax.margins(0.06)
    ax.spines[:].set_color(PALE)
    return handles


def categories(values):
    """Values of a panel as a categorical, with one way to be missing."""
    values = pd.Series(values).reset_index(drop=True)
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.remove_unused_categories()
    if pd.api.types.is_integer_dtype(values):
        return values.where(values >= 0).astype("Int64").astype("category")
    values = values.astype(object).where(values.notna() & (values.astype(str).str.strip() != ""), None)
    return values.astype(pd.CategoricalDtype(list(values.value_counts().index)))
