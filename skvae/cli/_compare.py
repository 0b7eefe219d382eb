"""Compare representations and clusterers."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ._console import list_reasons, sentences
from ._library import keep_outside
from ._options import Folders, Out

BEST = 5  # methods that are printed; the files have all


def compare(
    studies: Annotated[
        list[Path], typer.Argument(metavar="STUDY...", help="A YAML file, easy, medium or hard; with --merge, folders.")
    ],
    out: Out,
    source: Annotated[
        Path | None, typer.Option(help="Songs in place of the study's own: whatever cluster takes.", exists=True)
    ] = None,
    folders: Folders = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Number of seeds, in place of the study's.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep models, latents and labels in runs/.")] = False,
    merge: Annotated[bool, typer.Option("--merge", help="Join the results in these folders, and run nothing.")] = False,
    jobs: Annotated[int, typer.Option(help="Units of work done at a time; -1 is one a processor.")] = -1,
):
    """Compare representations and clusterers over seeds; one that was stopped is gone on with.

    Exit codes: 0 done, with what failed listed; 2 bad arguments; 3 nothing usable.
    """
    with sentences():
        from ..experiments import Comparison, read_study, run_study, write_figures

        if out.is_file():
            raise ValueError(f"--out {out} is a file: name a folder")
        if merge:
            found = Comparison.merge([Comparison.load(folder) for folder in studies])
            found.save(out)
        else:
            if len(studies) > 1:
                raise typer.BadParameter(f"{len(studies)} are given; several are joined by --merge", param_hint="STUDY")
            study = read_study(studies[0])
            songs = source if source is not None else study.source
            if isinstance(songs, str | Path):
                keep_outside(Path(songs), {"--out": out})
            changes = ({"seeds": seeds} if seeds else {}) | ({"keep": True} if keep else {})
            found = run_study(study, out, source=source, folders=folders, n_jobs=jobs, verbose=1, **changes)
        write_figures(found, out / "figures")
        _say(found, out)


def _say(found, out):
    """Print what came of it."""
    print(found.describe())
    summary = found.summary()
    for (study, label), rows in summary[summary["metric"] == "ami"].groupby(["study", "label"]):
        print(f"\n{study}: AMI with {label}, mean and deviation over the seeds; chance is 0")
        for row in rows[rows["rank"].notna()].head(BEST).itertuples():
            deviation = "" if row.n_seeds < 2 else f"{row.sd:.3f}"
            print(f"  {row.mean:6.3f} {deviation:5}  {row.representation} + {row.clusterer}")
    for title, events in (("failed", found.errors_), ("warned of", found.warnings_)):
        if len(events):
            print(f"\n{title}")
            list_reasons(_places(events), sys.stdout)
    print(f"\nwritten to {out}")


def _places(events):
    """Every reason once, with the first of the places where it came up."""
    for reason, rows in events.groupby("reason", sort=False):
        first = rows.iloc[0]
        place = " + ".join(filter(None, [first["representation"], first["clusterer"]]))
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        yield f"{place}, seed {first['seed']}{more}", reason
