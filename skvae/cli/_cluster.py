"""Command ``skvae cluster``."""

from enum import StrEnum
from typing import Annotated

import typer

from ._cluster_report import cluster_and_report
from ._console import friendly_errors
from ._library import check_output_folders, check_writable, load_source
from ._options import (
    AudioModel,
    Duration,
    Excerpts,
    Folders,
    Lyrics,
    MapMethod,
    MapMethodOption,
    Memory,
    Modality,
    ModalityOption,
    NJobs,
    Offline,
    Out,
    RandomState,
    Source,
)


class Model(StrEnum):
    """Model that computes the latent space."""

    vae = "vae"
    vade = "vade"
    pca = "pca"


class Clusterer(StrEnum):
    """Clusterer for the latent space."""

    kmeans = "kmeans"
    gmm = "gmm"
    agglomerative = "agglomerative"
    spectral = "spectral"


def _parse_n_clusters(text):
    """Parse the value of ``--n-clusters``."""
    if text in (None, "auto") or isinstance(text, int):
        return text
    if not text.isdecimal() or int(text) < 2:
        raise typer.BadParameter(f"must be an integer of at least 2, or auto, got {text!r}")
    return int(text)


def cluster(
    source: Source,
    out: Out,
    folders: Folders = None,
    n_clusters: Annotated[
        str | None,
        typer.Option(
            parser=_parse_n_clusters,
            metavar="NUMBER|auto",
            help="Number of clusters. auto selects it with four criteria: BIC, ICL, stability and gap statistic. "
            "[default: 10, or a fifth of the number of tracks if this is smaller]",
        ),
    ] = None,
    model: Annotated[
        Model, typer.Option(help="Model that computes the latent space. vade also assigns the clusters.")
    ] = Model.vae,
    clusterer: Annotated[
        Clusterer, typer.Option(help="Clusterer for the latent space. With --model vade, only the baselines use it.")
    ] = Clusterer.kmeans,
    modality: ModalityOption = Modality.both,
    audio: AudioModel = "auto",
    latent_dim: Annotated[int, typer.Option(min=1, help="Number of latent units.")] = 16,
    beta: Annotated[
        float, typer.Option(help="Weight of the KL divergence. Must be positive. Not used with --model pca.")
    ] = 1.0,
    condition: Annotated[
        str | None,
        typer.Option(
            help="Columns whose effect is removed from the latent space, such as language. "
            "Separate several columns with commas."
        ),
    ] = None,
    lyrics: Lyrics = "tfidf",
    duration: Duration = 30.0,
    excerpts: Excerpts = 5,
    max_epochs: Annotated[int, typer.Option(min=1, help="Maximum number of training epochs of the VAE.")] = 200,
    map_method: MapMethodOption = MapMethod.auto,
    random_state: RandomState = 0,
    n_jobs: NJobs = -1,
    device: Annotated[
        str, typer.Option(help="Device for training and audio models: cpu, cuda, cuda:1, or auto (CUDA if available).")
    ] = "auto",
    memory: Memory = None,
    offline: Offline = False,
):
    """Cluster a music library and write the results.

    The results are tables, figures, playlists, and a model for the command predict.

    Exit codes: 0 success (files that could not be used are listed), 2 invalid arguments, 3 no usable tracks.
    """
    if beta <= 0:
        raise typer.BadParameter(f"must be positive, got {beta:g}", param_hint="--beta")
    with friendly_errors():
        tracks = load_source(source, folders)
        check_output_folders(source, {"--out": out, "--memory": memory}, tracks)
        check_writable("--out", out)  # an error before time is spent on feature extraction
        cluster_and_report(
            tracks,
            out,
            n_clusters=n_clusters,
            model=model.value,
            clusterer=clusterer.value,
            modality=modality.value,
            audio=audio,
            latent_dim=latent_dim,
            beta=beta,
            condition=[name.strip() for name in condition.split(",")] if condition else None,
            lyrics=lyrics,
            duration=duration or None,
            excerpts=excerpts or None,
            max_epochs=max_epochs,
            map_method=map_method.value,
            random_state=random_state,
            n_jobs=n_jobs,
            device=device,
            memory=str(memory) if memory else None,
            offline=offline,
        )
