"""Chunks of the source of a prediction, checked against the model."""

import pandas as pd

from ..._paths import audio_folders
from ...datasets import is_feature_table, iter_feature_table, iter_tracks
from ...datasets.tables._parts import MANIFEST, is_parts_folder
from ...features import OneHotCondition

CHUNK_TRACKS = 128
"""Number of tracks per chunk."""

CHUNK_FEATURES = 8192
"""Number of rows of a feature table per chunk."""


def read_source(model, source, folders, out):
    """Yield chunks of a track table or a feature table.

    Parameters
    ----------
    model : LibraryModel
        Model that labels the tracks.
    source : Path
        Music library, track table or feature table.
    folders : str, list of str or None
        Columns for folder names, as in `load_tracks`.
    out : Path
        Output folder, which must be outside the library.

    Yields
    ------
    DataFrame or FeatureTable
        Chunk of the track table or the feature table.

    Raises
    ------
    ValueError
        If the source does not fit the model, or `out` is inside the library.
    """
    if folders is None and is_feature_table(source):
        return _check_chunks(model, iter_feature_table(source, model.blocks, CHUNK_FEATURES), source, out)
    if not model.takes_tracks:
        solution = (
            "Compute the features first with `skvae features --like TABLE`, where TABLE is the table of the model."
            if model.blocks.keys() <= model.about.keys()  # otherwise, skvae did not compute the table
            else "Pass a feature table with the same columns. skvae cannot compute them from audio or lyrics."
        )
        raise ValueError(f"The model was fitted on a feature table, but {source} is not a feature table. {solution}")
    return _check_chunks(model, iter_tracks(source, CHUNK_TRACKS, folders=folders), source, out)


def get_tracks(chunk):
    """Return the track table of a chunk."""
    return chunk if isinstance(chunk, pd.DataFrame) else chunk.tracks


def skip_rows(chunks, table, source):
    """Yield the chunks without the rows that the table already contains.

    Parameters
    ----------
    chunks : iterable of DataFrame or FeatureTable
        Chunks of the source.
    table : ResumableTable
        Table with the rows of an interrupted call.
    source : Path
        Source, for the error message.

    Yields
    ------
    DataFrame or FeatureTable
        Chunk with the remaining rows.

    Raises
    ------
    ValueError
        If the last row of the table is not at the same position in the source.
    """
    skipped = 0
    for chunk in chunks:
        tracks = get_tracks(chunk)
        n_skipped = min(table.continued - skipped, len(tracks))
        skipped += n_skipped
        if n_skipped and skipped == table.continued and str(tracks["track_id"].iloc[n_skipped - 1]) != table.last:
            raise ValueError(
                f"{source} has changed since the interrupted run in {table.folder}. "
                "Use another output folder or delete this folder."
            )
        if n_skipped == len(tracks):
            continue
        if n_skipped and tracks is chunk:
            chunk = chunk[n_skipped:]
        elif n_skipped:
            chunk = chunk._replace(tracks=chunk.tracks[n_skipped:], features=chunk.features[n_skipped:])
        yield chunk


def source_stamp(source):
    """Return size and modification time of a table, to detect changes. None for a folder of audio files."""
    source = source / MANIFEST if is_parts_folder(source) else source
    stat = source.stat()
    return None if source.is_dir() else [stat.st_size, stat.st_mtime_ns]


def _check_chunks(model, chunks, source, out):
    conditions = [name for name, step, _ in model.pipeline[0].transformers_ if isinstance(step, OneHotCondition)]
    output_folders = {out.resolve(), (out / "playlists").resolve()}
    for chunk in chunks:
        tracks = get_tracks(chunk)
        for name in conditions:
            if name not in tracks:
                raise ValueError(
                    f"The model requires the condition column {name!r}, but {source} has no such column. Add it."
                )
        if output_folders & {folder.resolve() for folder in audio_folders(tracks["audio"])}:
            raise ValueError(f"{out} is inside the music library, which is never written to. Use another folder.")
        if tracks is not chunk:
            _check_same_settings(model.about, chunk.about, source)
        yield chunk


def _check_same_settings(expected, actual, source):
    """Raise ValueError if the features were computed with other settings than those of the model."""
    for block in expected.keys() & actual.keys():
        # Settings that only one of the two contains were added in a later version, with a default that changes nothing.
        different = [
            key for key in expected[block] if key in actual[block] and expected[block][key] != actual[block][key]
        ]
        if different == ["learned"]:
            raise ValueError(
                f"The {block} features of {source} were fitted on other tracks than the features of the model. Compute "
                "them with `skvae features --like MODEL`."
            )
        if different:
            key = different[0]
            raise ValueError(
                f"The {block} features of {source} were computed with other settings than those of the model "
                f"({key}: {actual[block][key]!r} != {expected[block][key]!r}). Compute them with "
                "`skvae features --like MODEL`."
            )
