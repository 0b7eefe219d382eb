"""What cluster and demo do alike."""

import sys

from ._console import list_reasons


def study(tracks, out, **options):
    """Run the study, write it, and say what came of it."""
    from ..report import cluster_library, print_metrics

    if out.is_file():
        raise ValueError(f"--out {out} is a file: name a folder")
    run = cluster_library(tracks, verbose=1, **options)
    files = run.write(out)
    failures, n_tracks = run.failures, len(run.tracks)
    print(
        f"{n_tracks - len(failures)} of {n_tracks} tracks in {len(run.playlists)} clusters, {len(failures)} set aside\n"
    )
    print(print_metrics(run.metrics))
    print(*(f"- {note}" for note in run.notes), sep="\n")
    print("\nclusters")
    sizes = run.clusters["cluster"].value_counts()
    print(*(f"  {playlist.name} ({sizes[playlist.name]})" for playlist in run.playlists), sep="\n")
    noted = run.clusters[(run.clusters["label"] >= 0) & (run.clusters["reason"] != "")]
    for title, table in (("set aside, label -1", failures), ("clustered by what else there is", noted)):
        if len(table):
            print(f"\n{title}")
            list_reasons(zip(table["track_id"], table["reason"], strict=True), sys.stdout)
    # The names of files, and the folders of those that have one of their own.
    names = dict.fromkeys(path.name if path.parent == out else f"{path.parent.name}/" for path in files)
    print(f"\nwritten to {out}: {', '.join(names)}")
