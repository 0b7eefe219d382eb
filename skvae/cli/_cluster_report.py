"""Run the clustering, write its results, and print a summary."""

from ._console import print_reasons


def cluster_and_report(tracks, out, **options):
    """Call `cluster_library`, write the results to a folder, and print a summary.

    Parameters
    ----------
    tracks : DataFrame or FeatureTable
        Tracks to cluster.
    out : Path
        Folder for the results.
    **options
        Parameters of `cluster_library`.
    """
    from ..report import cluster_library
    from ..report.output._metrics_table import format_for_terminal

    if out.is_file():
        raise ValueError(f"--out {out} is a file. Use a folder.")
    run = cluster_library(tracks, verbose=1, **options)
    files = run.write(out)
    failures, n_tracks = run.failures, len(run.tracks)
    unused = f", {len(failures)} could not be used" if len(failures) else ""
    print(f"{n_tracks - len(failures)} of {n_tracks} tracks in {len(run.playlists)} clusters{unused}\n")
    print(format_for_terminal(run.metrics))
    print("\nnotes", *(f"  - {note}" for note in run.notes), sep="\n")
    print("\nclusters (number of tracks)")
    sizes = run.clusters["cluster"].value_counts()
    for playlist in run.playlists:
        print(f"  {playlist.name} ({sizes[playlist.name]})")
    partial = run.clusters[(run.clusters["label"] >= 0) & (run.clusters["reason"] != "")]
    for title, table in (
        ("tracks that could not be used (label -1)", failures),
        ("tracks clustered without some of their features", partial),
    ):
        if len(table):
            print(f"\n{title}")
            print_reasons(zip(table["track_id"], table["reason"], strict=True))
    names = dict.fromkeys(path.name if path.parent == out else f"{path.parent.name}/" for path in files)
    print(f"\nresults written to {out}: {', '.join(names)}")
