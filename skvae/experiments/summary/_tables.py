"""The pages of a summary: methods down, metrics across, and what a reader must know to read them."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ...metrics import METRICS
from ._significance import LEVEL
from ._summary import METHOD, OWN_SPACES, direction


class Cell(NamedTuple):
    """A score on a page; `look` is "best", "near" (not told apart from the best), "leaked" or ""."""

    mean: str
    sd: str
    look: str


class Sheet(NamedTuple):
    """A page: methods down, metrics across. `signs` are 1 for higher is better, -1 for lower, 0 for neither."""

    title: str
    notes: list
    metrics: list
    signs: list
    rows: list  # (representation, clusterer, {metric: Cell})
    chance: dict  # metric: text
    source: str


def make_sheets(summary, widest=None):
    """Lay a summary out in pages, one for each study, label and space, of at most so many metrics side by side."""
    summary = summary.assign(_inside=summary["label"] == "", _alone=summary["clusterer"] == "")
    order = {name: i for i, name in enumerate(METRICS)}
    sheets = []
    for key, part in summary.groupby(["study", "_inside", "label", "space", "_alone"]):
        metrics = sorted(set(part["metric"]), key=lambda name: (order.get(name, len(order)), name))
        n_pages = -(-len(metrics) // (widest or len(metrics)))
        pages = np.array_split(metrics, n_pages)
        sheets += [_sheet(key[0], *key[2:4], part[part["metric"].isin(names)], list(names)) for names in pages]
    return sheets


def source(summary):
    """Name studies, seeds and version: where the numbers come from."""
    studies, seeds, versions = (
        "; ".join(dict.fromkeys(filter(None, summary[column]))) for column in ("study", "seeds", "version")
    )
    return f"study {studies}, seeds {seeds or 'none'}, skvae {versions}".rstrip()


def _sheet(study, label, space, part, metrics):
    decimals = {name: _decimals(rows["mean"]) for name, rows in part.groupby("metric")}
    best_first = part.groupby(METHOD, sort=False)["rank"].mean().sort_values(kind="stable").index
    rows = [(*method, {}) for method in best_first]
    cells = {method: row[2] for method, row in zip(best_first, rows, strict=True)}
    for row in part.itertuples():
        cells[row.representation, row.clusterer][row.metric] = _cell(row, decimals[row.metric])
    chance = {name: _span(rows["chance"], decimals[name]) for name, rows in part.groupby("metric")}
    looks = {cell.look for found in cells.values() for cell in found.values()}
    notes = ["Mean and standard deviation over the seeds."] if (part["n_seeds"] > 1).any() else ["One seed."]
    notes += [text for look, text in NOTES.items() if look in looks]
    if space in OWN_SPACES:
        notes.append("Each representation has a space of its own: compare the clusterers of one representation only.")
    against = (
        f"agreement with {label}" if label else {"": "without labels"}.get(space, f"measured in the {space} space")
    )
    known = {name: text for name, text in chance.items() if text}
    signs = [direction(name) for name in metrics]
    return Sheet(f"{study}: {against}", notes, metrics, signs, rows, known, source(part))


NOTES = {
    "best": "Bold: the best.",
    "near": f"Italic: not told apart from the best (p at least {LEVEL:g}, Wilcoxon over seeds, Holm).",
    "leaked": "†: leaked, the representation was given the label; not ranked.",
}


def _cell(row, decimals):
    look = ""
    if row.leaked:
        look = "leaked"
    elif pd.notna(row.rank) and row.rank == 1:
        look = "best"
    elif row.p_best >= LEVEL:
        look = "near"
    if not np.isfinite(row.mean):
        return Cell("–", "", look)
    return Cell(f"{row.mean:z.{decimals}f}", f"{row.sd:z.{decimals}f}" if np.isfinite(row.sd) else "", look)


def _decimals(values):
    largest = values.abs().fillna(0).max()  # all may be missing, of what failed
    return 3 if largest < 10 else 1 if largest < 1000 else 0


def _span(values, decimals):
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    low, high = (f"{value:z.{decimals}f}" for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"
