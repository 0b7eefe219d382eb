"""Libraries and audio models of the benchmarks bench_ears.py and bench_ears_choice.py.

Features are computed once and kept in a cache folder: the environment variable SKVAE_BENCH_CACHE, or else a temporary
folder that is deleted at the end.
"""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from _tables import shared
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from skvae import AudioEmbedder, AudioFeatureExtractor, LyricsVectorizer
from skvae.audio import PRETRAINED_MODELS
from skvae.datasets import load_tracks, make_songs

EXCERPTS = {"duration": 30.0, "excerpts": 5}  # the defaults of `skvae cluster`
POOLED = ("mean_pool", "max_pool")  # layers of musicnn other than the default


def kmeans(k, seed, X):
    """Cluster with K-means."""
    return KMeans(k, n_init=10, random_state=seed).fit_predict(X)


def principal(X, seed):
    """Return 16 principal components."""
    return PCA(min(16, X.shape[1], len(X) - 1), random_state=seed).fit_transform(X)


def mixture(k, seed, X):
    """Cluster 16 principal components with a diagonal Gaussian mixture."""
    Z = principal(X, seed)
    Z /= Z.std(axis=0).max()  # the default regularization of the variances assumes this scale
    return GaussianMixture(k, covariance_type="diag", n_init=5, reg_covar=1e-3, random_state=seed).fit_predict(Z)


def spectral(k, seed, X):
    """Cluster with spectral clustering on nearest neighbors."""
    neighbors = min(10, len(X) - 1)
    model = SpectralClustering(k, affinity="nearest_neighbors", n_neighbors=neighbors, random_state=seed)
    return model.fit_predict(X)


CLUSTERERS = {"K-means": kmeans, "PCA, GMM": mixture, "spectral": spectral}


@contextmanager
def cache_folder():
    """Yield the folder of SKVAE_BENCH_CACHE, or a temporary folder."""
    kept = os.environ.get("SKVAE_BENCH_CACHE")
    if kept:
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def installed_models():
    """Return the short names of the pretrained models on this machine."""
    return [name for name, model in PRETRAINED_MODELS.items() if model.is_supported and model.is_installed()]


def made_songs(cache, random_state):
    """Return the track table of 200 generated songs."""
    folder = cache / f"songs-{random_state}"
    if (folder / "tracks.csv").is_file():
        return load_tracks(folder / "tracks.csv")
    return make_songs(200, out_dir=folder, lyrics_fraction=0.8, random_state=random_state)


def free_songs():
    """Return the real songs of the shared data that have a genre."""
    tracks = load_tracks(shared("cc_songs/tracks.csv"))
    return tracks[tracks["genre"].notna()].reset_index(drop=True)


def labelled_folder(variable):
    """Return the tracks of the folder in an environment variable. The names of its subfolders are the genres.

    None if the variable is not set.
    """
    root = os.environ.get(variable)
    if not root:
        print(f"Rows about a labelled folder are skipped. Set {variable} to a folder with one subfolder per genre.")
        return None
    tracks = load_tracks(root, folders="genre")
    return tracks[tracks["genre"].notna()].reset_index(drop=True)


def audio_transformer(model, **settings):
    """Return the transformer of an audio model."""
    settings = {**EXCERPTS, "on_error": "raise", **settings}
    return AudioFeatureExtractor(**settings) if model == "descriptors" else AudioEmbedder(model, **settings)


def compute_blocks(tracks, models, cache, layers=(), beginning=()):
    """Compute one table per audio model, and one of the lyrics.

    Parameters
    ----------
    tracks : DataFrame
        Track table.
    models : list of str
        "descriptors" and short names of pretrained models.
    cache : Path
        Cache folder.
    layers : tuple of str
        Further layers of musicnn.
    beginning : tuple of str
        Models that also describe the first 30 s instead of five excerpts.

    Returns
    -------
    dict of str to ndarray of shape (n_tracks, n_columns)
        Tables. The block "lyrics" is only included if there are lyrics. Its rows are NaN for tracks without lyrics.
    """
    jobs = {model: (model, {}) for model in models}
    jobs |= {f"musicnn {layer}": ("musicnn", {"layer": layer}) for layer in layers if "musicnn" in models}
    jobs |= {f"{model} beginning": (model, {"excerpts": None}) for model in beginning if model in models}
    blocks = {}
    for name, (model, settings) in jobs.items():
        table = audio_transformer(model, memory=cache / "features", **settings).fit_transform(tracks["audio"])
        blocks[name] = np.asarray(table, dtype=np.float64)
    if tracks["lyrics"].notna().sum() > 1:
        blocks["lyrics"] = np.asarray(LyricsVectorizer(random_state=0).fit_transform(tracks["lyrics"]))
    return blocks


def join(blocks, names):
    """Join blocks to a table with one prefix per block."""
    tables = [
        pd.DataFrame(blocks[name]).rename(columns=lambda i, name=name: f"{name.replace(' ', '_')}__{i}")
        for name in names
    ]
    return pd.concat(tables, axis=1)
