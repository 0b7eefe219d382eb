"""The study of a library as one function: describe, embed, cluster, score, name."""

import logging
import time
from contextlib import contextmanager
from numbers import Integral
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from ...audio import AudioFeatureExtractor
from ...cluster import VaDEClusterer
from ...cluster._subsample import fit_on_subsample, sample_rows
from ...datasets import FeatureTable
from ...features import make_block_imputer
from ...features.computation._modalities import MODALITIES
from ...features.computation._table import convert_feature_table
from ...features.computation._tracks import compute_features
from ...model_selection import NClusters
from ...plots import embed_plane
from ...vae import VAETransformer
from .._environment import devices
from ..model._clusterers import CLUSTERERS, SAMPLE_PAIRS, RoundClusters, choose_n_clusters, nearest_rows
from ..model._library_model import N_NEAREST, LibraryModel, assign
from ..output._playlists import make_playlists
from ..output._tables import clusters_table, metrics_table
from ._reading_notes import SAMPLE_MAP, reading_notes
from ._result import ClusterRun

logger = logging.getLogger(__name__)

MODELS = ("vae", "vade", "pca")
TITLES = {"kmeans": "KMeans", "gmm": "GMM", "agglomerative": "agglomerative", "spectral": "spectral"}


def cluster_library(
    tracks,
    *,
    n_clusters=None,
    model="vae",
    clusterer="kmeans",
    modality="both",
    latent_dim=16,
    beta=1.0,
    condition=None,
    lyrics="tfidf",
    duration=30.0,
    excerpts=5,
    max_epochs=200,
    random_state=0,
    n_jobs=None,
    device="auto",
    memory=None,
    verbose=0,
):
    """Cluster a music library and measure the result against simpler ways.

    Tracks that cannot be described are set aside before anything is fitted, and joined back with label -1 and the
    reason. The same clusterer with the same number of clusters runs on the scaled table of features (raw) and on its
    principal components (PCA); there every block has equal say, and what is missing is the mean of its column.

    Parameters
    ----------
    tracks : DataFrame or FeatureTable
        The track table, as `load_tracks` makes it; or songs that are described already, of `load_feature_table`.
    n_clusters : int, "auto" or None, default=None
        Number of clusters. None is 10, or a fifth of the tracks where that is less, at least 2. "auto" takes the number
        that `select_n_clusters` finds for k-means on the latent.
    model : {"vae", "vade", "pca"}, default="vae"
        What makes the latent: `VAETransformer`, `VaDEClusterer`, which clusters by itself, or principal components.
    clusterer : {"kmeans", "gmm", "agglomerative", "spectral"}, default="kmeans"
        What clusters the latent. With "vade" it is used for the comparison only.
    modality : {"both", "audio", "lyrics"}, default="both"
        What to describe the tracks by. "both" uses what a track has, and becomes one of the others where no track has
        the other. Of a `FeatureTable` it uses all blocks, "audio" all but the lyrics.
    latent_dim : int, default=16
        Width of the latent.
    beta : float, default=1.0
        Weight of the KL term, greater than 0.
    condition : str, list of str or None, default=None
        Columns of the track table that the model is given, so that the latent need not hold them, such as "language";
        not with "pca".
    lyrics : "tfidf", str or transformer, default="tfidf"
        "tfidf" is `LyricsVectorizer`; other text names a sentence-transformers model or its folder; or a transformer.
    duration : float, default=30.0
        Seconds of each track that are described.
    excerpts : int or None, default=5
        Number of excerpts, spread over the track, that make up `duration`; None takes the track's beginning.
    max_epochs : int, default=200
        Passes over the tracks in training, at most.
    random_state : int, default=0
        Seed of everything.
    n_jobs : int or None, default=None
        Processes that decode and describe audio; -1 is all processors.
    device : str, default="auto"
        Where to train; "auto" is CUDA where there is one.
    memory : str or None, default=None
        Folder that keeps descriptions between runs.
    verbose : int, default=0
        Above 0, progress bars on a terminal.

    Returns
    -------
    ClusterRun
        The result, which can write itself into a folder.

    Raises
    ------
    NothingUsableError
        If fewer than four tracks can be described.
    ValueError
        If an option does not fit the library.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.report import cluster_library
    >>> texts = ["rain on the river", "rain in the street", "dance all night", "dance till the night ends", None]
    >>> tracks = pd.DataFrame({"track_id": list("abcde"), "audio": None, "lyrics": texts})
    >>> run = cluster_library(tracks, model="pca", modality="lyrics", latent_dim=2)
    >>> run.failures
      track_id     reason
    0        e  no lyrics
    """
    settings = {name: value for name, value in locals().items() if name != "tracks"}
    ready = tracks if isinstance(tracks, FeatureTable) else None
    tracks = tracks if ready is None else ready.tracks
    _check_options(tracks, n_clusters, model, clusterer, modality, condition)
    _check_device(device)
    given = (condition,) if isinstance(condition, str) else tuple(condition or ())
    timings = {}

    @contextmanager
    def clock(stage):
        start = time.perf_counter()
        yield
        timings[stage] = round(time.perf_counter() - start, 3)
        logger.info("%s: %.1f s", stage, timings[stage])

    if ready is not None:
        found = convert_feature_table(ready, modality=modality, condition=condition)
    else:
        extractor = AudioFeatureExtractor(
            duration=duration, excerpts=excerpts, memory=memory, n_jobs=n_jobs, on_error="ignore", verbose=verbose
        )
        found = compute_features(
            tracks,
            modality=modality,
            condition=condition,
            lyrics=lyrics,
            extractor=extractor,
            clock=clock,
            verbose=verbose,
        )
    # Baselines and internal scores live here.
    space = make_block_imputer()
    scaled = space.fit_transform(found.features)
    pca = PCA(min(latent_dim, *scaled.shape, len(scaled) - 1), random_state=random_state)
    vae = VAETransformer(
        latent_dim,
        beta=beta,
        modalities="auto",
        condition=condition,
        unknown_condition="average",  # a track is not set aside because its language is not known
        max_epochs=max_epochs,
        device=device,
        random_state=random_state,
        verbose=verbose,
    )
    with clock("training"):
        made_by = [*space.steps, ("pca", pca)] if model == "pca" else [(model, vae)]
        fit = _fit(found, made_by, CLUSTERERS[clusterer], n_clusters, scaled, random_state)
    with clock("comparison"):
        methods = []
        for name, X in (("raw", scaled), ("PCA", pca.fit_transform(scaled))):
            method = CLUSTERERS[clusterer](fit.n_clusters, random_state)
            labels, _ = fit_on_subsample(method, X, sample_size=SAMPLE_PAIRS, random_state=random_state)
            methods.append((f"{name} + {TITLES[clusterer]}", labels, ()))
        if model != "pca":  # which is there already
            methods.append(("VaDE" if model == "vade" else f"VAE + {TITLES[clusterer]}", fit.labels, given))
        known = tracks[found.usable]
        metrics = metrics_table(
            methods,
            scaled,
            genre=known.get("genre"),
            language=known.get("language"),
            has_lyrics=found.has_lyrics[found.usable],
            random_state=random_state,
        )
    n, rows = len(tracks), np.flatnonzero(found.usable)
    with clock("map"):
        shown = sample_rows(len(rows), SAMPLE_MAP, random_state)
        points, placed_by = embed_plane(fit.latent[shown], random_state=random_state)
        nearest = nearest_rows(fit.latent, N_NEAREST, random_state)
    latent, labels = _spread(fit.latent, rows, n), _spread(fit.labels, rows, n, -1)
    ids = tracks["track_id"].astype(str).to_numpy()
    nearest = dict(zip(rows, ids[rows[nearest]], strict=True))
    playlists = make_playlists(tracks, latent, labels, found.audio)
    clusters = clusters_table(
        tracks,
        labels,
        membership=_spread(fit.membership, rows, n),
        nearest=[nearest.get(row, []) for row in range(n)],
        names={playlist.label: playlist.name for playlist in playlists},
        seconds=found.seconds,
        reasons=found.reasons,
    )
    return ClusterRun(
        tracks=tracks,
        clusters=clusters,
        latent=pd.DataFrame(latent, index=clusters["track_id"], columns=fit.columns),
        points=_spread(points, rows[shown], n),
        placed_by=placed_by,
        metrics=metrics,
        playlists=playlists,
        modality=found.modality,
        history=getattr(fit.pipeline[1], "history_", []),
        selection=fit.selection,
        model=LibraryModel.make(
            fit.pipeline,
            playlists,
            ids[rows],
            fit.latent,
            fit.labels,
            found.about,
            random_state,
        ),
        settings=settings,
        notes=found.notes + reading_notes(found, known, metrics, clusterer, condition=given, selection=fit.selection),
        timings=timings,
        device=getattr(getattr(fit.pipeline[1], "vae_", fit.pipeline[1]), "device_", "cpu"),
    )


