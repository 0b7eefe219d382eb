"""From the track table to numbers, failed tracks set aside with the reason."""

import logging
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer

from ..lyrics import LyricsEmbedder, LyricsVectorizer
from ._blocks import about_blocks, feature_blocks, feature_names, join, settle
from ._condition import OneHotCondition
from ._tracks import make_track_features

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
    transformer : ColumnTransformer
        Fitted; makes the table from tracks, or from a table of ready features.
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
    about : dict
        How each block was made, as far as it is known: what must be equal for rows to be compared.
    notes : list of str
        What a reader of the results should know.
    """

    modality: str
    transformer: ColumnTransformer
    table: pd.DataFrame
    usable: np.ndarray
    reasons: np.ndarray
    seconds: np.ndarray
    audio: pd.DataFrame | None
    has_lyrics: np.ndarray
    about: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    @property
    def features(self):
        """The table without condition columns: what is to be clustered."""
        return self.table[feature_names(self.transformer)]


def describe_tracks(tracks, *, modality, condition, lyrics, extractor, clock, verbose=0, fewest=FEWEST):
    """Describe songs, and learn what describing needs to learn.

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
    fewest : int
        Tracks that must be usable.

    Returns
    -------
    Description
        The numbers.

    Raises
    ------
    NothingUsableError
        If fewer than that can be used.
    """
    audio, seconds, problems = None, np.full(len(tracks), np.nan), np.full(len(tracks), "", dtype=object)
    if modality != "lyrics":
        with clock("audio"):
            audio, seconds, problems = _hear(extractor, tracks)
    has_audio, has_lyrics, notes = seconds > 0, has_words(tracks), []
    if modality == "both" and has_lyrics.any() and not has_audio.any():
        modality, audio = "lyrics", None
        notes.append("no song has audio that can be described: clustering by lyrics alone")
    elif modality == "both" and has_audio.any() and not has_lyrics.any():
        modality = "audio"
        notes.append("no song has lyrics: clustering by audio alone")
    with clock("lyrics"):
        usable = _usable(has_audio, has_lyrics, modality)
        _add_missing(problems, usable, modality)
        _check_enough(tracks, usable, problems, {"both": "audio or lyrics"}.get(modality, modality), fewest)
        transformer = make_track_features(
            audio=None if modality == "lyrics" else extractor,
            lyrics=None if modality == "audio" else lyrics_transformer(lyrics, extractor.memory, verbose),
            condition=condition,
        )
        columns = [column for _, _, column in transformer.transformers]
        table = _beside(audio, usable, transformer.fit_transform(_unheard(tracks.loc[usable, columns])))
    for note in notes:
        logger.info(note)
    return Description(
        modality, transformer, table, usable, problems, seconds, audio, has_lyrics, about_blocks(transformer), notes
    )


def describe_table(table, *, modality, condition):
    """Take songs that are described already.

    Parameters
    ----------
    table : FeatureTable
        The songs.
    modality : {"both", "audio", "lyrics"}
        Which blocks to use: all, all but the lyrics, or the lyrics.
    condition : str, list of str or None
        As in `make_track_features`.

    Returns
    -------
    Description
        The numbers.

    Raises
    ------
    NothingUsableError
        If fewer than four rows can be used.
    """
    blocks = {
        name: columns
        for name, columns in table.blocks.items()
        if modality == "both" or (name == "lyrics") == (modality == "lyrics")
    }
    if not blocks:
        raise ValueError(f"modality={modality!r} is not in the table: it has {', '.join(table.blocks)}")
    conditions = [condition] if isinstance(condition, str) else condition or []
    transformer = ColumnTransformer(
        [(name, "passthrough", columns) for name, columns in blocks.items()]
        + [(name, OneHotCondition(), name) for name in conditions]
    ).set_output(transform="pandas")
    features, observed, problems = settle(table.features, blocks, table.tracks)
    usable = observed.any(axis=1)
    _check_enough(table.tracks, usable, problems, " or ".join(blocks))
    known = pd.concat([table.tracks[conditions], features], axis=1)
    found = transformer.fit_transform(known[usable]).reset_index(drop=True)
    audio = _descriptors(features, blocks)
    used = "both" if len(blocks) > 1 else "lyrics" if "lyrics" in blocks else "audio"
    has_lyrics = observed[:, list(blocks).index("lyrics")] if "lyrics" in blocks else np.zeros(len(features), bool)
    about = {name: table.about[name] for name in blocks if name in table.about}
    notes = [f"left out of the features: {_by_reason(table.dropped)}"] if table.dropped else []
    return Description(
        used, transformer, found, usable, problems, _seconds(table.tracks), audio, has_lyrics, about, notes
    )


def describe_again(transformer, chunk):
    """Describe further songs as a fitted transformer does.

    Parameters
    ----------
    transformer : ColumnTransformer
        Of a `Description`.
    chunk : DataFrame or FeatureTable
        Tracks; or songs described already, whose features have the names that the transformer takes or makes.

    Returns
    -------
    Description
        The numbers.
    """
    blocks = feature_blocks(transformer)
    conditions = [name for name, step, _ in transformer.transformers_ if isinstance(step, OneHotCondition)]
    if isinstance(chunk, pd.DataFrame):
        audio, seconds, problems = None, np.full(len(chunk), np.nan), np.full(len(chunk), "", dtype=object)
        if "audio" in blocks:
            audio, seconds, problems = _hear(transformer.named_transformers_["audio"], chunk)
        has_lyrics = has_words(chunk)
        modality = "both" if len(blocks) > 1 else next(iter(blocks))
        usable = _usable(seconds > 0, has_lyrics, modality)
        _add_missing(problems, usable, modality)
        some = _unheard(chunk[usable])
        table = _beside(audio, usable, transformer.transform(some)) if len(some) else pd.DataFrame()
    else:
        features, observed, problems = settle(chunk.features, blocks, chunk.tracks)
        usable, seconds = observed.any(axis=1), _seconds(chunk.tracks)
        audio, has_lyrics = _descriptors(features, blocks), np.zeros(len(features), bool)
        renamed = features.set_axis(feature_names(transformer), axis=1)
        one_hot = [
            pd.DataFrame(step.transform(chunk.tracks[name]), features.index, [f"{name}__{v}" for v in step.categories_])
            for name, step in ((name, transformer.named_transformers_[name]) for name in conditions)
        ]
        table = pd.concat([renamed, *one_hot], axis=1)[usable].reset_index(drop=True)
        modality = "both" if len(blocks) > 1 else next(iter(blocks))
    about = about_blocks(transformer) if isinstance(chunk, pd.DataFrame) else {}
    return Description(modality, transformer, table, usable, problems, seconds, audio, has_lyrics, about)


def _hear(extractor, tracks):
    """Descriptors, seconds and problems of all tracks."""
    audio, failures, seconds = extractor.extract(tracks["audio"])
    problems = np.full(len(tracks), "", dtype=object)
    problems[failures["row"].to_numpy(dtype=int)] = "audio: " + failures["reason"].to_numpy(dtype=object)
    return audio, seconds.to_numpy(dtype=float), problems


def _unheard(tracks):
    """Tracks without the sound, which is described already."""
    return tracks.assign(audio=None) if "audio" in tracks else tracks


def _beside(audio, usable, table):
    """Put the descriptors of the usable tracks into the table that was made without the sound."""
    table = table.reset_index(drop=True)
    if audio is not None:
        columns = [name for name in table if name.startswith("audio__")]
        table[columns] = audio[usable].to_numpy()
    return table.astype(np.float32)


def _descriptors(features, blocks):
    """Features under the names of `AudioFeatureExtractor`, so far as they are those; None without any."""
    columns = [name for block, names in blocks.items() if block != "lyrics" for name in names]
    if not columns:
        return None
    return features[columns].set_axis([name.split("__", 1)[-1] for name in columns], axis=1).reset_index(drop=True)


def _seconds(tracks):
    seconds = tracks["seconds"] if "seconds" in tracks else np.full(len(tracks), np.nan)
    return np.asarray(pd.to_numeric(seconds, errors="coerce"), dtype=float)


def _by_reason(dropped):
    grouped = {}
    for name, reason in dropped.items():
        grouped.setdefault(reason, []).append(str(name))
    return "; ".join(f"{', '.join(names)} ({reason})" for reason, names in grouped.items())


def _usable(has_audio, has_lyrics, modality):
    return {"audio": has_audio, "lyrics": has_lyrics, "both": has_audio | has_lyrics}[modality]


def _add_missing(problems, usable, modality):
    if modality != "audio":
        problems[~usable] = [join(problem, "no lyrics") for problem in problems[~usable]]


def lyrics_transformer(lyrics, memory, verbose):
    if not isinstance(lyrics, str):
        return lyrics
    if lyrics == "tfidf":
        return LyricsVectorizer(random_state=0)
    return LyricsEmbedder(lyrics, memory=memory, verbose=verbose)


def has_words(tracks):
    """Whether a track has a text with a letter or digit, as the transformers of texts see it."""
    texts = tracks["lyrics"] if "lyrics" in tracks else pd.Series(None, index=tracks.index, dtype=object)
    return np.array([not pd.isna(text) and any(char.isalnum() for char in str(text)) for text in texts], dtype=bool)


def _check_enough(tracks, usable, problems, what, fewest=FEWEST):
    n_usable = int(usable.sum())
    if n_usable < fewest:
        found = f"only {n_usable} of {len(tracks)} songs have" if n_usable else f"none of the {len(tracks)} songs has"
        failures = dict(zip(tracks["track_id"][~usable], problems[~usable], strict=True))
        raise NothingUsableError(f"{found} {what} that can be used; at least {fewest} are needed", failures)
