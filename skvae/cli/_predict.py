"""Label further songs."""

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from ._console import list_reasons, sentences
from ._library import keep_outside
from ._options import Cache, Folders, Jobs, Source


def predict(
    model: Annotated[Path, typer.Argument(help="Folder that cluster wrote, or model/ in it.", file_okay=False)],
    source: Source,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the labels. [default: predicted/ in the run of --append]", file_okay=False),
    ] = None,
    append: Annotated[
        Path | None, typer.Option(help="Run of this model, to whose tables and playlists new songs are added.")
    ] = None,
    folders: Folders = None,
    jobs: Jobs = -1,
    cache: Cache = None,
):
    """Label songs by the model of a run, without training; a run that was stopped is gone on with.

    Exit codes as for cluster.
    """
    if out is None and append is None:
        raise typer.BadParameter("give a folder for the labels, or a run by --append", param_hint="--out")
    out = append / "predicted" if out is None else out
    with sentences():
        from ..datasets import TrackWarning
        from ..report import predict_library

        warnings.simplefilter("always", TrackWarning)  # it comes chunk by chunk
        keep_outside(source, {"--out": out, "--cache": cache})
        done = predict_library(
            model,
            source,
            out,
            append=append,
            folders=folders,
            n_jobs=jobs,
            memory=str(cache) if cache else None,
            verbose=1,
        )
        if done.continued:
            print(f"went on after {done.continued} songs that an earlier run had labelled")
        n_failed = done.n_tracks - done.n_labelled
        print(f"{done.n_labelled} of {done.n_tracks} songs labelled, {n_failed} set aside\n\nclusters")
        print(*(f"  {name} ({size})" for name, size in done.sizes.items()), sep="\n")
        if n_failed:
            print("\nset aside, label -1")
            list_reasons(done.failures.items(), sys.stdout, n_failed)
        if append is not None:
            print(f"\n{done.added} songs added to {append}")
            list_reasons(done.left_out.items(), sys.stdout)
        print(
            f"\nwritten to {out}: {', '.join(path.name for path in done.files if path.suffix != '.m3u8')}, playlists/"
        )
