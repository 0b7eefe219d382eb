"""A library of any size into features on a disk: memory is bounded by a part, and a killed run is gone on with."""

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

from ... import __version__
from ...datasets import is_feature_table
from ...datasets.tracks._summary import summarize_library
from ...features._blocks import get_block_settings, get_feature_blocks, get_feature_names
from ...features.computation._result import NothingUsableError
from ...persistence import load, save
from ..output._atomic_write import whole
from ._describe_library import GROUP_ROWS, describe_library, write_table
from ._part_folder import PartsFolder
from ._track_table import learn, write_tracks

logger = logging.getLogger(__name__)

SHOWN = 1000  # problems that are kept in memory; the table has all


@dataclass
class DescribedLibrary:
    """What `describe_to_disk` did.

    Attributes
    ----------
    n_tracks : int
        Songs in the table.
    n_described : int
        Songs that could be described.
    n_problems : int
        Songs with which something is wrong; some of them are described by what else there is.
    problems : dict of str to str
        Reason by ``track_id``, at most the first 1,000; the table has all.
    blocks : dict of str to int
        Columns by block of features.
    continued : int
        Songs that an earlier run, which was stopped, had described.
    path : Path
        The table.
    transformer : Path
        What describes other songs alike.
    """

    n_tracks: int
    blocks: dict
    path: Path
    transformer: Path
    continued: int = 0
    n_described: int = 0
    n_problems: int = 0
    problems: dict = field(default_factory=dict)


def describe_to_disk(
    source,
    out,
    *,
    folders=None,
    modality="both",
    lyrics="tfidf",
    duration=30.0,
    excerpts=5,
    like=None,
    part_size=1000,
    n_jobs=None,
    memory=None,
    verbose=0,
):
    r"""Describe a music library of any size, and write the features.

    Songs are read, described and written in parts. The same call after a kill redoes the part that was being made and
    goes on; it refuses to mix rows of other settings, or of a library that has changed, with those that are there.

    Parameters
    ----------
    source : path-like
        What `load_tracks` takes.
    out : path-like
        A name that ends in ``.parquet``: one file, and beside it a file ``.skvae`` for `like`; while it is in the
        making, a folder ``.parquet.parts``. Any other name: a folder, which keeps the parts, ``part-00000.parquet`` and
        so on, with ``_manifest.json``, what they depend on, and ``_transformer.skvae``. Both are sources of
        `cluster_library` and `predict_library`; pandas, pyarrow and others read the folder, too, as one table. Paths of
        audio are relative to it, or to the folder of the file.
    folders : str, list of str or None, default=None
        As for `load_tracks`.
    modality : {"both", "audio", "lyrics"}, default="both"
        What to describe the songs by; "both" is what there is of the two.
    lyrics : str, default="tfidf"
        "tfidf", or the name or folder of a sentence-transformers model. The n-grams of more than 20,000 lyrics are
        learned from a random 20,000 of them.
    duration : float, default=30.0
        Seconds of each song that are described.
    excerpts : int or None, default=5
        Number of excerpts, spread over the song, that make up `duration`; None takes the song's beginning.
    like : ColumnTransformer or None, default=None
        What described other songs, in place of the four above.
    part_size : int, default=1000
        Songs of a part. At the end of each part processes wait for the slowest: make it fifty songs a process or more.
    n_jobs : int or None, default=None
        Processes that decode and describe audio; -1 is all processors.
    memory : str or None, default=None
        Folder that keeps descriptions between runs.
    verbose : int, default=0
        Above 0, progress bars on a terminal.

    Returns
    -------
    DescribedLibrary
        What was done.

    Raises
    ------
    NothingUsableError
        If no song can be described; the table, with the reasons, is written all the same.
    ValueError
        If other things are in the folder, parts of a table with other settings or songs among them.

    See Also
    --------
    describe_library : In memory.
    skvae.datasets.load_feature_table : Reads the table.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skvae.report import describe_to_disk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, out = Path(folder, "songs", "tracks.csv"), Path(folder, "features")
    ...     source.parent.mkdir()
    ...     _ = source.write_text("track_id,lyrics\na,rain\nb,\nc,sun\n")
    ...     done = describe_to_disk(source, out, modality="lyrics", part_size=2)
    ...     files = sorted(path.name for path in out.glob("[_p]*"))
    ...     songs = pd.read_parquet(out)["track_id"].tolist()
    >>> done.n_described, done.problems
    (2, {'b': 'no lyrics'})
    >>> files
    ['_manifest.json', '_transformer.skvae', 'part-00000.parquet', 'part-00001.parquet']
    >>> songs
    ['a', 'b', 'c']
    """
    source, out = Path(os.path.abspath(source)), Path(os.path.abspath(out))
    if folders is None and is_feature_table(source):
        raise ValueError(f"{source} is a table of features: it has been described")
    if not part_size >= 1:
        raise ValueError(f"part_size={part_size!r} must be 1 or more")
    survey = summarize_library(source, folders)
    single = out.suffix == ".parquet"
    folder, home = (out.with_name(f"{out.name}.parts"), out.parent) if single else (out, out)
    _check_targets([home, memory], source, survey)
    settings = {
        "skvae": __version__,
        "folders": folders if folders is None or isinstance(folders, str) else list(folders),
        "part_size": part_size,
    }
    if like is None:
        settings |= {"modality": modality, "lyrics": lyrics, "duration": duration, "excerpts": excerpts}
    else:
        settings["like"] = get_block_settings(like)
    work = {"n_jobs": n_jobs, "memory": memory, "verbose": verbose}
    with PartsFolder(folder, settings, source, survey).opened() as parts:
        continued = survey.n_tracks
        if not parts.manifest["finished"]:
            try:
                transformer = _prepare(parts, source, settings, survey, like, work)
            except Exception:
                if not parts.parts():
                    parts.remove()
                raise
            n_parts, continued = _describe(parts, transformer, home, work)
            widths = {block: len(columns) for block, columns in get_feature_blocks(transformer).items()}
            parts.write(finished=True, n_parts=n_parts, blocks=widths, about=get_block_settings(transformer))
            parts.tracks.unlink()
        done = DescribedLibrary(survey.n_tracks, parts.manifest["blocks"], out, parts.transformer, continued)
        _summarise(parts, done)
        if single:
            _join(parts.parts(), out, part_size)
            done.transformer = out.with_suffix(".skvae")
            with whole(done.transformer) as file:
                file.write(parts.transformer.read_bytes())
    if single:
        parts.remove()
    if not done.n_described:
        raise NothingUsableError(f"none of the {done.n_tracks} songs in {source} can be described", done.problems)
    return done


