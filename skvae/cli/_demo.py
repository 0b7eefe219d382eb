"""Command ``skvae demo``."""

from typing import Annotated

import typer

from ._cluster_report import cluster_and_report
from ._console import friendly_errors
from ._options import MapMethod, MapMethodOption, NJobs, Out, RandomState


def demo(
    out: Out,
    n_songs: Annotated[int, typer.Option("--n-songs", "--songs", min=8, help="Number of songs to generate.")] = 200,
    map_method: MapMethodOption = MapMethod.auto,
    random_state: RandomState = 0,
    n_jobs: NJobs = -1,
):
    """Generate songs in five languages and cluster them."""
    with friendly_errors():
        from .._stage_timer import StageTimer
        from ..datasets import load_tracks, make_songs

        library = out / "songs"
        if (library / "tracks.csv").is_file():
            tracks = load_tracks(library / "tracks.csv")
            if len(tracks) != n_songs:
                raise ValueError(
                    f"{library} contains {len(tracks)} songs, but --n-songs is {n_songs}. Use another --out, or delete "
                    "this folder."
                )
            print(f"using the {n_songs} existing songs in {library}")
        else:
            print(f"generating {n_songs} songs in {library}")
            with StageTimer()("songs") as details:
                tracks = make_songs(n_songs, out_dir=library, random_state=random_state, n_jobs=n_jobs, verbose=1)
                details.append(f"{n_songs} songs")
        cluster_and_report(tracks, out, map_method=map_method.value, random_state=random_state, n_jobs=n_jobs)
