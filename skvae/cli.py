"""The command line: parse, call, print."""

import sys
import warnings
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import __version__

# What a command needs is imported by the command, so that --help is quick.
main = typer.Typer(
    help="Cluster a music library, audio and lyrics in any language.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)

BAD_ARGUMENTS, NOTHING_USABLE = 2, 3
SHOWN = 20  # lines of a list; the files have all


class Model(StrEnum):
    """What makes the latent."""

    vae = "vae"
    vade = "vade"
    pca = "pca"


class Clusterer(StrEnum):
    """What clusters it."""

    kmeans = "kmeans"
    gmm = "gmm"
    agglomerative = "agglomerative"
    spectral = "spectral"


class Modality(StrEnum):
    """What tracks are described by."""

    both = "both"
    audio = "audio"
    lyrics = "lyrics"


def _n_clusters(text):
    """Read the value of --clusters."""
    if text in (None, "auto") or isinstance(text, int):
        return text
    if not text.isdecimal() or int(text) < 2:
        raise typer.BadParameter(f"{text!r} must be 2 or more, or auto")
    return int(text)


Source = Annotated[
    Path, typer.Argument(help="Folder of audio, or a CSV, TSV or Parquet table of tracks or of ready features.")
]
Folders = Annotated[
    str | None, typer.Option(help="Labels that the names of folders give, such as genre or language,genre.")
]
Modalities = Annotated[Modality, typer.Option(help="What tracks are described by.")]
LyricsModel = Annotated[str, typer.Option(help="tfidf, or the name or folder of a sentence-transformers model.")]
Duration = Annotated[float, typer.Option(min=0.5, help="Seconds of each track that are described.")]
Excerpts = Annotated[int, typer.Option(min=0, help="Excerpts that they are spread over; 0 takes the beginning.")]
Cache = Annotated[Path | None, typer.Option(help="Folder that keeps descriptions for the next run.", file_okay=False)]
Out = Annotated[Path, typer.Option(help="Folder for the results; made where it does not exist.", file_okay=False)]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of everything.")]
Jobs = Annotated[int, typer.Option(help="Processes that describe audio; -1 is all processors.")]


@main.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=lambda value: _version(value), help="Show the version.")
    ] = False,
):
    pass


def _version(value):
    if value:
        print(f"skvae {__version__}")
        raise typer.Exit


@main.command()
def cluster(
    source: Source,
    out: Out,
    folders: Folders = None,
    clusters: Annotated[
        str | None,
        typer.Option(
            parser=_n_clusters,
            metavar="NUMBER|auto",
            help="Number of clusters; auto: lowest BIC. [default: 10, at most a fifth of the tracks]",
        ),
    ] = None,
    model: Annotated[Model, typer.Option(help="What makes the latent; vade clusters by itself.")] = Model.vae,
    clusterer: Annotated[Clusterer, typer.Option(help="What clusters the latent.")] = Clusterer.kmeans,
    modality: Modalities = Modality.both,
    latent_dim: Annotated[int, typer.Option(min=1, help="Width of the latent.")] = 16,
    beta: Annotated[float, typer.Option(help="Weight of the KL term, greater than 0.")] = 1.0,
    condition: Annotated[
        str | None, typer.Option(help="Columns to keep out of the latent, such as language; commas between several.")
    ] = None,
    lyrics_model: LyricsModel = "tfidf",
    duration: Duration = 30.0,
    excerpts: Excerpts = 5,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the tracks in training, at most.")] = 200,
    seed: Seed = 0,
    jobs: Jobs = -1,
    device: Annotated[str, typer.Option(help="Where to train: auto, cpu, cuda, cuda:1.")] = "auto",
    cache: Cache = None,
):
    """Cluster a library and write tables, pictures and playlists.

    Exit codes: 0 done, with files that could not be used listed; 2 bad arguments; 3 nothing usable.
    """
    if beta <= 0:
        raise typer.BadParameter(f"{beta:g} must be greater than 0", param_hint="--beta")
    with _sentences():
        tracks = _load(source, folders)
        _keep_apart(source, tracks, {"--out": out, "--cache": cache})
        _study(
            tracks,
            out,
            n_clusters=clusters,
            model=model.value,
            clusterer=clusterer.value,
            modality=modality.value,
            latent_dim=latent_dim,
            beta=beta,
            condition=[name.strip() for name in condition.split(",")] if condition else None,
            lyrics=lyrics_model,
            duration=duration,
            excerpts=excerpts or None,
            max_epochs=epochs,
            random_state=seed,
            n_jobs=jobs,
            device=device,
            memory=str(cache) if cache else None,
        )


