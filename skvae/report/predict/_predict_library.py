"""Assign the tracks of another library to the clusters of a run."""

import logging
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..._stage_timer import StageTimer
from ...features.computation._result import NothingUsableError
from ..features._describe_library import set_step_params
from ..model._library_model import LibraryModel
from ..output._clusters_table import clusters_table
from ..output._relative_paths import relative_paths
from ._append_to_run import append_to_run, check_run
from ._playlist_files import write_playlists
from ._resumable_table import LATENT, STATE, TABLE, ResumableTable, read_chunks
from ._source_chunks import get_tracks, read_source, skip_rows, source_stamp

logger = logging.getLogger(__name__)

MAX_FAILURES = 1000
"""Maximum number of failures that are kept in memory."""


@dataclass
class Prediction:
    """Result of `predict_library`.

    Attributes
    ----------
    n_tracks : int
        Number of tracks in the table.
    n_labelled : int
        Number of tracks with a cluster.
    sizes : dict of str to int
        Number of tracks by cluster name.
    failures : dict of str to str
        Reasons why tracks have no cluster, by ``track_id``, at most 1,000. The table contains all reasons.
    continued : int
        Number of tracks that were labeled by an earlier, interrupted call.
    added : int or None
        Number of tracks that were appended to the run. None if `append` is None.
    left_out : dict of str to str
        Reasons why tracks were not appended to the run, by ``track_id``.
    files : list of Path
        Paths of the written files.

    See Also
    --------
    predict_library : Create this result.

    Examples
    --------
    >>> from skvae.report import Prediction
    >>> result = Prediction(n_tracks=10, n_labelled=9, failures={"a.mp3": "audio: empty file"})
    >>> result.n_tracks - result.n_labelled
    1
    """

    n_tracks: int = 0
    n_labelled: int = 0
    sizes: dict = field(default_factory=dict)
    failures: dict = field(default_factory=dict)
    continued: int = 0
    added: int | None = None
    left_out: dict = field(default_factory=dict)
    files: list = field(default_factory=list)


def predict_library(
    model, source, out, *, append=None, folders=None, offline=False, n_jobs=None, memory=None, verbose=0
):
    r"""Assign tracks to the clusters of a run, without training.

    Tracks are processed in chunks, so that memory use does not depend on the size of the library. The tables in `out`
    are readable at any time. If a call is interrupted, the same call resumes it.

    The parameters have the same names as the arguments of ``skvae predict``.

    Parameters
    ----------
    model : path-like
        Folder of a run of `cluster_library`, or its subfolder ``model``.
    source : path-like
        Music library, as in `load_tracks`, or feature table. The features must be computed with the settings of the
        model.
    out : path-like
        Folder for ``clusters.csv`` (same columns as in the run), ``latent.npy`` (one row per track),
        ``playlists/*.m3u8`` and ``predict.json``. Tracks that cannot be used have label -1 and a reason.
    append : path-like or None, default=None
        Folder of a run of the same model. New tracks are appended to its tables and playlists. Existing rows are not
        changed. If None, no run is changed.
    folders : str, list of str or None, default=None
        Columns for folder names, as in `load_tracks`.
    offline : bool, default=False
        Whether downloads are forbidden. Models that are not on this machine then raise an error.
    n_jobs : int or None, default=None
        Number of parallel jobs for audio features. None means 1. -1 uses all processors.
    memory : str or None, default=None
        Cache folder for audio and lyrics features. None disables the cache.
    verbose : int, default=0
        Verbosity level. A progress bar is shown if it is greater than 0.

    Returns
    -------
    Prediction
        Counts, failures, and the paths of the written files.

    Raises
    ------
    NothingUsableError
        If no track can be assigned to a cluster.
    ValueError
        If the source does not fit the model, or `append` is not a run of the model.

    See Also
    --------
    cluster_library : Create the clusters and the model.

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
    ...     new = Path(folder, "new.csv")
    ...     _ = new.write_text("track_id,lyrics\ne,rain on the roof\na,rain\n")
    ...     done = predict_library(run, new, Path(folder, "out"), append=run)
    >>> done.n_labelled, done.added, done.left_out
    (2, 1, {'a': 'is already in the run'})
    """
    source, out = Path(source).absolute(), Path(out)
    library = LibraryModel.read(model)
    if append is not None:
        check_run(append, library)
    if (out / "run.json").is_file() or (out / "model.json").is_file():
        raise ValueError(f"{out} contains a run or a model and cannot be the output folder. Use another folder.")
    set_step_params(library.pipeline[0], offline=offline, n_jobs=n_jobs, memory=memory, verbose=verbose)
    chunks = read_source(library, source, folders, out)
    first = next(chunks, None)  # checks the source before anything is written
    if first is None:
        raise NothingUsableError(f"{source} contains no tracks.", {})
    table = ResumableTable(out, {"model": library.key, "source": str(source), "stamp": source_stamp(source)})
    if table.continued:
        logger.info("resumed: %d tracks in %s were already labeled", table.continued, out)
    timer = StageTimer()
    with tqdm(None, "tracks", unit="track", disable=None if verbose else True, leave=False) as progress:
        for number, chunk in enumerate(skip_rows(chain([first], chunks), table, source), 1):
            with timer(f"chunk {number}") as details:
                rows, Z = label_chunk(library, chunk, out)
                table.append(rows, Z)
                progress.update(len(rows))
                details.append(f"{len(rows)} tracks")
    result = _summarize(out)
    result.continued = table.continued
    result.files += write_playlists(out, library.names)
    if append is not None and result.n_labelled:
        result.added, result.left_out = append_to_run(Path(append), out)
    table.finish(**{name: getattr(result, name) for name in ("n_tracks", "n_labelled", "sizes", "added")})
    if not result.n_labelled:
        raise NothingUsableError(
            f"None of the {result.n_tracks} tracks in {source} could be assigned to a cluster.", result.failures
        )
    return result


def label_chunk(library, chunk, out):
    """Return the table rows and the latent representation of a chunk."""
    tracks, description = get_tracks(chunk), library.describe(chunk)
    n, usable = len(tracks), np.flatnonzero(description.usable)
    labels, membership = np.full(n, -1), np.full(n, np.nan)
    nearest = np.full((n, 1), "").tolist()
    Z = np.full((n, library.latent.shape[1]), np.nan, dtype=np.float32)
    if len(usable):
        labels[usable], membership[usable], names, Z[usable] = library.label(description.table)
        for row, row_names in zip(usable, names, strict=True):
            nearest[row] = row_names
    rows = clusters_table(
        tracks,
        labels,
        membership=membership,
        nearest=nearest,
        names=library.names,
        tags=description.tags,
        seconds=description.seconds,
        reasons=description.reasons,
    )
    return rows.assign(audio=relative_paths(tracks["audio"], out)), Z


def _summarize(out):
    """Count tracks, cluster sizes and failures of the table in a folder."""
    result = Prediction(files=[out / name for name in (TABLE, LATENT, STATE)])
    for chunk in read_chunks(out):
        failed = chunk[chunk["label"] == "-1"]
        result.n_tracks += len(chunk)
        result.n_labelled += len(chunk) - len(failed)
        for name, size in chunk["cluster"][chunk["label"] != "-1"].value_counts().items():
            result.sizes[name] = result.sizes.get(name, 0) + size
        shown = failed[: MAX_FAILURES - len(result.failures)]
        result.failures |= dict(zip(shown["track_id"], shown["reason"], strict=True))
    result.sizes = dict(sorted(result.sizes.items()))
    return result
