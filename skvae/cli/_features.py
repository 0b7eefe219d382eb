"""Describe a library."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ._options import Cache, Duration, Excerpts, Folders, Jobs, LyricsModel, Modalities, Modality, Source
from ._say import list_reasons, sentences
from ._sources import keep_apart, load_source


def features(
    source: Source,
    out: Annotated[Path, typer.Option(help="Parquet file for the features.", dir_okay=False)],
    folders: Folders = None,
    like: Annotated[
        Path | None,
        typer.Option(help="Table of features, model or run whose songs these must compare with.", exists=True),
    ] = None,
    modality: Modalities = Modality.both,
    lyrics_model: LyricsModel = "tfidf",
    duration: Duration = 30.0,
    excerpts: Excerpts = 5,
    jobs: Jobs = -1,
    cache: Cache = None,
):
    """Describe a library and write the features: a table that cluster and predict take as a source.

    Exit codes as for cluster.
    """
    with sentences():
        from ..datasets import is_feature_table
        from ..report import describe_library, load_transformer, save_transformer, write_features

        if out.suffix != ".parquet":
            raise ValueError(f"--out {out} must end in .parquet")
        if is_feature_table(source):
            raise ValueError(f"{source} is a table of features: it has been described")
        tracks = load_source(source, folders)
        keep_apart(source, tracks, {"--out": out.parent, "--cache": cache})
        table, transformer = describe_library(
            tracks,
            modality=modality.value,
            lyrics=lyrics_model,
            duration=duration,
            excerpts=excerpts or None,
            like=load_transformer(like) if like else None,
            n_jobs=jobs,
            memory=str(cache) if cache else None,
            verbose=1,
        )
        out.parent.mkdir(parents=True, exist_ok=True)
        write_features(table, out)
        beside = save_transformer(transformer, out)
        described = table.features.notna().any(axis=1)
        widths = ", ".join(f"{len(columns)} columns of {block}" for block, columns in table.blocks.items())
        print(f"{described.sum()} of {len(tracks)} tracks described by {widths}")
        problems = table.tracks[table.tracks["reason"] != ""]
        list_reasons(zip(problems["track_id"], problems["reason"], strict=True), sys.stdout)
        print(f"\nwritten to {out}; {beside.name} describes other songs alike, by --like {out}")
