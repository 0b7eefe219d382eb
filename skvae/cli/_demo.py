"""Cluster songs made for it."""

from typing import Annotated

import typer

from ._clustering import study
from ._console import sentences
from ._options import Jobs, Out, Seed


def demo(
    out: Out,
    songs: Annotated[int, typer.Option(min=8, help="Number of songs to make.")] = 200,
    seed: Seed = 0,
    jobs: Jobs = -1,
):
    """Make a small library of songs in five languages and cluster it."""
    with sentences():
        from ..datasets import load_tracks, make_songs

        library = out / "songs"
        if (library / "tracks.csv").is_file():
            tracks = load_tracks(library / "tracks.csv")
            if len(tracks) != songs:
                raise ValueError(f"{library} holds {len(tracks)} songs, not {songs}: give another --out, or delete it")
            print(f"using the {songs} songs that are in {library}")
        else:
            print(f"making {songs} songs in {library}")
            tracks = make_songs(songs, out_dir=library, random_state=seed, n_jobs=jobs)
        study(tracks, out, random_state=seed, n_jobs=jobs)
