"""Further songs into the clusters of a run: no training, and memory that does not grow with their number."""

import logging
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from ..._paths import audio_folders
from ...datasets import is_feature_table, iter_feature_table, iter_tracks
from ...datasets.tables._parts import MANIFEST, is_parts_folder
from ...features import OneHotCondition
from ...features.computation._result import NothingUsableError
from ..features._describe_library import set_work
from ..model._library_model import LibraryModel
from ..output._playlists import relative_paths
from ..output._tables import clusters_table
from ._append import append_to_run, check_run, playlist_lines, read_rows
from ._resumable_table import PartialTable

logger = logging.getLogger(__name__)

CHUNK_TRACKS = 128
"""Songs that are described at a time."""

CHUNK_FEATURES = 8192
"""Rows of ready features that are labelled at a time."""

SHOWN = 1000  # failures that are kept in memory; the table has all


@dataclass
class Prediction:
    """What `predict_library` did.

    Attributes
    ----------
    n_tracks : int
        Songs in the table.
    n_labelled : int
        Songs that could be labelled.
    sizes : dict of str to int
        Songs by cluster.
    failures : dict of str to str
        Reason by ``track_id`` of songs that could not, at most the first 1,000; the table has all.
    continued : int
        Songs that an earlier run, which was stopped, had labelled.
    added : int or None
        Songs that were added to the run; None where there was none to add to.
    left_out : dict of str to str
        Why songs were not added, by ``track_id``.
    files : list of Path
        What was written.
    """

    n_tracks: int = 0
    n_labelled: int = 0
    sizes: dict = field(default_factory=dict)
    failures: dict = field(default_factory=dict)
    continued: int = 0
    added: int | None = None
    left_out: dict = field(default_factory=dict)
    files: list = field(default_factory=list)


def predict_library(model, source, out, *, append=None, folders=None, n_jobs=None, memory=None, verbose=0):
    r"""Label songs by the model of a run.

    Songs are read, described, labelled and written in chunks. ``clusters.csv`` and ``latent.npy`` in `out` are whole
    tables of the songs so far at any time, and the next call with the same model, source and folder goes on after them.

    Parameters
    ----------
    model : path-like
        Folder ``model`` of a run of `cluster_library`, or of the run.
    source : path-like
        What `load_tracks` takes; or a table of ready features, which a model of songs takes too if they were made like
        its own.
    out : path-like
        Folder for ``clusters.csv``, with the columns of the run's, ``latent.npy``, a row for each of its rows,
        ``playlists/*.m3u8`` and ``predict.json``. A song that could not be described has label -1 and the reason.
    append : path-like or None, default=None
        Folder of a run of the same model. In the end the songs that it has not yet are added to its tables and
        playlists, and nothing that stands there changes.
    folders : str, list of str or None, default=None
        As for `load_tracks`.
    n_jobs : int or None, default=None
        Processes that decode and describe audio; -1 is all processors.
    memory : str or None, default=None
        Folder that keeps descriptions between runs.
    verbose : int, default=0
        Above 0, a progress bar on a terminal.

    Returns
    -------
    Prediction
        What was done.

    Raises
    ------
    NothingUsableError
        If no song can be labelled.
    ValueError
        If the source does not fit the model, or the run is of another.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skvae.report import cluster_library, predict_library
    >>> texts = ["rain on the river", "rain in the street", "dance all night", "dance till the night ends"]
    >>> tracks = pd.DataFrame({"track_id": list("abcd"), "audio": None, "lyrics": texts})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = Path(folder, "run")
    ...     _ = cluster_library(tracks, model="pca", modality="lyrics", latent_dim=2).write(run)
    ...     songs = Path(folder, "new.csv")
    ...     _ = songs.write_text("track_id,lyrics\ne,rain on the roof\na,rain\n")
    ...     done = predict_library(run, songs, Path(folder, "out"), append=run)
    >>> done.n_labelled, done.added, done.left_out
    (2, 1, {'a': 'is in the run already'})
    """
    from tqdm import tqdm

    source, out = Path(source).absolute(), Path(out)
    library = LibraryModel.read(model)
    if append is not None:
        check_run(append, library)
    if (out / "run.json").is_file() or (out / "model.json").is_file():
        raise ValueError(f"{out} is the folder of a run or a model, and is not written over: give another folder")
    set_work(library.pipeline[0], n_jobs=n_jobs, memory=memory, verbose=0, on_error="ignore")
    chunks = _chunks(library, source, folders, out)
    first = next(chunks, None)  # what does not fit is an error before anything is written
    if first is None:
        raise NothingUsableError(f"{source} has no songs", {})
    chunks = chain([first], chunks)
    table = PartialTable(out, {"model": library.key, "source": str(source), "stamp": _stamp(source)})
    if table.continued:
        logger.info("going on after the %d songs that are in %s", table.continued, out)
    with tqdm(None, "songs", unit="song", disable=None if verbose else True) as progress:
        for chunk in _after(chunks, table, source):
            frame, Z = _rows(library, chunk, out)
            table.append(frame, Z)
            progress.update(len(frame))
    done = _summary(out)
    done.continued = table.continued
    done.files += _write_playlists(out, library.names)
    if append is not None and done.n_labelled:
        done.added, done.left_out = append_to_run(Path(append), out)
    table.finish({name: getattr(done, name) for name in ("n_tracks", "n_labelled", "sizes", "added")})
    if not done.n_labelled:
        raise NothingUsableError(f"none of the {done.n_tracks} songs in {source} can be labelled", done.failures)
    return done


