"""Fixtures of the prediction tests."""

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import TrackWarning, load_feature_table, load_tracks
from skvae.report import cluster_library

FAST = {"max_epochs": 5, "latent_dim": 4}
N_ROWS = 2000


@pytest.fixture(scope="package")
def run(small_library, tmp_path_factory):
    """Folder of a run on the small library."""
    out = tmp_path_factory.mktemp("run")
    with pytest.warns(TrackWarning, match="tags not read"):
        tracks = load_tracks(small_library)
    cluster_library(tracks, n_clusters=2, **FAST).write(out)
    return out


@pytest.fixture(scope="session")
def read_labels():
    """Return a function that reads ``clusters.csv`` in a folder, with every cell as text."""
    return lambda folder: pd.read_csv(folder / "clusters.csv", keep_default_na=False, dtype=str)


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """Folder with a feature table of 2000 rows, and a run on the first tenth of them."""
    folder = tmp_path_factory.mktemp("numbers")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_ROWS, 6)) + 5 * (np.arange(N_ROWS) % 3)[:, None]
    frame = pd.DataFrame(X, columns=[f"f{i}" for i in range(6)]).assign(song=[f"s{i}" for i in range(N_ROWS)])
    frame.loc[7, "f2"] = np.nan
    frame.to_csv(folder / "all.csv", index=False)
    frame[: N_ROWS // 10].to_csv(folder / "some.csv", index=False)
    run = cluster_library(load_feature_table(folder / "some.csv"), model="pca", n_clusters=3)
    run.write(folder / "run")
    return folder
