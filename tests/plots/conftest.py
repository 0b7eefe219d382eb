"""Fixtures of the plots: closed figures, and the table of a comparison."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skvae.experiments import summarize


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


SCORES = {"pca": 0.2, "vae": 0.3, "beta-vae-0.5": 0.35, "beta-vae-4": 0.25, "conditional-vae-ভাষা": 0.6}


@pytest.fixture(scope="module")
def table():
    """Results of five representations, two clusterers and six seeds. The last representation is leaked."""
    rows = []
    for name, score in SCORES.items():
        for clusterer in ("kmeans", "kmeans@umap"):
            for seed in range(6):
                value = score + seed / 100 - 0.02 * (clusterer != "kmeans")
                with_label = {"label": "ভাষা", "space": "", "leaked": score > 0.5, "chance": 0.05}
                rows += [
                    (name, clusterer, seed, "ami", value, *with_label.values()),
                    (name, clusterer, seed, "davies_bouldin", 3 - value, "", "input", False, 9.0),
                    (name, clusterer, seed, "silhouette", value, "", "latent", False, 0.0),
                ]
        rows += [(name, "", seed, "active_units", 10 * score + seed, "", "latent", False, np.nan) for seed in range(6)]
    columns = ["representation", "clusterer", "seed", "metric", "value", "label", "space", "leaked", "chance"]
    return pd.DataFrame(rows, columns=columns).assign(study="a_$tudy", version="1", reconstruction_error=0.5)


@pytest.fixture(scope="module")
def summary(table):
    return summarize(table, baselines=["pca"])


@pytest.fixture
def legend():
    """Return a function that returns the legend entries of axes."""

    def entries(ax):
        return [text.get_text() for text in ax.get_legend().get_texts()]

    return entries
