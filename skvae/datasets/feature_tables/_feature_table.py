"""Tables of precomputed features: detection, and loading as a whole or in chunks."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from ..._paths import is_url, resolve_path
from ..tables._parts import is_parts_folder, read_metadata
from ..tables._reader import read_frames
from ..tables._roles import find_roles, has_block_prefix
from ..tracks._columns import COLUMNS, strip_columns
from ..tracks._exceptions import EmptyLibraryError
from ._columns import select_features


class FeatureTable(NamedTuple):
    r"""Tracks and their precomputed features.

    Attributes
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        Track table without lyrics. ``audio`` is missing for files that do not exist. The columns that are not features
        follow.
    features : DataFrame of shape (n_tracks, n_features), dtype float32
        Features with their names in the file. Infinite values are replaced by NaN.
    blocks : dict of str to list of str
        Feature columns of each block. The block is the part of a column name before ``__``. Columns without a prefix
        belong to the block "lyrics" if their first word is "tfidf", "lyric", "lyrics" or "text", and to the block
        "features" otherwise.
    dropped : dict of str to str
        Reason for each column that is not a feature.
    about : dict
        Settings with which `skvae features` computed the features. Empty for other files.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from skvae.datasets import load_feature_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "features.csv")
    ...     _ = path.write_text("filename,length,rms_mean,label\na.wav,661794,0.13,blues\nb.wav,660000,0.1,jazz\n")
    ...     table = load_feature_table(path)
    >>> table.features
       rms_mean
    0      0.13
    1      0.10
    >>> table.dropped
    {'filename': 'identifies the track', 'length': 'length of the file', 'label': 'label'}
    """

    tracks: pd.DataFrame
    features: pd.DataFrame
    blocks: dict
    dropped: dict
    about: dict


def is_feature_table(source):
    """Determine whether a file contains precomputed features.

    Parameters
    ----------
    source : str or path-like
        Path of any file or folder.

    Returns
    -------
    bool
        True for a folder of parts that `skvae features` wrote. True for a CSV, TSV or Parquet file with a column
        ``audio__*`` or ``lyrics__*``. Also True for such a file with other feature columns, unless it has a column
        ``audio`` or ``lyrics``.

    See Also
    --------
    load_feature_table : Load a table of precomputed features.

    Examples
    --------
    >>> from skvae.datasets import is_feature_table
    >>> is_feature_table("my_music/")
    False
    """
    source = Path(source)
    if is_parts_folder(source):
        return True
    if not source.is_file() or source.suffix.lower() not in (".csv", ".tsv", ".parquet"):
        return False
    try:
        head = next(read_frames(source, 100), pd.DataFrame())
    except ValueError:  # `load_tracks` raises an error with the reason
        return False
    if any(map(has_block_prefix, head.columns)):
        return True
    return not {"audio", "lyrics"} & set(head.columns) and bool(select_features(head)[0])


def load_feature_table(source):
    r"""Load a table of precomputed features or embeddings.

    Columns are not used as features if they identify the track (``filename``, ``track_id``), contain labels (``genre``,
    ``language``) or describe the file (``length``, ``duration``, ``bitrate``). Columns that are not numeric or contain
    row numbers are also excluded. The same applies to columns that are missing in more than half of the rows that have
    their block. The prefixes ``audio__`` and ``lyrics__`` mark features: these columns are never excluded because of
    their names.

    Parameters
    ----------
    source : str or path-like
        CSV, TSV or Parquet file, or folder of parts written by `skvae features`, with one row per track. The values of
        ``track_id`` are read from the first column that identifies tracks, or are row numbers. The row number is
        appended to repeated values.

    Returns
    -------
    FeatureTable
        Tracks, features, and reasons for the excluded columns.

    Raises
    ------
    EmptyLibraryError
        If the table has no rows.
    ValueError
        If the table cannot be read or has no features.

    See Also
    --------
    iter_feature_table : Read a table of precomputed features in chunks.
    load_tracks : Load tracks whose features are not computed yet.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from skvae.datasets import load_feature_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "features.csv")
    ...     _ = path.write_text("id,audio__rms,lyrics__0,genre\n7,0.13,,blues\n9,0.1,2,jazz\n")
    ...     table = load_feature_table(path)
    >>> table.blocks
    {'audio': ['audio__rms'], 'lyrics': ['lyrics__0']}
    >>> table.tracks[["track_id", "genre"]]
      track_id  genre
    0        7  blues
    1        9   jazz
    """
    source = Path(os.path.abspath(source))
    frame = next(read_frames(source), pd.DataFrame())
    _check_rows(source, frame)
    blocks, dropped = select_features(frame)
    names = [name for block in blocks.values() for name in block]
    if not names:
        reasons = "; ".join(f"{name!r} is excluded ({reason})" for name, reason in list(dropped.items())[:5])
        raise ValueError(f"{source.name!r} has no feature columns: {reasons}")
    tracks = _make_tracks(frame, dropped, source)
    repeated = tracks["track_id"].duplicated()
    ids = zip(tracks["track_id"], repeated, strict=True)
    tracks["track_id"] = [f"{name} (row {row})" if again else name for row, (name, again) in enumerate(ids)]
    return FeatureTable(tracks, _to_float32(frame, names), blocks, dropped, read_metadata(source))


def iter_feature_table(source, blocks, size):
    r"""Read a table of precomputed features in chunks, with memory that does not depend on the size of the table.

    Parameters
    ----------
    source : str or path-like
        CSV, TSV or Parquet file, or folder of parts. See `load_feature_table`.
    blocks : dict of str to list of str
        Feature columns to read, by block. If the table contains no column of a block, the block is filled with NaN.
    size : int
        Maximum number of rows per chunk.

    Yields
    ------
    FeatureTable
        Next rows. The index continues from chunk to chunk. Values that are not numbers are replaced by NaN.

    Raises
    ------
    EmptyLibraryError
        If the table has no rows.
    ValueError
        If the table contains only some columns of a block, or no column of any block.

    See Also
    --------
    load_feature_table : Load the whole table.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from skvae.datasets import iter_feature_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "features.csv")
    ...     _ = path.write_text("rms,tempo\n0.13,90\n0.1,120\n0.2,60\n")
    ...     [len(chunk.tracks) for chunk in iter_feature_table(path, {"features": ["rms"]}, 2)]
    [2, 1]
    """
    source = Path(os.path.abspath(source))
    about, columns = read_metadata(source), [name for names in blocks.values() for name in names]
    for frame in read_frames(source, size):
        _check_rows(source, frame)
        _check_blocks(source, frame, blocks)
        others = [name for name in frame if name not in set(columns)]
        tracks = _make_tracks(frame, others, source)
        yield FeatureTable(tracks, _to_float32(frame.reindex(columns=columns), columns), blocks, {}, about)


def _check_rows(source, frame):
    """Raise an error if a table has no rows."""
    if frame.empty:
        raise EmptyLibraryError(f"{source.name!r} has no rows. A feature table has one row per track.")


def _check_blocks(source, frame, blocks):
    """Raise an error if a block is incomplete, or if the table contains no block."""
    columns = [name for names in blocks.values() for name in names]
    absent = [name for names in blocks.values() if set(names) & set(frame) for name in names if name not in frame]
    if not set(columns) & set(frame):
        absent = columns
    if absent:
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        raise ValueError(
            f"{source.name!r} does not contain {len(absent)} of the {len(columns)} required columns: "
            f"{', '.join(map(repr, absent[:5]))}{more}"
        )


def _make_tracks(frame, others, source):
    """Create the track table from the columns of a feature table that are not features."""
    roles = find_roles(others)
    given = {name: frame[roles[name]] if name in roles else None for name in COLUMNS}
    tracks = strip_columns(pd.DataFrame(given, index=frame.index))
    tracks["track_id"] = [
        row if pd.isna(name) else name for row, name in zip(map(str, frame.index), tracks["track_id"], strict=True)
    ]
    if "audio" in roles:
        base = source if source.is_dir() else source.parent
        paths = [resolve_path(path, base) for path in tracks["audio"]]
        existing = [path if path and (is_url(path) or os.path.isfile(path)) else None for path in paths]
        tracks["audio"] = pd.Series(existing, index=tracks.index, dtype="str")
    rest = [name for name in others if name not in COLUMNS]
    return pd.concat([tracks, frame[rest]], axis=1)


def _to_float32(frame, names):
    """Convert columns to float32. Infinite values and values that are not numbers become NaN."""
    table = frame[names]
    table = table.apply(lambda column: column if is_numeric_dtype(column) else pd.to_numeric(column, errors="coerce"))
    with np.errstate(over="ignore"):
        values = table.to_numpy(dtype=np.float32, na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.float32("nan"))
    return pd.DataFrame(values, index=frame.index, columns=names)
