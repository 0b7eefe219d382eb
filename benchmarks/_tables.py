"""Feature tables of several benchmarks: generated songs, and real tables of SKVAE_SHARED_DATA."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from skvae import AudioFeatureExtractor, BlockScaler, LyricsVectorizer, make_track_features
from skvae.datasets import make_songs

RESULTS = Path(__file__).with_name("results")
# Explicit list, so that a new default of the extractor does not change the measurement.
SPECTRAL = ("mfcc", "chroma", "contrast", "centroid", "bandwidth", "rolloff", "flatness", "zero_crossing_rate", "rms")


def shared(name):
    """Return the path of a shared file. Exit with a message if it does not exist."""
    root = Path(os.environ.get("SKVAE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (root / name).exists():
        raise SystemExit(f"{root} does not contain {name}. Set SKVAE_SHARED_DATA to the folder of the shared data.")
    return root / name


def songs_table(n_songs=200, lyrics_fraction=0.8, random_state=0, descriptors=SPECTRAL):
    """Return features with one-hot language, and the track table, of generated songs."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder) / "songs"
        songs = make_songs(
            n_songs, out_dir=folder, lyrics_fraction=lyrics_fraction, random_state=random_state, n_jobs=2
        )
        features = make_track_features(
            AudioFeatureExtractor(descriptors, n_jobs=2), LyricsVectorizer(random_state=0), condition="language"
        )
        return features.fit_transform(songs), songs


def without(features, block):
    """Return the table without one block."""
    return features.loc[:, ~features.columns.str.startswith(f"{block}__")]


def jamendo_table(n_rows=2000, n_genres=10, random_state=0):
    """Return 13 MFCC means and 49 TF-IDF columns of the most frequent genres of MTG-Jamendo, and the genres."""
    table = pd.read_csv(shared("tables/jamendo_muljam_features.csv"))
    table = table[table["genre"].isin(table["genre"].value_counts().index[:n_genres])]
    table = table.sample(min(n_rows, len(table)), random_state=random_state).reset_index(drop=True)
    numbers = table.filter(regex="^(mfcc|tfidf)")
    numbers.columns = [f"{'audio' if name.startswith('mfcc') else 'lyrics'}__{name}" for name in numbers.columns]
    return numbers.astype(np.float32), table["genre"]


def digits_table():
    """Return the digits as one block, and their labels."""
    X, y = load_digits(return_X_y=True)
    return pd.DataFrame(X.astype(np.float32), columns=[f"pixels__{i:02d}" for i in range(64)]), pd.Series(y)


def gtzan_table(language=None):
    """Return 57 columns, genre and source/language of the distinct rows of GTZAN and BanglaBeats."""
    table = pd.read_csv(shared("tables/gtzan_banglabeats_30s.csv")).drop(columns=["filename", "length"])
    table = table.drop_duplicates().reset_index(drop=True)
    if language is not None:
        table = table[table["language"] == language].reset_index(drop=True)
    features = table.drop(columns=["label", "language"]).astype(np.float32).add_prefix("audio__")
    return features, table["label"], table["language"]


def raw_columns(features, method="power"):
    """Scale columns like `VAETransformer`, give blocks the same weight, and fill missing blocks with the mean."""
    return np.nan_to_num(BlockScaler(method, equalize=True).fit_transform(features))
