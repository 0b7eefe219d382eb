"""The track table of a library of any size on a disk, and what is learned from it before songs are described."""

import warnings
from contextlib import contextmanager

import numpy as np
import pandas as pd
from pandas.util import hash_array

from ...audio import AudioFeatureExtractor
from ...datasets import TrackWarning, iter_tracks, load_tracks
from ...datasets.tracks._columns import COLUMNS
from ...features import make_track_features
from ...features.computation._modalities import MODALITIES, detect_lyrics, make_lyrics_transformer
from ...features.computation._result import NothingUsableError
from ..output._atomic_write import whole

LEARNED = 20_000
"""Lyrics that n-grams are learned from, at most: a sample of them where there are more."""


def write_tracks(source, path, *, folders, part_size, survey, verbose):
    """Write the track table as Parquet, a row group for each part.

    Parameters
    ----------
    source : Path
        The library.
    path : Path
        The file.
    folders : str, list of str or None
        As for `load_tracks`.
    part_size : int
        Rows of a part, at most.
    survey : LibrarySummary
        What is in the library.
    verbose : int
        Above 0, a progress bar on a terminal.

    Raises
    ------
    ValueError
        If a ``track_id`` stands in two rows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq
    from tqdm import tqdm

    schema = pa.schema(list((dict.fromkeys(COLUMNS, pa.large_string()) | survey.column_types).items()))
    ids = []
    progress = tqdm(None, "tags and lyrics", survey.n_tracks, unit="song", disable=None if verbose else True)
    with progress, _one_warning(), whole(path) as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for tracks in iter_tracks(source, part_size, folders=folders):
                writer.write_table(pa.Table.from_pandas(tracks, preserve_index=False).cast(schema))
                ids.append(hash_array(tracks["track_id"].to_numpy(dtype=object)))
                progress.update(len(tracks))
        ids = np.concatenate(ids)
        if len(np.unique(ids)) < len(ids):
            load_tracks(source, folders=folders)  # says which


@contextmanager
def _one_warning():
    """Make one warning of those that come chunk by chunk."""
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


def learn(path, *, modality, lyrics, duration, excerpts, memory, verbose):
    """Make what describes songs, and let it learn from their lyrics what it needs to.

    Parameters
    ----------
    path : Path
        What `write_tracks` wrote.
    modality : {"both", "audio", "lyrics"}
        What to describe the songs by; "both" is what there is of the two.
    lyrics : str
        As for `describe_to_disk`.
    duration : float
        Seconds of each song that are described.
    excerpts : int or None
        Number of excerpts that make them up.
    memory : str or None
        Folder that keeps descriptions between runs.
    verbose : int
        Above 0, progress bars on a terminal.

    Returns
    -------
    ColumnTransformer
        Fitted.

    Raises
    ------
    NothingUsableError
        If lyrics are asked for, and there are none.
    """
    if modality not in MODALITIES:
        raise ValueError(f"modality={modality!r} must be one of {', '.join(MODALITIES)}")
    texts, n_lyrics, n_audio = _sample_lyrics(path)
    if modality == "both":
        modality = "audio" if not n_lyrics else "both" if n_audio else "lyrics"
    if modality == "lyrics" and not n_lyrics:
        raise NothingUsableError("no song has lyrics that can be used", {})
    extractor = AudioFeatureExtractor(duration=duration, excerpts=excerpts, on_error="ignore")
    transformer = make_track_features(
        audio=None if modality == "lyrics" else extractor,
        lyrics=None if modality == "audio" else make_lyrics_transformer(lyrics, memory, verbose),
    )
    if lyrics != "tfidf":
        texts = texts[:1]  # a language model learns nothing from them
    return transformer.fit(pd.DataFrame({"audio": None, "lyrics": texts or [None]}, dtype=object))


def _sample_lyrics(path):
    """Lyrics, all or a random sample (Vitter's algorithm R: one pass), and the numbers of lyrics and of recordings."""
    import pyarrow.parquet as pq

    texts, n_lyrics, n_audio = [], 0, 0
    rng = np.random.default_rng(0)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(1000, columns=["audio", "lyrics"]):
            tracks = batch.to_pandas()
            n_audio += int(tracks["audio"].notna().sum())
            for text in tracks["lyrics"][detect_lyrics(tracks)]:
                n_lyrics += 1
                if len(texts) < LEARNED:
                    texts.append(text)
                elif (place := rng.integers(n_lyrics)) < LEARNED:
                    texts[place] = text
    return texts, n_lyrics, n_audio