def _check_targets(folders, source, survey):
    """Refuse to write where songs are."""
    homes = {home.resolve() for home in survey.audio_folders}
    for folder in (Path(folder).resolve() for folder in folders if folder is not None):
        if folder in homes or (source.is_dir() and folder.is_relative_to(source.resolve())):
            raise ValueError(f"{folder} lies in the library, where nothing is written: name another folder")


def _prepare(parts, source, settings, survey, like, work):
    """Write the track table and what describes it, unless an earlier run has."""
    aside = {name: work[name] for name in ("memory", "verbose")}
    if not parts.tracks.is_file():
        chosen = {name: settings[name] for name in ("folders", "part_size")}
        write_tracks(source, parts.tracks, survey=survey, verbose=work["verbose"], **chosen)
    if not parts.transformer.is_file():
        chosen = ("modality", "lyrics", "duration", "excerpts")
        save(like or learn(parts.tracks, **{name: settings[name] for name in chosen}, **aside), parts.transformer)
    return load(parts.transformer)


def _describe(parts, transformer, home, work):
    """Make the parts that are not there; return the number of parts, and of songs that were described before."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from tqdm import tqdm

    continued = 0
    with pq.ParquetFile(parts.tracks) as listing:
        n_parts = listing.num_row_groups
        types = {column.name: column.type for column in listing.schema_arrow if column.name != "lyrics"}
        types |= {"seconds": pa.float64(), "reason": pa.large_string()}
        types |= dict.fromkeys(get_feature_names(transformer), pa.float32())
        alone = n_parts == 1  # whose own bar shows more
        quiet = None if work["verbose"] and not alone else True
        with tqdm(None, "songs", listing.metadata.num_rows, unit="song", disable=quiet) as progress:
            for number in range(n_parts):
                n_rows = listing.metadata.row_group(number).num_rows
                if parts.has(number, n_rows):
                    continued += n_rows
                else:
                    tracks = listing.read_row_group(number).to_pandas()
                    how = work | {"verbose": work["verbose"] if alone else 0}
                    table, _ = describe_library(tracks, like=transformer, **how)
                    write_table(table, parts.part(number), home, types)
                progress.update(n_rows)
    if continued:
        logger.info("went on after %d songs that were in %s", continued, parts.folder)
    return n_parts, continued


def _summarise(parts, done):
    """Read from the parts what came of the songs."""
    import pyarrow.parquet as pq

    for path in parts.parts():
        names = pq.read_schema(path).names
        firsts = [next(name for name in names if name.startswith(f"{block}__")) for block in done.blocks]
        part = pq.read_table(path, columns=["track_id", "reason", *firsts], partitioning=None).to_pandas()
        done.n_described += int(part[firsts].notna().any(axis=1).sum())
        wrong = part[part["reason"] != ""]
        done.n_problems += len(wrong)
        room = SHOWN - len(done.problems)
        done.problems |= dict(zip(wrong["track_id"][:room], wrong["reason"][:room], strict=True))


def _join(paths, out, part_size):
    """Make one file of the parts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    step = max(1, GROUP_ROWS // part_size)
    with whole(out) as file, pq.ParquetWriter(file, pq.read_schema(paths[0])) as writer:
        for first in range(0, len(paths), step):
            tables = [pq.read_table(path, partitioning=None) for path in paths[first : first + step]]
            writer.write_table(pa.concat_tables(tables), row_group_size=GROUP_ROWS)
