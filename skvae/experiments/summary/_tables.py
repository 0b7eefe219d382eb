"""Summary tables: one row per method, one column per metric, and the notes below."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ...metrics import METRICS
from ._long_table import METHOD, SEPARATE_SPACES, direction
from ._significance import LEVEL

NOTES = {
    "best": "Bold: best method.",
    "near": f"Italic: not significantly different from the best (p >= {LEVEL:g}, Wilcoxon over seeds, Holm).",
    "leaked": "†: leaked, the representation was trained on the label; not ranked.",
}


class Cell(NamedTuple):
    """Score in a table.

    Attributes
    ----------
    mean, sd : str
        Formatted mean and standard deviation over the seeds.
    mark : {"best", "near", "leaked", ""}
        "near" marks scores that are not significantly different from the best.
    """

    mean: str
    sd: str
    mark: str


class SummaryTable(NamedTuple):
    """Table of one study, label and space.

    Attributes
    ----------
    title : str
        Title.
    notes : list of str
        Sentences below the table.
    metrics : list of str
        Metrics of the columns.
    signs : list of int
        1 if higher values of the metric are better, -1 if lower values are better, 0 if it has no direction.
    rows : list of (str, str, dict of str to Cell)
        Representation, clusterer, and cells by metric.
    chance : dict of str to str
        Chance level by metric.
    source : str
        Study, seeds and version.
    """

    title: str
    notes: list
    metrics: list
    signs: list
    rows: list
    chance: dict
    source: str


def make_tables(summary, max_metrics=None):
    """Lay out a summary as tables.

    Parameters
    ----------
    summary : DataFrame
        Result of `summarize`.
    max_metrics : int or None, default=None
        Maximum number of metrics in one table. None means no limit.

    Returns
    -------
    list of SummaryTable
        At least one table for each study, label and space.
    """
    summary = summary.assign(_internal=summary["label"] == "", _latent=summary["clusterer"] == "")
    order = {name: i for i, name in enumerate(METRICS)}
    tables = []
    for (study, _, label, space, _), rows in summary.groupby(["study", "_internal", "label", "space", "_latent"]):
        metrics = sorted(set(rows["metric"]), key=lambda name: (order.get(name, len(order)), name))
        n_tables = -(-len(metrics) // (max_metrics or len(metrics)))
        tables += [
            _make_table(study, label, space, rows[rows["metric"].isin(names)], list(names))
            for names in np.array_split(metrics, n_tables)
        ]
    return tables


def describe_source(summary):
    """Return the studies, seeds and version of a summary as text."""
    studies, seeds, versions = (
        "; ".join(dict.fromkeys(filter(None, summary[column]))) for column in ("study", "seeds", "version")
    )
    return f"study {studies}, seeds {seeds or 'none'}, skvae {versions}".rstrip()


def _make_table(study, label, space, summary, metrics):
    by_metric = summary.groupby("metric")
    decimals = {name: _decimals(rows["mean"]) for name, rows in by_metric}
    best_first = summary.groupby(METHOD, sort=False)["rank"].mean().sort_values(kind="stable").index
    cells = {method: {} for method in best_first}
    for row in summary.itertuples():
        cells[row.representation, row.clusterer][row.metric] = _make_cell(row, decimals[row.metric])
    chance = {name: _format_range(rows["chance"], decimals[name]) for name, rows in by_metric}
    marks = {cell.mark for row in cells.values() for cell in row.values()}
    notes = ["Mean and standard deviation over the seeds."] if (summary["n_seeds"] > 1).any() else ["One seed."]
    notes += [text for mark, text in NOTES.items() if mark in marks]
    if space in SEPARATE_SPACES:
        notes.append("This space differs between representations: compare only clusterers of the same representation.")
    internal = f"measured in the {space} space" if space else "without labels"
    return SummaryTable(
        title=f"{study}: {f'agreement with {label}' if label else internal}",
        notes=notes,
        metrics=metrics,
        signs=[direction(name) for name in metrics],
        rows=[(*method, row) for method, row in cells.items()],
        chance={name: text for name, text in chance.items() if text},
        source=describe_source(summary),
    )


def _make_cell(row, decimals):
    mark = ""
    if row.leaked:
        mark = "leaked"
    elif pd.notna(row.rank) and row.rank == 1:
        mark = "best"
    elif row.p_best >= LEVEL:
        mark = "near"
    if not np.isfinite(row.mean):
        return Cell("–", "", mark)
    return Cell(f"{row.mean:z.{decimals}f}", f"{row.sd:z.{decimals}f}" if np.isfinite(row.sd) else "", mark)


def _decimals(values):
    largest = values.abs().fillna(0).max()  # NaN if all methods failed
    return 3 if largest < 10 else 1 if largest < 1000 else 0


def _format_range(values, decimals):
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    low, high = (f"{value:z.{decimals}f}" for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"