class _Fit(NamedTuple):
    """A latent and its clusters."""

    pipeline: Pipeline
    latent: np.ndarray
    columns: np.ndarray
    labels: np.ndarray
    membership: np.ndarray
    n_clusters: int
    selection: NClusters | None


def _fit(found, steps, make_clusterer, n_clusters, scaled, random_state):
    """Fit the latent, choose the number of clusters, and cluster; `steps` make the latent."""
    (name, embedder), table = steps[-1], found.table
    X = scaled if name == "pca" else table
    latent = selection = None
    if name != "vade" or n_clusters == "auto":
        latent = embedder.fit_transform(X)
    if n_clusters is None:
        n_clusters = max(2, min(10, len(X) // 5))
    elif n_clusters == "auto":
        selection = choose_n_clusters(latent, random_state=random_state)
        n_clusters = selection.n_clusters
    if not 2 <= n_clusters < len(X):
        raise ValueError(
            f"n_clusters={n_clusters} does not fit the {len(X)} tracks that can be used; give 2 to {len(X) - 1}"
        )
    if name == "vade":
        last = embedder = VaDEClusterer(n_clusters, vae=embedder, random_state=random_state).fit(X)
        steps, labels, latent = [], last.labels_, last.transform(X)
    else:
        last = make_clusterer(n_clusters, random_state)
        labels, last = fit_on_subsample(last, latent, sample_size=SAMPLE_PAIRS, random_state=random_state)
    pipeline = Pipeline([("features", found.transformer), *steps, ("clusters", last)])
    _, membership = assign(pipeline, table, latent, RoundClusters.fit(latent, labels))
    return _Fit(pipeline, latent, embedder.get_feature_names_out(), labels, membership, n_clusters, selection)


def _spread(values, rows, n, missing=np.nan):
    """Values of some rows as values of all `n`."""
    whole = np.full((n, *values.shape[1:]), missing, dtype=values.dtype)
    whole[rows] = values
    return whole


def _check_options(tracks, n_clusters, model, clusterer, modality, condition):
    for name, value, choices in (
        ("model", model, MODELS),
        ("clusterer", clusterer, tuple(TITLES)),
        ("modality", modality, MODALITIES),
    ):
        if value not in choices:
            raise ValueError(f"{name}={value!r} is none of {', '.join(choices)}")
    if n_clusters not in (None, "auto") and not (isinstance(n_clusters, Integral) and n_clusters >= 2):
        raise ValueError(f"n_clusters={n_clusters!r} must be 2 or more, or 'auto'")
    for name in [condition] if isinstance(condition, str) else condition or []:
        if name not in tracks or tracks[name].nunique(dropna=False) < 2:
            raise ValueError(f"condition={name!r} needs a column of the track table with two or more different values")
    if condition and model == "pca":
        raise ValueError(f"condition={condition!r} goes with model='vae' or 'vade': principal components take none")


def _check_device(device):
    """Try a device before an hour of describing is spent on it."""
    try:
        torch.empty(0, device="cpu" if device == "auto" else device)
    except (RuntimeError, AssertionError) as error:  # torch asserts that it was built with CUDA
        raise ValueError(f"device={device!r} cannot be used here; there are auto, {', '.join(devices())}") from error
