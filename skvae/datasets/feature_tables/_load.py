"""A table of ready features or embeddings -> tracks and numbers, whole or in chunks."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from ..._paths import is_url, resolve_path
from ..tables._reader import is_parts, read_about, read_frames
from ..tracks._load import COLUMNS, EmptyLibraryError, _tidy
from ._columns import find_roles, is_block, sort_columns


class FeatureTable(NamedTuple):
    r"""Songs that are described already.

    Attributes
    ----------
    tracks : DataFrame of n_tracks rows
        The track table, without lyrics; ``audio`` where the file is there. Other columns that are no features follow.
    features : DataFrame of shape (n_tracks, n_features), float32
        The features under the names that they have in the file; NaN is missing, and so is what is not finite.
    blocks : dict of str to list of str
        Feature columns by block: what stands before ``__`` in a name, else "lyrics" for names such as "tfidf_love",
        and "features" for all others.
    dropped : dict of str to str
        Reason by column that is no feature.
    about : dict
        How the features were made, where `skvae features` wrote the file.

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
    {'filename': 'names the song', 'length': 'length of the file', 'label': 'label'}
    """

    tracks: pd.DataFrame
    features: pd.DataFrame
    blocks: dict
    dropped: dict
    about: dict


def is_feature_table(source):
    """Tell a table of ready features from a track table.

    Parameters
    ----------
    source : path-like
        A path.

    Returns
    -------
    bool
        Whether it is a CSV, TSV or Parquet file that has a column ``audio__*`` or ``lyrics__*``, or numbers to cluster
        by and neither ``audio`` nor ``lyrics``; or a folder of parts that `skvae features` has written or begun.

    Examples
    --------
    >>> from skvae.datasets import is_feature_table
    >>> is_feature_table("my_music/")
    False
    """
    source = Path(source)
    if is_parts(source):
        return True
    if not source.is_file() or source.suffix.lower() not in (".csv", ".tsv", ".parquet"):
        return False
    try:
        head = next(read_frames(source, 100), pd.DataFrame())
    except ValueError:  # for `load_tracks` to say what is wrong
        return False
    if any(map(is_block, head.columns)):
        return True
    return not {"audio", "lyrics"} & set(head.columns) and bool(sort_columns(head)[0])


def load_feature_table(source):
    r"""Load a table of ready features or embeddings, and leave out the columns that would give a song away.

    Left out are columns that are not numbers, count the rows or are missing in most rows, and by their names those that
    name the song (``filename``, ``track_id``), are labels (``genre``, ``language``) or tell of the file (``length``,
    ``duration``, ``bitrate``). A name with the prefix ``audio__`` or ``lyrics__`` is always a feature.

    Parameters
    ----------
    source : path-like
        CSV, TSV or Parquet file, or a folder of parts that `skvae features` wrote; a row a song. ``track_id`` is the
        first of the columns that name songs, else the row number; of two rows with the same one, the later has its row
        number added.

    Returns
    -------
    FeatureTable
        Tracks, features, and what was left out.

    Raises
    ------
    ValueError
        If the table has no row, or no feature.

    See Also
    --------
    load_tracks : Songs that are to be described.

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
    if frame.empty:
        raise EmptyLibraryError(f"{source.name!r} has no rows; a table of features has one a song")
    blocks, dropped = sort_columns(frame)
    names = [name for block in blocks.values() for name in block]
    if not names:
        raise ValueError(f"{source.name!r} has no column to cluster by: {_reasons(dropped)}")
    tracks = _tracks(frame, dropped, _home(source))
    again = tracks["track_id"].duplicated()
    ids = zip(tracks["track_id"], again, strict=True)
    tracks["track_id"] = [f"{name} (row {row})" if twice else name for row, (name, twice) in enumerate(ids)]
    return FeatureTable(tracks, _numbers(frame, names), blocks, dropped, read_about(source))


def iter_feature_table(source, blocks, size):
    r"""Read a table of ready features in chunks, so that memory does not grow with it.

    Parameters
    ----------
    source : path-like
        As for `load_feature_table`.
    blocks : dict of str to list of str
        The features to read, by block. A block that the table has no column of is missing in all rows.
    size : int
        Rows of a chunk, at most.

    Yields
    ------
    FeatureTable
        The next rows; their index counts on. What is no number is NaN.

    Raises
    ------
    ValueError
        If the table has no row, or lacks columns of a block, or every block.

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
    about, columns = read_about(source), [name for names in blocks.values() for name in names]
    for frame in read_frames(source, size):
        if frame.empty:
            raise EmptyLibraryError(f"{source.name!r} has no rows; a table of features has one a song")
        lacking = [name for names in blocks.values() if set(names) & set(frame) for name in names if name not in frame]
        if lacking or not set(columns) & set(frame):
            lacking = lacking or columns
            more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
            raise ValueError(
                f"{source.name!r} lacks {len(lacking)} of the {len(columns)} columns that are needed: "
                f"{', '.join(map(repr, lacking[:5]))}{more}"
            )
        others = [name for name in frame if name not in set(columns)]
        tracks = _tracks(frame, others, _home(source))
        yield FeatureTable(tracks, _numbers(frame.reindex(columns=columns), columns), blocks, {}, about)


def _home(source):
    """Folder that the paths of audio in a table start from."""
    return source if source.is_dir() else source.parent


def _tracks(frame, others, base):
    """Make the track table of a table of features from its other columns."""
    roles = find_roles(others)
    given = {name: frame[roles[name]] if name in roles else None for name in COLUMNS}
    tracks = _tidy(pd.DataFrame(given, index=frame.index))
    tracks["track_id"] = [
        row if pd.isna(name) else name for row, name in zip(map(str, frame.index), tracks["track_id"], strict=True)
    ]
    if "audio" in roles:
        paths = [resolve_path(path, base) for path in tracks["audio"]]
        there = [path if path and (is_url(path) or os.path.isfile(path)) else None for path in paths]
        tracks["audio"] = pd.Series(there, index=tracks.index, dtype="str")
    rest = [name for name in others if name not in COLUMNS]
    return pd.concat([tracks, frame[rest]], axis=1)


def _numbers(frame, names):
    table = frame[names]
    table = table.apply(lambda column: column if is_numeric_dtype(column) else pd.to_numeric(column, errors="coerce"))
    with np.errstate(over="ignore"):
        values = table.to_numpy(dtype=np.float32, na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.float32("nan"))
    return pd.DataFrame(values, index=frame.index, columns=names)


def _reasons(dropped):
    return "; ".join(f"{name!r} is left out ({reason})" for name, reason in list(dropped.items())[:5])
