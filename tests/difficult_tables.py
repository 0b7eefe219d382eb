"""Tables on which mixture models often fail, for the tests and the benchmark of the stability of VaDE."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits, make_blobs


def make_difficult_tables(n_rows, random_state=0):
    """Create five difficult tables.

    Parameters
    ----------
    n_rows : int
        Number of rows of each table. The table of digits has at most 901 rows.
    random_state : int, default=0
        Random seed.

    Returns
    -------
    dict of str to (array-like, int, dict)
        Table, number of clusters, and parameters of `VAETransformer` for each name.
    """
    rng = np.random.default_rng(random_state)
    blobs, _ = make_blobs(n_rows, 6, centers=4, random_state=random_state)
    pixels = rng.permutation(load_digits(n_class=5).data)[:n_rows]
    sizes = [n_rows * 80 // 100, n_rows * 15 // 100]
    skewed, _ = make_blobs([*sizes, n_rows - sum(sizes)], 6, random_state=random_state)
    rows = rng.standard_normal((max(4, n_rows // 20), 6))
    duplicates = rows[np.arange(n_rows) % len(rows)]
    gaps, _ = make_blobs(n_rows, 8, centers=3, random_state=random_state)
    gaps = pd.DataFrame(gaps, columns=[f"{'audio' if i < 4 else 'lyrics'}__{i}" for i in range(8)])
    gaps.loc[rng.random(n_rows) < 0.4, gaps.columns.str.startswith("lyrics__")] = np.nan
    return {
        "blobs": (blobs, 4, {}),
        "digits": (pixels, 5, {}),
        "skewed sizes": (skewed, 3, {}),
        "duplicates": (duplicates, 4, {}),
        "gaps": (gaps, 3, {"modalities": "auto"}),
    }
