"""Feature extraction of a library of any size, in parts on disk."""

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

from ... import __version__
from ..._atomic_write import write_atomically
from ..._stage_timer import StageTimer
from ...datasets import is_feature_table
from ...datasets.tracks._summary import summarize_library
from ...features._audio_blocks import resolve_audio
from ...features._blocks import get_block_settings, get_feature_blocks, get_feature_names
from ...features.computation._result import NothingUsableError
from ...persistence import load, save
from ._describe_library import describe_library
from ._fitting import fit_transformer
from ._part_folder import PartFolder
from ._table_file import ROW_GROUP_SIZE, write_table
from ._track_table import write_tracks

logger = logging.getLogger(__name__)

MAX_PROBLEMS = 1000
"""Maximum number of problems that are kept in memory."""


@dataclass
class DescribedLibrary:
    """Result of `describe_to_disk`.

    Attributes
    ----------
    n_tracks : int
        Number of tracks in the table.
    n_described : int
        Number of tracks with at least one block of features.
    n_problems : int
        Number of tracks with a missing block. Some of them have features of another block.
    problems : dict of str to str
        Reasons for missing features by ``track_id``, at most 1,000. The table contains all reasons.
    blocks : dict of str to int
        Number of columns per block.
    continued : int
        Number of tracks whose features were computed by an earlier, interrupted call.
    path : Path
        Path of the table.
    transformer : Path
        File of the fitted transformer, for the parameter `like`.

    See Also
    --------
    describe_to_disk : Create this result.

    Examples
    --------
    >>> from pathlib import Path
    >>> from skvae.report import DescribedLibrary
    >>> result = DescribedLibrary(100, {"audio": 125}, Path("features"), Path("features/_transformer.skvae"))
    >>> result.blocks
    {'audio': 125}
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
    audio="auto",
    lyrics="tfidf",
    duration=30.0,
    excerpts=5,
    like=None,
    part_size=1000,
    offline=False,
    n_jobs=None,
    memory=None,
    verbose=0,
):
    r"""Compute the features of a music library of any size, and write them to disk.

    Tracks are processed in parts, so that memory use does not depend on the size of the library. If a call is
    interrupted, the same call resumes it and computes only the missing parts. It raises an error if the settings or the
    library have changed since then.

    The parameters have the same names as the options of ``skvae features``.

    Parameters
    ----------
    source : path-like
        Music library, as in `load_tracks`.
    out : path-like
        Path of the feature table. A name that ends in ``.parquet`` is a single file. The fitted transformer is written
        to the same folder, with the extension ``.skvae``. Until the table is complete, its parts are kept in a folder
        with the extension ``.parquet.parts``.

        Any other name is a folder that contains the parts (``part-00000.parquet``, ...), the settings
        (``_manifest.json``) and the fitted transformer (``_transformer.skvae``). pandas and pyarrow read this folder as
        one table.

        `predict_library` accepts both the file and the folder. `cluster_library` accepts them after
        `load_feature_table`. Audio paths are relative to the folder, or to the folder of the file.
    folders : str, list of str or None, default=None
        Columns for folder names, as in `load_tracks`.
    modality : {"both", "audio", "lyrics"}, default="both"
        Features to compute: audio, lyrics, or both. "both" uses the modalities that the library contains.
    audio : str or list of str, default="auto"
        Audio features: "descriptors", or the name or the folder of a pretrained model, as in `AudioEmbedder`. Several
        names can be joined by commas. Each becomes a block of the table, as in `make_track_features`. "auto" uses the
        descriptors, and musicnn if it is installed.
    lyrics : str, default="tfidf"
        Lyrics features: "tfidf", or the name or the folder of a sentence-transformers model. The n-grams of "tfidf" are
        fitted on at most 20,000 lyrics, chosen at random.
    duration : float or None, default=30.0
        Number of seconds of each recording to analyze. None analyzes the whole recording.
    excerpts : int or None, default=5
        Number of excerpts over which `duration` is spread. None analyzes the beginning of the recording. Ignored if
        `duration` is None.
    like : ColumnTransformer or None, default=None
        Fitted transformer of other tracks. The features are computed with its settings, so that they can be compared
        with the features of those tracks. `modality`, `audio`, `lyrics`, `duration` and `excerpts` are then ignored.
    part_size : int, default=1000
        Number of tracks per part. All jobs wait for the slowest one at the end of a part. Use at least fifty tracks per
        job.
    offline : bool, default=False
        Whether downloads are forbidden. Models that are not on this machine then raise an error.
    n_jobs : int or None, default=None
        Number of parallel jobs for audio features. None means 1. -1 uses all processors.
    memory : str or None, default=None
        Cache folder for audio and lyrics features. None disables the cache.
    verbose : int, default=0
        Verbosity level. Progress bars are shown if it is greater than 0.

    Returns
    -------
    DescribedLibrary
        Paths, counts, and reasons for missing features.

    Raises
    ------
    NothingUsableError
        If no track has features. The table with the reasons is written nevertheless.
    ValueError
        If `out` contains other files, or features of another library or with other settings.

    See Also
    --------
    describe_library : Compute the features in memory.
    skvae.datasets.load_feature_table : Read the table.

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
    ...     tracks = pd.read_parquet(out)["track_id"].tolist()
    >>> done.n_described, done.problems
    (2, {'b': 'no lyrics'})
    >>> files
    ['_manifest.json', '_transformer.skvae', 'part-00000.parquet', 'part-00001.parquet']
    >>> tracks
    ['a', 'b', 'c']
    """
    source, out = Path(os.path.abspath(source)), Path(os.path.abspath(out))
    if folders is None and is_feature_table(source):
        raise ValueError(f"{source} is already a feature table. Pass a folder of audio files or a track table.")
    if not part_size >= 1:
        raise ValueError(f"part_size must be at least 1, got {part_size!r}.")
    summary = summarize_library(source, folders)
    single = out.suffix == ".parquet"
    folder, base = (out.with_name(f"{out.name}.parts"), out.parent) if single else (out, out)
    _check_outside_library([base, memory], source, summary)
    settings = {
        "skvae": __version__,
        "folders": folders if folders is None or isinstance(folders, str) else list(folders),
        "part_size": part_size,
    }
    if like is None:
        settings |= {"modality": modality, "audio": resolve_audio(audio), "lyrics": lyrics}
        settings |= {"duration": duration, "excerpts": excerpts}
    else:
        settings["like"] = get_block_settings(like)
    execution = {"offline": offline, "n_jobs": n_jobs, "memory": memory, "verbose": verbose}
    with PartFolder(folder, settings, source, summary).opened() as parts:
        continued = summary.n_tracks
        if not parts.manifest["finished"]:
            try:
                transformer = _prepare(parts, source, settings, summary, like, execution)
            except Exception:
                if not parts.parts():
                    parts.remove()
                raise
            n_parts, continued = _describe_parts(parts, transformer, base, execution)
            widths = {block: len(columns) for block, columns in get_feature_blocks(transformer).items()}
            parts.write(finished=True, n_parts=n_parts, blocks=widths, about=get_block_settings(transformer))
            parts.tracks.unlink()
        result = DescribedLibrary(summary.n_tracks, parts.manifest["blocks"], out, parts.transformer, continued)
        _count_problems(parts, result)
        if single:
            _join_parts(parts.parts(), out, part_size)
            result.transformer = out.with_suffix(".skvae")
            with write_atomically(result.transformer) as file:
                file.write(parts.transformer.read_bytes())
    if single:
        parts.remove()
    if not result.n_described:
        raise NothingUsableError(
            f"No features could be computed for any of the {result.n_tracks} tracks in {source}.", result.problems
        )
    return result


def _check_outside_library(folders, source, summary):
    """Raise ValueError if an output folder is inside the music library."""
    audio_folders = {folder.resolve() for folder in summary.audio_folders}
    for folder in (Path(folder).resolve() for folder in folders if folder is not None):
        if folder in audio_folders or (source.is_dir() and folder.is_relative_to(source.resolve())):
            raise ValueError(f"{folder} is inside the music library, which is never written to. Use another folder.")


def _prepare(parts, source, settings, summary, like, execution):
    """Write the track table and the fitted transformer, unless an earlier call has written them."""
    if not parts.tracks.is_file():
        options = {name: settings[name] for name in ("folders", "part_size")}
        write_tracks(source, parts.tracks, summary=summary, verbose=execution["verbose"], **options)
    if not parts.transformer.is_file():
        if like is None:
            options = {name: settings[name] for name in ("modality", "audio", "lyrics", "duration", "excerpts")}
            options |= {name: execution[name] for name in ("offline", "memory", "verbose")}
            like = fit_transformer(parts.tracks, **options)
        save(like, parts.transformer)
    return load(parts.transformer)


def _describe_parts(parts, transformer, base, execution):
    """Compute the missing parts. Return the number of parts, and of tracks in the parts that already existed."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from tqdm import tqdm

    continued = 0
    with pq.ParquetFile(parts.tracks) as tracks_file:
        n_parts = tracks_file.num_row_groups
        types = {column.name: column.type for column in tracks_file.schema_arrow if column.name != "lyrics"}
        types |= {"seconds": pa.float64(), "reason": pa.large_string()}
        if any(getattr(step, "tags_", ()) for step in transformer.named_transformers_.values()):
            types["tags"] = pa.large_string()
        types |= dict.fromkeys(get_feature_names(transformer), pa.float32())
        one_part = n_parts == 1  # the progress bar of the extractor is then more precise
        hidden = None if execution["verbose"] and not one_part else True
        timer, n_tracks = StageTimer(), tracks_file.metadata.num_rows
        with tqdm(None, "tracks", n_tracks, unit="track", disable=hidden, leave=False) as progress:
            for number in range(n_parts):
                n_rows = tracks_file.metadata.row_group(number).num_rows
                if parts.has_part(number, n_rows):
                    continued += n_rows
                else:
                    with timer(f"part {number + 1} of {n_parts}") as details:
                        tracks = tracks_file.read_row_group(number).to_pandas()
                        options = execution | {"verbose": execution["verbose"] if one_part else 0}
                        table, _ = describe_library(tracks, like=transformer, **options)
                        write_table(table, parts.part(number), base, types)
                        details.append(f"{n_rows} tracks")
                progress.update(n_rows)
    if continued:
        logger.info("resumed: the features of %d tracks in %s were already computed", continued, parts.folder)
    return n_parts, continued


def _count_problems(parts, result):
    """Read the number of described tracks and the reasons for missing features from the parts."""
    import pyarrow.parquet as pq

    for path in parts.parts():
        names = pq.read_schema(path).names
        firsts = [next(name for name in names if name.startswith(f"{block}__")) for block in result.blocks]
        part = pq.read_table(path, columns=["track_id", "reason", *firsts], partitioning=None).to_pandas()
        result.n_described += int(part[firsts].notna().any(axis=1).sum())
        problems = part[part["reason"] != ""]
        result.n_problems += len(problems)
        shown = problems[: MAX_PROBLEMS - len(result.problems)]
        result.problems |= dict(zip(shown["track_id"], shown["reason"], strict=True))


def _join_parts(paths, out, part_size):
    """Write all parts into one file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    step = max(1, ROW_GROUP_SIZE // part_size)
    with write_atomically(out) as file, pq.ParquetWriter(file, pq.read_schema(paths[0])) as writer:
        for first in range(0, len(paths), step):
            tables = [pq.read_table(path, partitioning=None) for path in paths[first : first + step]]
            writer.write_table(pa.concat_tables(tables), row_group_size=ROW_GROUP_SIZE)
