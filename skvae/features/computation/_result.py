"""Result of the computation of features, and the error for too few usable tracks."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer

from .._blocks import get_block_settings, get_feature_names, shorten_column_names
from ._tags import get_tags

# Smallest number of tracks that can be divided into two groups of two.
MIN_TRACKS = 4


class NothingUsableError(ValueError):
    """Error raised if too few tracks have usable audio or lyrics.

    Parameters
    ----------
    message : str
        Error message.
    failures : dict of str to str
        Reason for each unusable track. The keys are values of ``track_id``.

    Attributes
    ----------
    failures : dict of str to str
        Reason for each unusable track.

    Examples
    --------
    >>> from skvae.report import NothingUsableError
    >>> NothingUsableError("no track can be used", {"a.mp3": "empty file"}).failures
    {'a.mp3': 'empty file'}
    """

    def __init__(self, message, failures):
        super().__init__(message, failures)
        self.failures = failures

    def __str__(self):
        return self.args[0]


@dataclass
class ComputedFeatures:
    """Features of tracks.

    Attributes
    ----------
    modality : {"both", "audio", "lyrics"}
        Features that were computed. Differs from the requested modality if no track has audio or no track has lyrics.
    transformer : ColumnTransformer
        Fitted transformer. Computes the table from a track table or from a feature table.
    table : DataFrame of shape (n_usable, n_features)
        Columns ``audio__*``, ``lyrics__*`` and ``<condition>__*`` of the usable tracks.
    usable : ndarray of bool of shape (n_tracks,)
        Whether each track can be used.
    reasons : ndarray of str of shape (n_tracks,)
        Problem with each track. Empty if there is no problem. A track with a problem in one modality is usable if it
        has the other modality.
    seconds : ndarray of float of shape (n_tracks,)
        Duration of the analyzed audio in seconds. NaN if no audio was analyzed.
    audio : DataFrame with n_tracks rows or None
        Audio features with the column names of `AudioFeatureExtractor`. None if there are no audio
        features.
    has_lyrics : ndarray of bool of shape (n_tracks,)
        Whether each track has lyrics.
    about : dict
        Settings of each block. Two tables are comparable if their settings are equal. A block is missing if its
        settings are unknown.
    notes : list of str
        Notes for the reader of the results.
    tags : ndarray of str of shape (n_tracks,) or None
        The first five tags of each track, most probable first, joined by "|": those of the column ``tags``, or those
        that an audio model predicts. Empty if they are unknown. None if no tags are known.
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
    tags: np.ndarray | None = None

    @classmethod
    def from_tracks(cls, tracks, modality, transformer, table, usable, extracted, has_lyrics, notes=()):
        """Create the result for a track table.

        Parameters
        ----------
        tracks : DataFrame with n_tracks rows
            Track table.
        extracted : ExtractedAudio
            Audio features of all tracks. Its columns are empty if there are no audio features.
        modality, transformer, table, usable, has_lyrics, notes : object
            See the attributes.

        Returns
        -------
        ComputedFeatures
            Features of the tracks.
        """
        return cls(
            modality,
            transformer,
            table,
            usable,
            extracted.reasons,
            extracted.seconds,
            None if extracted.features.columns.empty else shorten_column_names(extracted.features),
            has_lyrics,
            get_block_settings(transformer),
            list(notes),
            get_tags(tracks, extracted.tags),
        )

    @property
    def features(self):
        """The table without condition columns."""
        return self.table[get_feature_names(self.transformer)]


def check_enough_tracks(tracks, usable, reasons, content, min_tracks=MIN_TRACKS):
    """Raise `NothingUsableError` if fewer than `min_tracks` tracks are usable.

    Parameters
    ----------
    tracks : DataFrame with n_tracks rows
        Track table with the column ``track_id``.
    usable : ndarray of bool of shape (n_tracks,)
        Whether each track can be used.
    reasons : ndarray of str of shape (n_tracks,)
        Problem with each track.
    content : str
        Required content for the error message, such as "audio or lyrics".
    min_tracks : int, default=4
        Minimum number of usable tracks.
    """
    n_usable = int(usable.sum())
    if n_usable < min_tracks:
        required = f"at least {min_tracks} track{'s' * (min_tracks > 1)} with usable {content}"
        found = f"{n_usable} of {len(tracks)}" if n_usable else "none"
        failures = dict(zip(tracks["track_id"][~usable], reasons[~usable], strict=True))
        raise NothingUsableError(f"skvae requires {required}, got {found}.", failures)
