"""Cluster a music library: features, latent space, clusters, scores and playlists."""

import inspect

import numpy as np
import pandas as pd

from ..._device import resolve_device
from ..._stage_timer import StageTimer
from ...cluster._subsample import sample_rows
from ...datasets import FeatureTable
from ...features import make_block_imputer
from ...features._audio_blocks import resolve_audio
from ...features.computation._table import convert_feature_table
from ...features.computation._tracks import compute_features
from ...plots import embed_plane
from ..model._library_model import LibraryModel
from ..model._neighbors import N_NEAREST, nearest_rows
from ..output._clusters_table import clusters_table
from ..output._playlists import make_playlists
from ..output.names._columns import readable_columns
from ._comparison import compare_with_baselines
from ._fitting import fit_clusters, make_pca, make_vae
from ._options import check_options, condition_columns
from ._result import ClusterRun
from ._run_notes import SAMPLE_MAP, collect_notes, list_automatic_models, list_ignored_options

FEATURE_OPTIONS = ("audio", "lyrics", "duration", "excerpts", "memory")
"""Parameters for the computation of features. They have no effect on a feature table."""


def cluster_library(
    tracks,
    *,
    n_clusters=None,
    model="vae",
    clusterer="kmeans",
    modality="both",
    audio="auto",
    latent_dim=16,
    beta=1.0,
    condition=None,
    lyrics="tfidf",
    duration=30.0,
    excerpts=5,
    max_epochs=200,
    map_method="auto",
    random_state=0,
    n_jobs=None,
    device="auto",
    memory=None,
    offline=False,
    verbose=0,
):
    """Cluster a music library and compare the result with simple baselines.

    Tracks whose features cannot be computed are excluded from the fit. They have label -1 and a reason in the result.
    The baselines use the same clusterer and the same number of clusters on the scaled feature table ("raw") and on its
    principal components ("PCA"). All blocks have the same weight in the scaled table, and missing values are replaced
    by the mean of the column.

    The parameters have the same names as the options of ``skvae cluster``.

    Parameters
    ----------
    tracks : DataFrame or FeatureTable
        Track table from `load_tracks`, or feature table from `load_feature_table`.
    n_clusters : int, "auto" or None, default=None
        Number of clusters. None uses 10 clusters, or a fifth of the number of tracks if this is smaller, but at least
        2. "auto" uses the number that `select_n_clusters` finds for k-means on the latent space.
    model : {"vae", "vade", "pca"}, default="vae"
        Model that computes the latent space: `VAETransformer`, `VaDEClusterer`, or principal components. "vade" also
        assigns the clusters.
    clusterer : {"kmeans", "gmm", "agglomerative", "spectral"}, default="kmeans"
        Clusterer for the latent space. If `model` is "vade", only the baselines use it.
    modality : {"both", "audio", "lyrics"}, default="both"
        Features to use: audio, lyrics, or both. "both" uses the available features of each track. It becomes "audio"
        if no track has lyrics, and "lyrics" if no track has audio. For a `FeatureTable`, "both" uses all blocks, and
        "audio" uses all blocks except the lyrics.
    audio : str, path-like, transformer, list of these, or dict, default="auto"
        Audio features: "descriptors", or the name or the folder of a pretrained model, as in `AudioEmbedder`. Several
        names can be joined by commas. Each becomes a block of the table, as in `make_track_features`. "auto" uses the
        descriptors, and musicnn if it is installed. A model on the Hugging Face Hub is downloaded only if it is named
        here.
    latent_dim : int, default=16
        Number of latent units or principal components.
    beta : float, default=1.0
        Weight of the KL divergence. Must be positive. Ignored if `model` is "pca".
    condition : str, list of str or None, default=None
        Columns of the track table that the model receives as a condition, such as "language". The latent space then
        contains less information about them. Must be None if `model` is "pca".
    lyrics : "tfidf", str or transformer, default="tfidf"
        Lyrics features. "tfidf" uses `LyricsVectorizer`. Another string is the name or the folder of a
        sentence-transformers model. A transformer of texts is used as given.
    duration : float or None, default=30.0
        Number of seconds of each recording to analyze. None analyzes the whole recording.
    excerpts : int or None, default=5
        Number of excerpts over which `duration` is spread. None analyzes the beginning of the recording. Ignored if
        `duration` is None.
    max_epochs : int, default=200
        Maximum number of training epochs of the VAE. The joint training of "vade" has at most 100 further epochs.
        Ignored if `model` is "pca".
    map_method : {"auto", "tsne", "umap", "pca"}, default="auto"
        Method that computes the coordinates of the map, as in `embed_plane`. "auto" uses t-SNE for up to 5,000 tracks,
        and UMAP for more tracks. Clusters, scores and the model do not depend on it.
    random_state : int, default=0
        Random seed.
    n_jobs : int or None, default=None
        Number of parallel jobs for audio features. None means 1. -1 uses all processors.
    device : str, default="auto"
        PyTorch device for training and for pretrained audio models, such as "cpu" or "cuda:1". "auto" uses CUDA if it
        is available.
    memory : str or None, default=None
        Cache folder for audio and lyrics features. None disables the cache.
    offline : bool, default=False
        Whether downloads are forbidden. Models that are not on this machine then raise an error.
    verbose : int, default=0
        Verbosity level. Progress bars are shown if it is greater than 0.

    Returns
    -------
    ClusterRun
        Clusters, latent space, scores and playlists. Use its method `write` to save them.

    Raises
    ------
    NothingUsableError
        If fewer than four tracks can be used.
    ValueError
        If a parameter is invalid or does not fit the library.

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
    table = tracks if isinstance(tracks, FeatureTable) else None
    tracks = tracks if table is None else table.tracks
    check_options(
        tracks,
        n_clusters=n_clusters,
        model=model,
        clusterer=clusterer,
        modality=modality,
        map_method=map_method,
        condition=condition,
    )
    resolve_device(device)  # an error before time is spent on feature extraction
    conditions = condition_columns(condition)
    notes = []
    timer = StageTimer()

    if table is not None:
        description = convert_feature_table(table, modality=modality, condition=condition)
    else:
        settings["audio"] = resolve_audio(audio)
        notes += list_automatic_models(audio, settings["audio"])
        description = compute_features(
            tracks,
            modality=modality,
            condition=condition,
            audio=settings["audio"],
            lyrics=lyrics,
            timer=timer,
            duration=duration,
            excerpts=excerpts,
            device=device,
            offline=offline,
            memory=memory,
            n_jobs=n_jobs,
            verbose=verbose,
        )
    with timer("scaling"):
        imputer = make_block_imputer()
        scaled = imputer.fit_transform(description.features)  # for the baselines and the internal scores
    pca = make_pca(latent_dim, scaled, random_state)
    vae = make_vae(
        latent_dim=latent_dim,
        beta=beta,
        condition=condition,
        max_epochs=max_epochs,
        device=device,
        random_state=random_state,
        verbose=verbose,
    )
    with timer("training") as details:
        steps = [*imputer.steps, ("pca", pca)] if model == "pca" else [(model, vae)]
        fit = fit_clusters(description, steps, clusterer, n_clusters, scaled, random_state)
        details += [f"{len(fit.history)} epochs"] if fit.history else []
        details.append(f"{fit.n_clusters} clusters")
    clustered = tracks[description.usable]
    with timer("comparison") as details:
        metrics = compare_with_baselines(
            fit,
            model,
            clusterer,
            scaled,
            pca,
            clustered,
            has_lyrics=description.has_lyrics[description.usable],
            condition=conditions,
            random_state=random_state,
        )
        details.append(f"{len(metrics)} methods")
    n, rows = len(tracks), np.flatnonzero(description.usable)
    with timer("map") as details:
        shown = sample_rows(len(rows), SAMPLE_MAP, random_state)
        points, placed_by = embed_plane(fit.latent[shown], method=map_method, random_state=random_state)
        details.append(placed_by)
        nearest = nearest_rows(fit.latent, N_NEAREST, random_state)
    latent, labels = _expand(fit.latent, rows, n), _expand(fit.labels, rows, n, -1)
    ids = tracks["track_id"].astype(str).to_numpy()
    nearest = dict(zip(rows, ids[rows[nearest]], strict=True))
    features = description.features
    features = features[readable_columns(features)].set_axis(rows).reindex(range(n))
    playlists = make_playlists(tracks, latent, labels, description.audio, tags=description.tags, features=features)
    clusters = clusters_table(
        tracks,
        labels,
        membership=_expand(fit.membership, rows, n),
        nearest=[nearest.get(row, []) for row in range(n)],
        names={playlist.label: playlist.name for playlist in playlists},
        tags=description.tags,
        seconds=description.seconds,
        reasons=description.reasons,
    )
    notes += collect_notes(
        description,
        clustered,
        metrics,
        clusterer,
        condition=conditions,
        selection=fit.selection,
        history=fit.history,
    )
    if table is not None:
        defaults = inspect.signature(cluster_library).parameters
        notes += list_ignored_options({name: (settings[name], defaults[name].default) for name in FEATURE_OPTIONS})
    return ClusterRun(
        tracks=tracks,
        clusters=clusters,
        latent=pd.DataFrame(latent, index=clusters["track_id"], columns=fit.columns),
        points=_expand(points, rows[shown], n),
        placed_by=placed_by,
        metrics=metrics,
        playlists=playlists,
        modality=description.modality,
        history=fit.history,
        selection=fit.selection,
        model=LibraryModel.make(
            fit.pipeline, playlists, ids[rows], fit.latent, fit.labels, description.about, random_state
        ),
        settings=settings,
        notes=description.notes + notes,
        timings=timer.seconds,
        device=fit.device,
    )


def _expand(values, rows, n, missing=np.nan):
    """Expand the values of some rows to `n` rows. The other rows are missing."""
    expanded = np.full((n, *values.shape[1:]), missing, dtype=values.dtype)
    expanded[rows] = values
    return expanded
