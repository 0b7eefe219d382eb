"""Audio and lyrics of a track table: extraction, availability and reasons."""

import numpy as np
import pandas as pd

from ...lyrics import LyricsEmbedder, LyricsVectorizer
from .._blocks import join_reasons

MODALITIES = ("both", "audio", "lyrics")


def make_empty_reasons(tracks):
    """Return an array with one empty string per track."""
    return np.full(len(tracks), "", dtype=object)


def remove_audio_paths(tracks):
    """Set the column ``audio`` to None, so that a transformer does not decode the recordings again."""
    return tracks.assign(audio=None) if "audio" in tracks else tracks


def insert_audio(table, extracted, usable):
    """Insert the audio features of the usable tracks into a table that was computed without recordings."""
    table = table.reset_index(drop=True)
    table[list(extracted.features)] = extracted.features[usable].to_numpy()
    return table.astype(np.float32)


def detect_lyrics(tracks):
    """Return for each track whether its lyrics contain a letter or digit, as the lyrics transformers require."""
    texts = tracks["lyrics"] if "lyrics" in tracks else pd.Series(None, index=tracks.index, dtype=object)
    return np.array([not pd.isna(text) and any(char.isalnum() for char in str(text)) for text in texts], dtype=bool)


def make_lyrics_transformer(lyrics, memory, verbose, offline=False):
    """Return the transformer of the lyrics: "tfidf", the name of a model, or the given transformer."""
    if not isinstance(lyrics, str):
        return lyrics
    if lyrics == "tfidf":
        return LyricsVectorizer(random_state=0)
    return LyricsEmbedder(lyrics, memory=memory, verbose=verbose, local_files_only=offline)


def find_modality(blocks):
    """Return the modality of blocks: "lyrics" for the block of that name, "audio" for all others, or "both"."""
    audio, lyrics = set(blocks) - {"lyrics"}, "lyrics" in blocks
    return "both" if audio and lyrics else "lyrics" if lyrics else "audio"


def find_usable_tracks(has_audio, has_lyrics, modality):
    """Return for each track whether it has the modality, or at least one of the two for "both"."""
    return {"audio": has_audio, "lyrics": has_lyrics, "both": has_audio | has_lyrics}[modality]


def add_missing_lyrics(reasons, usable, modality):
    """Append "no lyrics" to the reasons of the unusable tracks, in place. Ignored if `modality` is "audio"."""
    if modality != "audio":
        reasons[~usable] = [join_reasons(reason, "no lyrics") for reason in reasons[~usable]]
