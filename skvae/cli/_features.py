"""Describe a library."""

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from ._console import list_reasons, sentences
from ._library import keep_outside
from ._options import Cache, Duration, Excerpts, Folders, Jobs, LyricsModel, Modalities, Modality, Source


def features(
    source: Source,
    out: Annotated[Path, typer.Option(help="Parquet file for the features; or a folder, which gets them in parts.")],
    folders: Folders = None,
    like: Annotated[
        Path | None,
        typer.Option(help="Table of features, model or run whose songs these must compare with.", exists=True),
    ] = None,
    modality: Modalities = Modality.both,
    lyrics_model: LyricsModel = "tfidf",
    duration: Duration = 30.0,
    excerpts: Excerpts = 5,
    part_size: Annotated[int, typer.Option(min=1, help="Songs that are described, kept and redone together.")] = 1000,
    jobs: Jobs = -1,
    cache: Cache = None,
):
    """Describe a library and write the features, a source of cluster and predict; a stopped run is gone on with.

    Exit codes as for cluster.
    """
    with sentences():
        from ..datasets import TrackWarning
        from ..report import describe_to_disk, load_transformer

        warnings.simplefilter("always", TrackWarning)
        if out.suffix not in ("", ".parquet") and not out.is_dir():
            raise ValueError(f"--out {out} must end in .parquet, or be a folder, whose name has no ending")
        keep_outside(source, {"--out": out.parent if out.suffix == ".parquet" else out, "--cache": cache})
        done = describe_to_disk(
            source,
            out,
            folders=folders,
            modality=modality.value,
            lyrics=lyrics_model,
            duration=duration,
            excerpts=excerpts or None,
            like=load_transformer(like) if like else None,
            part_size=part_size,
            n_jobs=jobs,
            memory=str(cache) if cache else None,
            verbose=1,
        )
        if done.continued:
            print(f"went on after {done.continued} tracks that an earlier run had described")
        widths = ", ".join(f"{width} columns of {block}" for block, width in done.blocks.items())
        print(f"{done.n_described} of {done.n_tracks} tracks described by {widths}")
        list_reasons(done.problems.items(), sys.stdout, done.n_problems)
        beside = done.transformer.relative_to(out.parent.absolute())
        print(f"\nwritten to {out}; {beside} describes other songs alike, by --like {out}")
