"""Fit the feature transformer of a large library on a sample of its lyrics."""

import numpy as np
import pandas as pd

from ...features import make_track_features
from ...features._audio_blocks import make_audio_blocks
from ...features.computation._modalities import MODALITIES, detect_lyrics, make_lyrics_transformer
from ...features.computation._result import NothingUsableError

MAX_LYRICS = 20_000
"""Maximum number of lyrics on which n-grams are fitted. A subsample is used for larger libraries."""


def fit_transformer(path, *, modality, audio, lyrics, duration, excerpts, offline, memory, verbose):
    """Create the feature transformer of a library, and fit its lyrics features.

    Parameters
    ----------
    path : Path
        Track table written by `write_tracks`.
    modality : {"both", "audio", "lyrics"}
        Features to compute. "both" uses the modalities that the library contains.
    audio : str or list of str
        Descriptors and audio models.
    lyrics : str
        Lyrics features, as in `describe_to_disk`.
    duration : float or None
        Number of seconds of each recording to analyze.
    excerpts : int or None
        Number of excerpts over which `duration` is spread.
    offline : bool
        Whether downloads are forbidden.
    memory : str or None
        Cache folder for lyrics features. None disables the cache.
    verbose : int
        Verbosity level. Progress bars are shown if it is greater than 0.

    Returns
    -------
    ColumnTransformer
        Fitted transformer.

    Raises
    ------
    NothingUsableError
        If `modality` is "lyrics" and no track has lyrics.
    """
    if modality not in MODALITIES:
        raise ValueError(f"modality must be one of {', '.join(MODALITIES)}, got {modality!r}.")
    texts, n_lyrics, n_audio = _sample_lyrics(path)
    if modality == "both":
        modality = "audio" if not n_lyrics else "both" if n_audio else "lyrics"
    if modality == "lyrics" and not n_lyrics:
        raise NothingUsableError("No track has lyrics that can be used. Use modality='audio' or 'both'.", {})
    blocks = make_audio_blocks(audio, offline=offline, duration=duration, excerpts=excerpts, on_error="ignore")
    transformer = make_track_features(
        audio=None if modality == "lyrics" else blocks,
        lyrics=None if modality == "audio" else make_lyrics_transformer(lyrics, memory, verbose, offline),
    )
    if lyrics != "tfidf":
        texts = texts[:1]  # pretrained models are not fitted
    return transformer.fit(pd.DataFrame({"audio": None, "lyrics": texts or [None]}, dtype=object))


def _sample_lyrics(path):
    """Return a sample of the lyrics, the number of lyrics, and the number of recordings.

    The sample is uniform (reservoir sampling, Vitter's algorithm R), so that one pass is enough.
    """
    import pyarrow.parquet as pq

    texts, n_lyrics, n_audio = [], 0, 0
    rng = np.random.default_rng(0)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(1000, columns=["audio", "lyrics"]):
            tracks = batch.to_pandas()
            n_audio += int(tracks["audio"].notna().sum())
            for text in tracks["lyrics"][detect_lyrics(tracks)]:
                n_lyrics += 1
                if len(texts) < MAX_LYRICS:
                    texts.append(text)
                elif (position := rng.integers(n_lyrics)) < MAX_LYRICS:
                    texts[position] = text
    return texts, n_lyrics, n_audio
