"""Columns of the long table of a comparison, and its validation."""

import numpy as np

from ...metrics import METRICS

TABLE_COLUMNS = [
    "study",
    "representation",
    "clusterer",
    "seed",
    "label",
    "metric",
    "space",
    "value",
    "chance",
    "leaked",
    "n_clusters",
    "n_noise",
    "n_rows",
    "reconstruction_error",
    "fit_seconds",
    "cluster_seconds",
    "version",
]
EVENT_COLUMNS = ["study", "representation", "clusterer", "seed", "reason"]

MEASURE = ["study", "label", "metric", "space"]
METHOD = ["representation", "clusterer"]
REQUIRED = [*MEASURE, *METHOD, "seed", "value", "chance", "leaked", "version"]
SEPARATE_SPACES = ("latent", "umap")  # spaces that differ between representations


def check_table(table):
    """Validate a long table and return a sorted copy with the helper column ``_own``.

    Parameters
    ----------
    table : DataFrame
        Long table, possibly read from a CSV file.

    Returns
    -------
    DataFrame
        Sorted copy. ``_own`` is the representation for scores in a space that only this representation has, else "".

    Raises
    ------
    ValueError
        If a column is missing, the table is empty, or a score occurs twice.
    """
    missing = [column for column in REQUIRED if column not in table]
    if missing:
        raise ValueError(f"the table has no columns {missing}. Pass the long table of compare().")
    if not len(table):
        raise ValueError("the table has no rows. Pass the long table of compare().")
    # pandas reads "" from a CSV file as a missing value.
    table = table.assign(
        **{column: table[column].astype(object).fillna("").astype(str) for column in [*MEASURE, *METHOD, "version"]}
    )
    key = [*MEASURE, *METHOD, "seed"]
    duplicated = table.duplicated(key)
    if duplicated.any():
        first = ", ".join(f"{name}={value!r}" for name, value in table.loc[duplicated, key].iloc[0].items())
        raise ValueError(f"the table contains {int(duplicated.sum())} duplicate rows, the first with {first}")
    table["leaked"] = table["leaked"].astype(bool)
    table["value"] = table["value"].astype(float).replace([np.inf, -np.inf], np.nan)
    table["_own"] = table["representation"].where(table["space"].isin(SEPARATE_SPACES), "")
    return table.sort_values(key, ignore_index=True)  # floating-point sums depend on the order of rows


def direction(metric):
    """Return 1 if higher values of a metric are better, -1 if lower values are better, and 0 if it has no direction."""
    return {"higher": 1, "lower": -1}[METRICS[metric].direction] if metric in METRICS else 0
