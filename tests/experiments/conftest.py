"""Long tables with known scores."""

import numpy as np
import pandas as pd
import pytest


def long_table(scores, *, clusterer="kmeans", label="genre", metric="ami", space="", chance=0.0, **columns):
    """Return a long table from the scores of each representation, one per seed."""
    rows = [
        {"representation": name, "seed": seed, "value": value}
        for name, values in scores.items()
        for seed, value in enumerate(values)
    ]
    constant = {
        "study": "toy",
        "clusterer": clusterer,
        "label": label,
        "metric": metric,
        "space": space,
        "chance": chance,
    }
    averaged = {"leaked": False, "n_clusters": 5, "n_noise": 0, "n_rows": 100, "reconstruction_error": np.nan}
    return (
        pd.DataFrame(rows)
        .assign(**constant, **averaged, fit_seconds=1.0, cluster_seconds=0.1, version="0.1")
        .assign(**columns)
    )


@pytest.fixture(scope="session", name="long_table")
def long_table_fixture():
    """Function that returns long tables."""
    return long_table
