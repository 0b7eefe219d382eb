"""Loading of a music library as a track table."""

import warnings

from ._exceptions import EmptyLibraryError, TrackWarning
from ._folder import make_table, read_folder
from ._source import resolve_source
from ._table import check_columns, complete_tracks, read_table


def load_tracks(source, *, folders=None):
    r"""Load a music library as a track table with one row per track.

    The files of the library are not changed. Audio is not decoded: damaged audio files keep their rows, and the
    feature extractor reports them.

    Parameters
    ----------
    source : str or path-like
        Folder of audio files, or table.

        Folder: all subfolders are read in sorted order. Hidden files are skipped, and folders reached through several
        symbolic links are read once. Lyrics are read from a ``.txt`` or ``.lrc`` file with the same name as the audio
        file. Title, artist, language and genre are read from the tags of the audio file (ID3, Vorbis comments, MP4,
        APEv2, ASF). Lyrics are also read from the tags if there is no lyrics file.

        Table: CSV, TSV or Parquet file with a column ``audio``, a column ``lyrics``, or both. ``audio`` contains URLs
        or paths relative to the folder of the table. ``lyrics`` contains text, or paths of ``.txt`` or ``.lrc`` files
        relative to the folder of the table. If ``track_id`` is missing, the path of the audio file is used, or the
        row number if the track has no audio. All other columns are kept. Tags are not read. Rows whose audio file
        does not exist are kept.
    folders : str or sequence of str, default=None
        Columns to read from the names of the subfolders of `source`, starting with the first level. With
        ``folders="language,genre"``, the file ``hindi/folk/song.mp3`` has language "hindi" and genre "folk". These
        values replace the tags. They are missing for files that are not in such a subfolder. Must be None if `source`
        is a table.

    Returns
    -------
    tracks : pandas.DataFrame of shape (n_tracks, n_columns)
        Track table. Its first columns are ``track_id`` (unique), ``audio`` (absolute path or URL), ``lyrics`` (text
        without LRC timestamps), ``title``, ``artist``, ``language`` and ``genre``. They contain strings or missing
        values. Other columns follow.

    Raises
    ------
    FileNotFoundError
        If `source` does not exist.
    EmptyLibraryError
        If `source` contains no tracks.
    TypeError
        If `folders` contains values that are not strings.
    ValueError
        If `source` is neither a folder nor a readable table, if `folders` is invalid, or if values of ``track_id``
        are repeated.

    Warns
    -----
    TrackWarning
        If lyrics or tags cannot be read, or are read as Latin-1 because they are neither UTF-8 nor UTF-16. There is
        one warning for the whole library. Its attribute ``failures`` lists the tracks.

    See Also
    --------
    iter_tracks : Load a music library in chunks.
    load_feature_table : Load a table of precomputed features.
    make_songs : Generate a small library of songs.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from skvae.datasets import load_tracks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = pathlib.Path(folder, "tracks.csv")
    ...     _ = table.write_text("audio,lyrics,genre\na.mp3,la la,pop\nb.mp3,,rock\n")
    ...     tracks = load_tracks(table)
    >>> tracks[["track_id", "lyrics", "genre"]]
      track_id lyrics genre
    0    a.mp3  la la   pop
    1    b.mp3    NaN  rock
    """
    source, folders = resolve_source(source, folders)
    failures = []
    if source.is_dir():
        rows = list(read_folder(source, folders, failures))
        if not rows:
            raise EmptyLibraryError(
                f"source={str(source)!r} contains no audio files. Pass a folder with audio files, or a table."
            )
        tracks = make_table(rows, folders)
    else:
        table = read_table(source, failures)
        check_columns(source, table)
        tracks = complete_tracks(table, source.parent, failures)
    _check_unique_ids(source, tracks["track_id"])
    if failures:
        warnings.warn(TrackWarning(failures), stacklevel=2)
    return tracks


def _check_unique_ids(source, track_ids):
    """Raise an error if values of ``track_id`` are repeated."""
    repeated = track_ids[track_ids.duplicated()].unique()
    if len(repeated):
        more = f" and {len(repeated) - 5} more" if len(repeated) > 5 else ""
        raise ValueError(
            f"track_id must be unique, but {source.name!r} contains repeated values: "
            f"{', '.join(map(repr, repeated[:5]))}{more}. Remove these rows or give them different track_ids."
        )