@main.command()
def features(
    source: Source,
    out: Annotated[Path, typer.Option(help="Parquet file for the features.", dir_okay=False)],
    folders: Folders = None,
    like: Annotated[
        Path | None,
        typer.Option(help="Table of features, model or run whose songs these must compare with.", exists=True),
    ] = None,
    modality: Modalities = Modality.both,
    lyrics_model: LyricsModel = "tfidf",
    duration: Duration = 30.0,
    excerpts: Excerpts = 5,
    jobs: Jobs = -1,
    cache: Cache = None,
):
    """Describe a library and write the features: a table that cluster and predict take as a source.

    Exit codes as for cluster.
    """
    with _sentences():
        from .datasets import is_feature_table
        from .report import describe_library, load_transformer, save_transformer, write_features

        if out.suffix != ".parquet":
            raise ValueError(f"--out {out} must end in .parquet")
        if is_feature_table(source):
            raise ValueError(f"{source} is a table of features: it has been described")
        tracks = _load(source, folders)
        _keep_apart(source, tracks, {"--out": out.parent, "--cache": cache})
        table, transformer = describe_library(
            tracks,
            modality=modality.value,
            lyrics=lyrics_model,
            duration=duration,
            excerpts=excerpts or None,
            like=load_transformer(like) if like else None,
            n_jobs=jobs,
            memory=str(cache) if cache else None,
            verbose=1,
        )
        out.parent.mkdir(parents=True, exist_ok=True)
        write_features(table, out)
        beside = save_transformer(transformer, out)
        described = table.features.notna().any(axis=1)
        widths = ", ".join(f"{len(columns)} columns of {block}" for block, columns in table.blocks.items())
        print(f"{described.sum()} of {len(tracks)} tracks described by {widths}")
        problems = table.tracks[table.tracks["reason"] != ""]
        _list(zip(problems["track_id"], problems["reason"], strict=True), sys.stdout)
        print(f"\nwritten to {out}; {beside.name} describes other songs alike, by --like {out}")


@main.command()
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
    with _sentences():
        from .datasets import TrackWarning
        from .report import predict_library

        warnings.simplefilter("always", TrackWarning)  # it comes chunk by chunk
        _outside(source, {"--out": out, "--cache": cache})
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
            _list(done.failures.items(), sys.stdout, n_failed)
        if append is not None:
            print(f"\n{done.added} songs added to {append}")
            _list(done.left_out.items(), sys.stdout)
        print(
            f"\nwritten to {out}: {', '.join(path.name for path in done.files if path.suffix != '.m3u8')}, playlists/"
        )


@main.command()
def demo(
    out: Out,
    songs: Annotated[int, typer.Option(min=8, help="Number of songs to make.")] = 200,
    seed: Seed = 0,
    jobs: Jobs = -1,
):
    """Make a small library of songs in five languages and cluster it."""
    with _sentences():
        from .datasets import load_tracks, make_songs

        library = out / "songs"
        if (library / "tracks.csv").is_file():
            tracks = load_tracks(library / "tracks.csv")
            if len(tracks) != songs:
                raise ValueError(f"{library} holds {len(tracks)} songs, not {songs}: give another --out, or delete it")
            print(f"using the {songs} songs that are in {library}")
        else:
            print(f"making {songs} songs in {library}")
            tracks = make_songs(songs, out_dir=library, random_state=seed, n_jobs=jobs)
        _study(tracks, out, random_state=seed, n_jobs=jobs)


