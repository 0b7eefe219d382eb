"""Command ``skvae predict``."""

import warnings
from pathlib import Path
from typing import Annotated

import typer

from ._console import friendly_errors, print_reasons
from ._library import check_output_folders
from ._options import Folders, Memory, NJobs, Offline, Source


def predict(
    model: Annotated[
        Path, typer.Argument(help="Folder written by cluster, or its subfolder model/.", exists=True, file_okay=False)
    ],
    source: Source,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the labels. Required without --append. "
            "[default with --append: the subfolder predicted/ of that run]",
            file_okay=False,
        ),
    ] = None,
    append: Annotated[
        Path | None,
        typer.Option(help="Run of this model to extend. New tracks are appended to its tables and playlists."),
    ] = None,
    folders: Folders = None,
    n_jobs: NJobs = -1,
    memory: Memory = None,
    offline: Offline = False,
):
    """Assign new tracks to the clusters of a run.

    The model is not trained again. Rerun with the same --out to resume an interrupted run. Exit codes are the same as
    for cluster.
    """
    if out is None and append is None:
        raise typer.BadParameter("Pass --out or --append.", param_hint="--out")
    out = append / "predicted" if out is None else out
    with friendly_errors():
        from ..datasets import TrackWarning
        from ..report import predict_library

        warnings.simplefilter("always", TrackWarning)  # one warning per chunk
        check_output_folders(source, {"--out": out, "--memory": memory})
        result = predict_library(
            model,
            source,
            out,
            append=append,
            folders=folders,
            offline=offline,
            n_jobs=n_jobs,
            memory=str(memory) if memory else None,
            verbose=1,
        )
        if result.continued:
            print(f"resumed: {result.continued} tracks were already labeled")
        n_failed = result.n_tracks - result.n_labelled
        unused = f", {n_failed} could not be used" if n_failed else ""
        print(f"{result.n_labelled} of {result.n_tracks} tracks labeled{unused}")
        print("\nclusters (number of tracks)")
        for name, size in result.sizes.items():
            print(f"  {name} ({size})")
        if n_failed:
            print("\ntracks that could not be used (label -1)")
            print_reasons(result.failures.items(), n_reasons=n_failed)
        if append is not None:
            print(f"\n{result.added} tracks appended to {append}, {len(result.left_out)} not appended")
            print_reasons(result.left_out.items())
        names = [path.name for path in result.files if path.suffix != ".m3u8"]
        print(f"\nresults written to {out}: {', '.join(names)}, playlists/")
