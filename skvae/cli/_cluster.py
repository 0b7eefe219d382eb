"""Cluster a library."""

from enum import StrEnum
from typing import Annotated

import typer

from ._clustering import study
from ._console import sentences
from ._library import keep_apart, load_source
from ._options import Cache, Duration, Excerpts, Folders, Jobs, LyricsModel, Modalities, Modality, Out, Seed, Source


class Model(StrEnum):
    """What makes the latent."""

    vae = "vae"
    vade = "vade"
    pca = "pca"


class Clusterer(StrEnum):
    """What clusters it."""

    kmeans = "kmeans"
    gmm = "gmm"
    agglomerative = "agglomerative"
    spectral = "spectral"


def _n_clusters(text):
    """Read the value of --clusters."""
    if text in (None, "auto") or isinstance(text, int):
        return text
    if not text.isdecimal() or int(text) < 2:
        raise typer.BadParameter(f"{text!r} must be 2 or more, or auto")
    return int(text)


def cluster(
    source: Source,
    out: Out,
    folders: Folders = None,
    clusters: Annotated[
        str | None,
        typer.Option(
            parser=_n_clusters,
            metavar="NUMBER|auto",
            help="Number of clusters; auto: asks four criteria. [default: 10, at most a fifth of the tracks]",
        ),
    ] = None,
    model: Annotated[Model, typer.Option(help="What makes the latent; vade clusters by itself.")] = Model.vae,
    clusterer: Annotated[Clusterer, typer.Option(help="What clusters the latent.")] = Clusterer.kmeans,
    modality: Modalities = Modality.both,
    latent_dim: Annotated[int, typer.Option(min=1, help="Width of the latent.")] = 16,
    beta: Annotated[float, typer.Option(help="Weight of the KL term, greater than 0.")] = 1.0,
    condition: Annotated[
        str | None, typer.Option(help="Columns to keep out of the latent, such as language; commas between several.")
    ] = None,
    lyrics_model: LyricsModel = "tfidf",
    duration: Duration = 30.0,
    excerpts: Excerpts = 5,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the tracks in training, at most.")] = 200,
    seed: Seed = 0,
    jobs: Jobs = -1,
    device: Annotated[str, typer.Option(help="Where to train: auto, cpu, cuda, cuda:1.")] = "auto",
    cache: Cache = None,
):
    """Cluster a library and write tables, pictures and playlists.

    Exit codes: 0 done, with files that could not be used listed; 2 bad arguments; 3 nothing usable.
    """
    if beta <= 0:
        raise typer.BadParameter(f"{beta:g} must be greater than 0", param_hint="--beta")
    with sentences():
        tracks = load_source(source, folders)
        keep_apart(source, tracks, {"--out": out, "--cache": cache})
        study(
            tracks,
            out,
            n_clusters=clusters,
            model=model.value,
            clusterer=clusterer.value,
            modality=modality.value,
            latent_dim=latent_dim,
            beta=beta,
            condition=[name.strip() for name in condition.split(",")] if condition else None,
            lyrics=lyrics_model,
            duration=duration,
            excerpts=excerpts or None,
            max_epochs=epochs,
            random_state=seed,
            n_jobs=jobs,
            device=device,
            memory=str(cache) if cache else None,
        )
