"""Command ``skvae features``."""

import warnings
from pathlib import Path
from typing import Annotated

import typer

from ._console import friendly_errors, print_reasons
from ._library import check_output_folders
from ._options import AudioModel, Duration, Excerpts, Folders, Lyrics, Memory, Modality, ModalityOption, NJobs, Offline


def features(
    source: Annotated[Path, typer.Argument(help="Folder of audio files, or a track table: CSV, TSV or Parquet.")],
    out: Annotated[
        Path, typer.Option(help="Parquet file for the features (name ends in .parquet), or a folder for Parquet parts.")
    ],
    folders: Folders = None,
    like: Annotated[
        Path | None,
        typer.Option(help="Use the settings of this feature table, model or run.", exists=True),
    ] = None,
    modality: ModalityOption = Modality.both,
    audio: AudioModel = "auto",
    lyrics: Lyrics = "tfidf",
    duration: Duration = 30.0,
    excerpts: Excerpts = 5,
    part_size: Annotated[
        int, typer.Option(min=1, help="Number of tracks per part. A part is computed and saved as one unit.")
    ] = 1000,
    n_jobs: NJobs = -1,
    memory: Memory = None,
    offline: Offline = False,
):
    """Compute the features of a music library.

    The commands cluster and predict accept the features instead of a music library. Rerun with the same --out to
    resume an interrupted run. Exit codes are the same as for cluster.
    """
    with friendly_errors():
        from ..datasets import TrackWarning
        from ..report import describe_to_disk, load_transformer

        warnings.simplefilter("always", TrackWarning)
        if out.suffix not in ("", ".parquet") and not out.is_dir():
            raise ValueError(f"--out must be a name that ends in .parquet, or a folder without an extension, got {out}")
        check_output_folders(source, {"--out": out.parent if out.suffix == ".parquet" else out, "--memory": memory})
        result = describe_to_disk(
            source,
            out,
            folders=folders,
            modality=modality.value,
            audio=audio,
            lyrics=lyrics,
            duration=duration or None,
            excerpts=excerpts or None,
            like=load_transformer(like) if like else None,
            part_size=part_size,
            offline=offline,
            n_jobs=n_jobs,
            memory=str(memory) if memory else None,
            verbose=1,
        )
        if result.continued:
            print(f"resumed: the features of {result.continued} tracks were already computed")
        widths = ", ".join(f"{width} {block} columns" for block, width in result.blocks.items())
        print(f"features of {result.n_described} of {result.n_tracks} tracks ({widths})")
        if result.problems:
            print("\ntracks without some of their features")
            print_reasons(result.problems.items(), n_reasons=result.n_problems)
        transformer = result.transformer.relative_to(out.parent.absolute())
        print(f"\nresults written to {out} and {transformer}; use --like {out} to compute comparable features")
