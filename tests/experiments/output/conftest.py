"""Long table with leaked and failed methods and special characters."""

import numpy as np
import pandas as pd
import pytest

SPECIAL = '50%_V^2 {$x} #1&~ <a>\\b| "q"'


@pytest.fixture(scope="session")
def table(long_table):
    """Two labels, two spaces, a leaked and a failed method, special characters, and more metrics than fit on a page."""
    base = np.linspace(0.1, 0.2, 8)
    scores = {
        "PCA": base,
        SPECIAL: base + 0.3,
        "near": base + 0.3 + 0.01 * np.array([2, -3] * 4),
        "failed": base * np.nan,
    }
    of_label = [
        long_table(scores, metric=metric, label=label, chance=chance)
        for metric, chance in (
            ("ami", 0.0),
            ("ari", 0.0),
            ("nmi", 0.02),
            ("purity", 0.12),
            ("accuracy", 0.1),
            ("v", 0.0),
        )
        for label in ("genre", "language_2")
    ]
    leaked = long_table({"cVAE": base + 0.6}, leaked=True)
    long = long_table({"multimodal-vae-attention@lyrics": base}, clusterer="agglomerative-complete@umap")
    inside = [
        long_table(scores, clusterer=name, metric="davies_bouldin", label="", space=space, chance=9.1)
        for name in ("kmeans", "gmm")
        for space in ("input", "latent")
    ]
    return pd.concat([*of_label, leaked, long, *inside], ignore_index=True)
