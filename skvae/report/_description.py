"""From the track table to numbers, failed tracks set aside with the reason."""

import logging
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..features import make_track_features
from ..lyrics import LyricsEmbedder, LyricsVectorizer

logger = logging.getLogger(__name__)

MODALITIES = ("both", "audio", "lyrics")
FEWEST = 4  # songs that can be told apart into two groups


class NothingUsableError(ValueError):
    """Too few tracks of a library can be described.

    Parameters
    ----------
    message : str
        What is missing.
    failures : dict of str to str
        Reason by ``track_id``.

    Attributes
    ----------
    failures : dict of str to str
        As given.

    Examples
    --------
    >>> from skvae.report import NothingUsableError
    >>> NothingUsableError("no song can be used", {"a.mp3": "empty file"}).failures
    {'a.mp3': 'empty file'}
    """

    def __init__(self, message, failures):
        super().__init__(message, failures)
        self.failures = failures

    def __str__(self):
        return self.args[0]


@dataclass
class Description:
    """What is known of every track as numbers.

    Attributes
    ----------
    modality : {"both", "audio", "lyrics"}
        What was used in the end.
    table : DataFrame of shape (n_usable, n_features)
        Columns ``audio__*``, ``lyrics__*`` and ``<condition>__*`` of the tracks that can be used.
    usable : ndarray of bool of shape (n_tracks,)
        Which they are.
    reasons : ndarray of str of shape (n_tracks,)
        What is wrong with a track, also with one that is usable by its other modality; empty where nothing is.
    seconds : ndarray of float of shape (n_tracks,)
        Seconds of sound described; NaN where sound was not looked at.
    audio : DataFrame of n_tracks rows or None
        Descriptors as `AudioFeatureExtractor` names them.
    has_lyrics : ndarray of bool of shape (n_tracks,)
        Whether there are words.
    notes : list of str
        What a reader of the results should know.
    """

    modality: str
    table: pd.DataFrame
    usable: np.ndarray
    reasons: np.ndarray
    seconds: np.ndarray
    audio: pd.DataFrame | None
    has_lyrics: np.ndarray
    notes: list = field(default_factory=list)

    @property
    def features(self):
        """The table without condition columns: what is to be clustered."""
        return self.table.filter(regex="^(audio|lyrics)__")


def describe_library(tracks, *, modality, condition, lyrics, extractor, clock, verbose):
    """Describe all tracks.

    Parameters
    ----------
    tracks : DataFrame
        The track table.
    modality : {"both", "audio", "lyrics"}
        What to use; "both" is what there is of the two.
    condition : str, list of str or None
        As in `make_track_features`.
    lyrics : "tfidf", str or transformer
        "tfidf", the name or folder of a sentence-transformers model, or a transformer of texts.
    extractor : AudioFeatureExtractor
        Unfitted; describes the audio.
    clock : callable
        Gives a context manager that times the stage that it is named after.
    verbose : int
        Above 0, progress bars on a terminal.

    Returns
    -------
    Description
        The numbers.

    Raises
    ------
    NothingUsableError
        If fewer than four tracks can be used.
    """
    n = len(tracks)
    audio, seconds, problems, notes = None, np.full(n, np.nan), np.full(n, "", dtype=object), []
    if modality != "lyrics":
        with clock("audio"):
            audio, failures, described = extractor.extract(tracks["audio"])
        seconds = described.to_numpy(dtype=float)
        problems[failures["row"].to_numpy(dtype=int)] = "audio: " + failures["reason"].to_numpy(dtype=object)
    has_audio, has_lyrics = seconds > 0, _has_lyrics(tracks)
    if modality == "both" and has_lyrics.any() and not has_audio.any():
        modality, audio = "lyrics", None
        notes.append("no song has audio that can be described: clustering by lyrics alone")
    elif modality == "both" and has_audio.any() and not has_lyrics.any():
        modality = "audio"
        notes.append("no song has lyrics: clustering by audio alone")
    transformer = _lyrics_transformer(lyrics, extractor.memory, verbose)
    with clock("lyrics"):
        usable = {"audio": has_audio, "lyrics": has_lyrics, "both": has_audio | has_lyrics}[modality]
        if modality != "audio":
            problems[~usable] = [_join(problem, "no lyrics") for problem in problems[~usable]]
        _check_enough(tracks, usable, problems, modality)
        blocks = [audio[usable].add_prefix("audio__")] if modality != "lyrics" else []
        rest = make_track_features(audio=None, lyrics=transformer, condition=condition)
        if modality == "audio":
            rest.set_params(lyrics="drop")
        if modality != "audio" or condition:
            blocks.append(rest.fit_transform(tracks[usable]))
    table = pd.concat([block.reset_index(drop=True) for block in blocks], axis=1).astype(np.float32)
    for note in notes:
        logger.info(note)
    return Description(modality, table, usable, problems, seconds, audio, has_lyrics, notes)


def _lyrics_transformer(lyrics, memory, verbose):
    if not isinstance(lyrics, str):
        return lyrics
    if lyrics == "tfidf":
        return LyricsVectorizer(random_state=0)
    return LyricsEmbedder(lyrics, memory=memory, verbose=verbose)


def _has_lyrics(tracks):
    """Whether a track has a text with a letter or digit, as the transformers of texts see it."""
    texts = tracks["lyrics"] if "lyrics" in tracks else pd.Series(None, index=tracks.index, dtype=object)
    return np.array([not pd.isna(text) and any(char.isalnum() for char in str(text)) for text in texts], dtype=bool)


def _join(*problems):
    return "; ".join(filter(None, problems))


def _check_enough(tracks, usable, problems, modality):
    n_usable = int(usable.sum())
    if n_usable < FEWEST:
        what = {"both": "audio or lyrics", "audio": "audio", "lyrics": "lyrics"}[modality]
        found = f"only {n_usable} of {len(tracks)} songs have" if n_usable else f"none of the {len(tracks)} songs has"
        failures = dict(zip(tracks["track_id"][~usable], problems[~usable], strict=True))
        raise NothingUsableError(f"{found} {what} that can be used; at least {FEWEST} are needed", failures)
