"""Audio and lyrics of a track table: extraction, availability and reasons."""

import numpy as np
import pandas as pd

from ...lyrics import LyricsEmbedder, LyricsVectorizer
from .._blocks import join_reasons

MODALITIES = ("both", "audio", "lyrics")


def extract_audio(extractor, tracks):
    """Compute the audio features of all tracks.

    Parameters
    ----------
    extractor : AudioFeatureExtractor or AudioEmbedder
        Computes the features.
    tracks : DataFrame with n_tracks rows
        Track table with the column ``audio``.

    Returns
    -------
    audio : DataFrame with n_tracks rows
        Features. NaN if a recording cannot be decoded.
    seconds : ndarray of float of shape (n_tracks,)
        Duration of the analyzed audio in seconds.
    reasons : ndarray of str of shape (n_tracks,)
        Problem with each recording. Empty if there is no problem.
    """
    audio, failures, seconds = extractor.extract(tracks["audio"])
    reasons = make_empty_reasons(tracks)
    reasons[failures["row"].to_numpy(dtype=int)] = "audio: " + failures["reason"].to_numpy(dtype=object)
    return audio, seconds.to_numpy(dtype=float), reasons


def make_empty_reasons(tracks):
    """Return an array with one empty string per track."""
    return np.full(len(tracks), "", dtype=object)


def remove_audio_paths(tracks):
    """Set the column ``audio`` to None, so that a transformer does not decode the recordings again."""
    return tracks.assign(audio=None) if "audio" in tracks else tracks


def insert_audio(table, audio, usable):
    """Insert the audio features of the usable tracks into a table that was computed without recordings."""
    table = table.reset_index(drop=True)
    if audio is not None:
        columns = [name for name in table if name.startswith("audio__")]
        table[columns] = audio[usable].to_numpy()
    return table.astype(np.float32)


def detect_lyrics(tracks):
    """Return for each track whether its lyrics contain a letter or digit, as the lyrics transformers require."""
    texts = tracks["lyrics"] if "lyrics" in tracks else pd.Series(None, index=tracks.index, dtype=object)
    return np.array([not pd.isna(text) and any(char.isalnum() for char in str(text)) for text in texts], dtype=bool)


def make_lyrics_transformer(lyrics, memory, verbose):
    """Return the transformer of the lyrics: "tfidf", the name of a model, or the given transformer."""
    if not isinstance(lyrics, str):
        return lyrics
    if lyrics == "tfidf":
        return LyricsVectorizer(random_state=0)
    return LyricsEmbedder(lyrics, memory=memory, verbose=verbose)


def find_usable_tracks(has_audio, has_lyrics, modality):
    """Return for each track whether it has the modality, or at least one of the two for "both"."""
    return {"audio": has_audio, "lyrics": has_lyrics, "both": has_audio | has_lyrics}[modality]


def add_missing_lyrics(reasons, usable, modality):
    """Append "no lyrics" to the reasons of the unusable tracks, in place. Ignored if `modality` is "audio"."""
    if modality != "audio":
        reasons[~usable] = [join_reasons(reason, "no lyrics") for reason in reasons[~usable]]
