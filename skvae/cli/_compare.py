"""Command ``skvae compare``."""

from pathlib import Path
from typing import Annotated

import typer

from ._console import friendly_errors, print_reasons
from ._library import check_output_folders
from ._options import AudioModel, Folders, NJobs, Offline, Out

N_BEST = 5
"""Number of methods to print. The written files contain all methods."""


def compare(
    studies: Annotated[
        list[Path],
        typer.Argument(
            metavar="STUDY", help="YAML file of a study, or easy, medium or hard. With --merge, result folders."
        ),
    ],
    out: Out,
    source: Annotated[
        Path | None,
        typer.Option(help="Music library or table to use instead of the data named in the study.", exists=True),
    ] = None,
    folders: Folders = None,
    audio: AudioModel = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Number of seeds. [default: the number in the study]")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep models, latent representations and labels in the subfolder runs/.")
    ] = False,
    merge: Annotated[
        bool, typer.Option("--merge", help="Merge the results in the given folders. No method is run.")
    ] = False,
    offline: Offline = False,
    n_jobs: NJobs = -1,
):
    """Compare representations and clusterers over several seeds.

    Rerun with the same --out to resume an interrupted comparison. Exit codes: 0 success (failures are listed),
    2 invalid arguments, 3 no usable tracks.
    """
    with friendly_errors():
        from ..experiments import Comparison, read_study, run_study, write_figures

        if out.is_file():
            raise ValueError(f"--out {out} is a file. Use a folder.")
        if merge:
            comparison = Comparison.merge([Comparison.load(folder) for folder in studies])
            comparison.save(out)
        else:
            if len(studies) > 1:
                raise typer.BadParameter(f"must be one study without --merge, got {len(studies)}", param_hint="STUDY")
            study = read_study(studies[0])
            library = source if source is not None else study.source
            if isinstance(library, str | Path):
                check_output_folders(Path(library), {"--out": out})
            changes = ({"seeds": seeds} if seeds else {}) | ({"keep": True} if keep else {})
            comparison = run_study(
                study,
                out,
                source=source,
                folders=folders,
                audio=audio,
                offline=offline,
                n_jobs=n_jobs,
                verbose=1,
                **changes,
            )
        write_figures(comparison, out / "figures")
        _print_summary(comparison, out)


def _print_summary(comparison, out):
    print(comparison.describe())
    summary = comparison.summary()
    for (study, label), rows in summary[summary["metric"] == "ami"].groupby(["study", "label"]):
        print(f"\n{study}: AMI with {label}, mean and standard deviation over the seeds (chance level: 0)")
        for row in rows[rows["rank"].notna()].head(N_BEST).itertuples():
            deviation = "" if row.n_seeds < 2 else f"{row.sd:.3f}"
            print(f"  {row.mean:6.3f} {deviation:5}  {row.representation} + {row.clusterer}")
    for title, events in (("errors", comparison.errors_), ("warnings", comparison.warnings_)):
        if len(events):
            print(f"\n{title}")
            print_reasons(_group_by_reason(events))
    print(f"\nresults written to {out}")


def _group_by_reason(events):
    """Yield each reason once, with the first method and seed and the number of others."""
    for reason, rows in events.groupby("reason", sort=False):
        first = rows.iloc[0]
        method = " + ".join(filter(None, [first["representation"], first["clusterer"]]))
        others = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        yield f"{method}, seed {first['seed']}{others}", reason
