"""Track table of a large library as a Parquet file, with one row group per part."""

import warnings
from contextlib import contextmanager

import numpy as np
from pandas.util import hash_array

from ..._atomic_write import write_atomically
from ..._stage_timer import StageTimer
from ...datasets import TrackWarning, iter_tracks, load_tracks
from ...datasets.tracks._columns import COLUMNS


def write_tracks(source, path, *, folders, part_size, summary, verbose):
    """Write the track table of a library.

    Parameters
    ----------
    source : Path
        Music library.
    path : Path
        Path of the Parquet file.
    folders : str, list of str or None
        Columns for folder names, as in `load_tracks`.
    part_size : int
        Maximum number of rows per part.
    summary : LibrarySummary
        Number of tracks and column types of the library.
    verbose : int
        Verbosity level. A progress bar is shown if it is greater than 0.

    Raises
    ------
    ValueError
        If two rows have the same ``track_id``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq
    from tqdm import tqdm

    schema = pa.schema(list((dict.fromkeys(COLUMNS, pa.large_string()) | summary.column_types).items()))
    ids = []
    name, hidden = "tags and lyrics", None if verbose else True
    progress = tqdm(None, name, summary.n_tracks, unit="track", disable=hidden, leave=False)
    with StageTimer()(name) as details, progress, _merge_track_warnings(), write_atomically(path) as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for tracks in iter_tracks(source, part_size, folders=folders):
                writer.write_table(pa.Table.from_pandas(tracks, preserve_index=False).cast(schema))
                ids.append(hash_array(tracks["track_id"].to_numpy(dtype=object)))
                progress.update(len(tracks))
        ids = np.concatenate(ids)
        details.append(f"{len(ids)} tracks")
        if len(np.unique(ids)) < len(ids):
            load_tracks(source, folders=folders)  # raises an error that names the duplicate


@contextmanager
def _merge_track_warnings():
    """Merge the warnings about unreadable tags of all chunks into one warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    failures = []
    for warning in caught:
        if isinstance(warning.message, TrackWarning):
            failures += warning.message.failures
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if failures:
        warnings.warn(TrackWarning(failures), stacklevel=3)
