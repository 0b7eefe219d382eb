"""Table of songs and quick options for comparisons."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def songs():
    """48 rows with two blocks, three genres and two languages. A third of the rows have no lyrics."""
    rng = np.random.default_rng(0)
    row = np.arange(48)
    genre, language = row % 3, row // 3 % 2
    audio = 3 * rng.normal(size=(3, 5))[genre] + rng.normal(size=(48, 5))
    lyrics = 3 * rng.normal(size=(2, 4))[language] + rng.normal(size=(48, 4))
    lyrics[rng.random(48) < 0.3] = np.nan
    columns = [f"audio__{i}" for i in range(5)] + [f"lyrics__{i}" for i in range(4)]
    table = pd.DataFrame(np.hstack([audio, lyrics]), columns=columns)
    return table.assign(genre=np.array(["rock", "jazz", "folk"])[genre], language=np.array(["en", "bn"])[language])


@pytest.fixture(scope="session")
def options():
    """Parameters of `compare` with few metrics, one seed and two epochs."""
    return {
        "metrics": ["silhouette", "ami", "purity"],
        "seeds": 1,
        "settings": {"max_epochs": 2},
        "latent_dim": 2,
    }


@pytest.fixture(scope="session")
def without_seconds():
    """Function that returns the long table of a comparison without durations."""
    return lambda comparison: comparison.table_.drop(columns=["fit_seconds", "cluster_seconds"])