def _chunks(library, source, folders, out):
    """Chunks of the source, each looked at whether it fits the model."""
    if folders is None and is_feature_table(source):
        return _checked(library, iter_feature_table(source, library.blocks, CHUNK_FEATURES), source, out)
    if not library.takes_tracks:
        raise ValueError(
            f"the model was made from a table of features, and {source} is none: describe the songs first, alike, by "
            "`skvae features --like` that table"
        )
    return _checked(library, iter_tracks(source, CHUNK_TRACKS, folders=folders), source, out)


def _checked(library, chunks, source, out):
    conditions = [n for n, step, _ in library.pipeline[0].transformers_ if isinstance(step, OneHotCondition)]
    for chunk in chunks:
        tracks = _tracks_of(chunk)
        for name in conditions:
            if name not in tracks:
                raise ValueError(f"the model is conditioned on {name!r}, a column that {source} has not")
        if {out.resolve(), (out / "playlists").resolve()} & {home.resolve() for home in audio_folders(tracks["audio"])}:
            raise ValueError(f"{out} lies in the library, where nothing is written: name another folder")
        if tracks is not chunk:
            _check_alike(library.about, chunk.about, source)
        yield chunk


def _check_alike(ours, theirs, source):
    """Refuse features that have the names of the model's, and were made in another way."""
    for block in ours.keys() & theirs.keys():
        # A setting that one of the two does not know has come with a version, and its default changes nothing.
        common = ours[block].keys() & theirs[block].keys()
        other = [key for key in ours[block] if key in common and ours[block][key] != theirs[block][key]]
        if other == ["learned"]:
            raise ValueError(
                f"the {block} columns of {source} were learned from other songs than the model's: describe the songs "
                "by `skvae features --like`, and name the model, or the table that it was made from"
            )
        if other:
            key = other[0]
            raise ValueError(
                f"the {block} columns of {source} were made with {key}={theirs[block][key]!r}, the model's with "
                f"{key}={ours[block][key]!r}: describe the songs alike, by `skvae features --like`"
            )


def _tracks_of(chunk):
    return chunk if isinstance(chunk, pd.DataFrame) else chunk.tracks


def _stamp(source):
    """Tell a table from a later state of it; a folder is looked at song by song."""
    source = source / MANIFEST if is_parts_folder(source) else source
    stat = source.stat()
    return None if source.is_dir() else [stat.st_size, stat.st_mtime_ns]


def _after(chunks, table, source):
    """Chunks without the rows that are in the table."""
    done = 0
    for chunk in chunks:
        tracks = _tracks_of(chunk)
        n_known = min(table.continued - done, len(tracks))
        done += n_known
        if n_known and done == table.continued and str(tracks["track_id"].iloc[n_known - 1]) != table.last:
            raise ValueError(
                f"{source} has changed since {table.folder} was begun: give another --out, or delete that folder"
            )
        if n_known == len(tracks):
            continue
        if n_known:
            chunk = (
                chunk[n_known:]
                if tracks is chunk
                else chunk._replace(tracks=chunk.tracks[n_known:], features=chunk.features[n_known:])
            )
        yield chunk


def _rows(library, chunk, out):
    """Label a chunk: its rows of the table, and of the latent."""
    tracks, found = _tracks_of(chunk), library.describe(chunk)
    n, rows = len(tracks), np.flatnonzero(found.usable)
    labels, membership = np.full(n, -1), np.full(n, np.nan)
    nearest = np.full((n, 1), "").tolist()
    Z = np.full((n, library.latent.shape[1]), np.nan, dtype=np.float32)
    if len(rows):
        labels[rows], membership[rows], names, Z[rows] = library.label(found.table)
        for row, near in zip(rows, names, strict=True):
            nearest[row] = near
    frame = clusters_table(
        tracks,
        labels,
        membership=membership,
        nearest=nearest,
        names=library.names,
        seconds=found.seconds,
        reasons=found.reasons,
    )
    return frame.assign(audio=relative_paths(tracks["audio"], out)), Z


def _summary(out):
    done = Prediction(files=[out / name for name in ("clusters.csv", "latent.npy", "predict.json")])
    for chunk in read_rows(out):
        failed = chunk[chunk["label"] == "-1"]
        done.n_tracks += len(chunk)
        done.n_labelled += len(chunk) - len(failed)
        for name, size in chunk["cluster"][chunk["label"] != "-1"].value_counts().items():
            done.sizes[name] = done.sizes.get(name, 0) + size
        room = SHOWN - len(done.failures)
        done.failures |= dict(zip(failed["track_id"][:room], failed["reason"][:room], strict=True))
    done.sizes = dict(sorted(done.sizes.items()))
    return done


def _write_playlists(out, names):
    """Write a playlist for each cluster, in the order of the table."""
    folder = out / "playlists"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("[0-9][0-9]*.m3u8"):
        path.unlink()
    files = {}
    with ExitStack() as stack:
        for chunk in read_rows(out):
            for name, entries in playlist_lines(chunk, out).items():
                if name not in files:
                    files[name] = stack.enter_context(
                        (folder / f"{name}.m3u8").open("w", encoding="utf-8", newline="\n")
                    )
                    files[name].write(f"#EXTM3U\n#PLAYLIST:{name}\n")
                files[name].writelines(f"{line}\n" for entry in entries for line in entry)
    return [folder / f"{name}.m3u8" for name in names.values() if name in files]