@main.command()
def info(
    check: Annotated[bool, typer.Option("--check", help="Also cluster a few made sounds: ten seconds.")] = False,
):
    """Show versions, devices, and optional parts that are missing."""
    from .report import devices, missing_extras, self_check, versions

    for name, version in versions().items():
        print(f"{name:22} {version}")
    print("\ndevices, the first is what --device auto takes")
    for name, description in devices().items():
        print(f"{name:22} {description}")
    missing = missing_extras()
    print("\noptional parts that are missing" if missing else "\nno optional part is missing")
    for extra, names in missing.items():
        print(f"{extra:22} {', '.join(names)}: pip install 'skvae[{extra}]'")
    if check:
        with _sentences():
            print(f"\ncheck passed in {self_check():.0f} s: sounds described, a model trained, results written")


def _load(source, folders):
    """Load tracks or a table of features."""
    from .datasets import is_feature_table, load_feature_table, load_tracks

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ready = folders is None and is_feature_table(source)
        tracks = load_feature_table(source) if ready else load_tracks(source, folders=folders)
    for warning in caught:
        print(f"note: {warning.message}", file=sys.stderr)
    return tracks


def _keep_apart(source, tracks, targets):
    """Refuse to write where the library is."""
    _outside(source, targets)
    ready = getattr(tracks, "tracks", None)  # a table of features lies in no library
    songs = tracks["audio"] if ready is None else ready["audio"]
    homes = {home.resolve() for home in {Path(path).parent for path in songs.dropna()}}
    if ready is None:
        homes.add(source.parent.resolve())
    for option, folder, target in _targets(targets):
        if not source.is_dir() and target in homes:
            raise ValueError(f"{option} {folder} lies in the library, where nothing is written: name another")


def _outside(source, targets):
    """Refuse to write below a folder of songs."""
    for option, folder, target in _targets(targets):
        if source.is_dir() and target.is_relative_to(source.resolve()):
            raise ValueError(f"{option} {folder} lies in the library, where nothing is written: name another")


def _targets(targets):
    """Every folder that is written to, with its option."""
    for option, folder in targets.items():
        if folder:
            yield from ((option, folder, target) for target in (folder.resolve(), folder.resolve() / "playlists"))


def _study(tracks, out, **options):
    """Run the study, write it, and say what came of it."""
    from .report import cluster_library, print_metrics

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
            _list(zip(table["track_id"], table["reason"], strict=True), sys.stdout)
    _say_written(out, files)


def _say_written(out, files):
    """Print the names of files, and the folders of those that have one of their own."""
    names = dict.fromkeys(path.name if path.parent == out else f"{path.parent.name}/" for path in files)
    print(f"\nwritten to {out}: {', '.join(names)}")


def _list(reasons, file, n_reasons=None):
    """Print tracks and what is wrong with them; of `n_reasons`, where there are more than are at hand."""
    reasons = list(reasons)
    n_reasons = n_reasons or len(reasons)
    for track_id, reason in reasons[:SHOWN]:
        print(f"  {track_id}: {reason}", file=file)
    if n_reasons > SHOWN:
        print(f"  and {n_reasons - SHOWN} more", file=file)


@contextmanager
def _sentences():
    """Turn what a user can put right into one sentence and an exit code, and warnings into notes."""
    from .datasets import EmptyLibraryError
    from .report import NothingUsableError

    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *args, **kwargs: print(f"note: {message}", file=sys.stderr)
            yield
    except NothingUsableError as error:
        print(f"Error: {error}", file=sys.stderr)
        _list(error.failures.items(), sys.stderr)
        raise typer.Exit(NOTHING_USABLE) from None
    except EmptyLibraryError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise typer.Exit(NOTHING_USABLE) from None
    except (ValueError, OSError, ImportError) as error:
        print(f"Error: {error}", file=sys.stderr)
        raise typer.Exit(BAD_ARGUMENTS) from None
