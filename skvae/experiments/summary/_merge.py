"""Joining the long tables of several comparisons."""

import pandas as pd

from ._long_table import MEASURE, METHOD


def merge_tables(tables):
    """Join long tables.

    Parameters
    ----------
    tables : sequence of DataFrame
        Long tables. Scores that occur in several tables must be equal.

    Returns
    -------
    DataFrame
        Joined table without duplicate scores.

    Raises
    ------
    ValueError
        If two tables contain different values of the same score.
    """
    table = pd.concat(tables, ignore_index=True)
    key = [column for column in table if column in {*MEASURE, *METHOD, "seed"}]
    scores = table.drop_duplicates([*key, "value"])
    conflicts = scores[scores.duplicated(key)]
    if len(conflicts):
        first = ", ".join(f"{name}={value!r}" for name, value in conflicts[key].iloc[0].items() if value != "")
        raise ValueError(
            f"{len(conflicts)} scores differ between the comparisons, the first with {first}. "
            "Give the studies different names."
        )
    return table.drop_duplicates(key, ignore_index=True)
