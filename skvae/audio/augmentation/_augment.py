"""augment_tracks: a track table with augmented copies of its songs."""

import hashlib
from dataclasses import replace
from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from ..decoding._effects import EFFECTS, check_effect
from ..decoding._segment import AudioSegment
from ._track_table import TRACK_CONSTRAINTS, cut_segment, repeat_tracks, source_lengths, track_sources

_DEFAULT_TRANSFORMS = {"pitch": (-2.0, 2.0), "stretch": (0.9, 1.1), "noise": (20.0, 40.0), "gain": (-6.0, 6.0)}

_LOGARITHMIC = {"stretch", "lowpass", "highpass"}
"""Transforms whose amounts are drawn uniformly on a logarithmic scale, so that half and double are equally likely."""


@validate_params(
    TRACK_CONSTRAINTS
    | {
        "copies": [Interval(Integral, 1, None, closed="left")],
        "transforms": [dict, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def augment_tracks(
    tracks,
    *,
    copies=1,
    transforms=None,
    random_state=None,
    audio="audio",
    sample_rate=22050,
    timeout=300.0,
    n_jobs=None,
):
    """Create a track table in which each song is followed by augmented copies of it.

    No audio is written. An augmented copy is an :class:`AudioSegment` whose effects are applied when it is decoded.
    Call this function before the pipeline, since a transformer never changes the number of rows.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        Track table, or result of :func:`explode_segments`.
    copies : int, default=1
        Number of augmented copies of each row.
    transforms : dict of str to float or (float, float), or None, default=None
        Names and amounts of the transforms, in the order in which they are applied. An amount is a number, or a lower
        and an upper limit. The amount of each copy is drawn uniformly between the limits. It is drawn on a logarithmic
        scale for ``"stretch"``, ``"lowpass"`` and ``"highpass"``.

        ==============  ======================================================================================
        ``"pitch"``     pitch shift in semitones
        ``"stretch"``   speed factor at constant pitch: 1.1 is faster
        ``"lowpass"``   cutoff frequency in hertz above which the sound is attenuated
        ``"highpass"``  cutoff frequency in hertz below which the sound is attenuated
        ``"noise"``     signal-to-noise ratio of added white noise, in decibels
        ``"gain"``      gain in decibels
        ``"crop"``      length in seconds of an excerpt at a random position; shorter songs are not cropped
        ==============  ======================================================================================

        None means pitch shifts from -2 to 2 semitones, speed factors from 0.9 to 1.1, noise 20 to 40 dB below the song,
        and gains from -6 to 6 dB.
    random_state : int, RandomState instance or None, default=None
        Random seed of the amounts. The amounts depend on the seed, the ``song_id``, the start of the row within the
        song, and the number of the copy. They do not depend on the other rows or their order.
    audio : str, default="audio"
        Name of the column of recordings, in any form that :class:`~skvae.AudioFeatureExtractor` accepts, including
        :class:`AudioSegment`.
    sample_rate : float, default=22050
        Sample rate of arrays without a rate, in hertz.
    timeout : float or None, default=300.0
        Maximum number of seconds for reading the header of a file, in a subprocess. None reads headers in the same
        process, without a limit.
    n_jobs : int or None, default=None
        Number of parallel processes that read headers, which only ``"crop"`` requires. None means 1 unless in a
        ``joblib.parallel_config`` context.

    Returns
    -------
    augmented : DataFrame of shape (n_tracks * (1 + copies), n_columns + n_new)
        Each row followed by its copies, with the index 0, 1, 2, ... The column ``copy`` is 0 for the original row, and
        1, 2, ... for its copies. The column ``song_id`` is the ``track_id`` of `tracks`, or its index. An existing
        column ``song_id`` is kept. Copies of a row without audio also have no audio.

    Raises
    ------
    ValueError
        If `tracks` does not contain the column `audio`, or if it has no column ``song_id`` or ``track_id`` and its
        index is not unique. If a transform does not exist or its amount is invalid.

    See Also
    --------
    explode_segments : Divide songs into windows.
    skvae.features.pool_by_group : Average the results of each song.

    Notes
    -----
    A copy of a training song in a test set makes the test invalid. Augment only the training rows, or split by
    ``song_id``.

    Pitch and speed are changed by the phase vocoder [1]_ of librosa.

    References
    ----------
    .. [1] Laroche and Dolson, "Improved phase vocoder time-scale modification of audio", IEEE Transactions on Speech
       and Audio Processing, 1999.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.audio import augment_tracks
    >>> tracks = pd.DataFrame({"audio": ["rain.mp3", "snow.mp3"], "genre": ["folk", "jazz"]})
    >>> longer = augment_tracks(tracks, copies=2, transforms={"gain": -3.0, "pitch": (-2, 2)}, random_state=0)
    >>> longer[["genre", "song_id", "copy"]]
      genre  song_id  copy
    0  folk        0     0
    1  folk        0     1
    2  folk        0     2
    3  jazz        1     0
    4  jazz        1     1
    5  jazz        1     2
    >>> [name for name, amount in longer.loc[1, "audio"].effects]
    ['gain', 'pitch']
    """
    limits = _check_transforms(_DEFAULT_TRANSFORMS if transforms is None else transforms)
    sources = track_sources(tracks, audio, sample_rate)
    totals = source_lengths(sources, timeout, n_jobs) if "crop" in limits else [np.nan] * len(sources)
    seed = check_random_state(random_state).randint(np.iinfo(np.int32).max)
    longer = repeat_tracks(tracks, np.repeat(np.arange(len(tracks)), 1 + copies))
    longer["copy"] = np.tile(np.arange(1 + copies), len(tracks))
    recordings = []
    songs = longer["song_id"].iloc[:: 1 + copies]
    for original, source, total, song in zip(tracks[audio], sources, totals, songs, strict=True):
        recordings.append(original)
        generators = (_make_rng(seed, song, source, copy) for copy in range(1, 1 + copies))
        recordings.extend(source and _draw_copy(source, total, limits, rng) for rng in generators)
    longer[audio] = pd.Series(recordings, dtype=object)
    return longer


def _check_transforms(transforms):
    """Return the validated lower and upper limit of each transform."""
    limits = {}
    for name, amount in transforms.items():
        pair = (amount, amount) if isinstance(amount, Real) else tuple(amount)
        if len(pair) != 2:
            raise ValueError(f"transforms[{name!r}] must be a number or a lower and an upper limit, got {amount!r}.")
        if name not in EFFECTS and name != "crop":
            raise ValueError(
                f"transforms contains the unknown name {name!r}. Choose from {', '.join([*EFFECTS, 'crop'])}."
            )
        for limit in pair:
            if name != "crop":
                check_effect(name, limit)
            elif not 0 < limit < np.inf:
                raise ValueError(f"transforms['crop'] must be a positive number of seconds, got {amount!r}.")
        if pair[0] > pair[1]:
            raise ValueError(f"transforms[{name!r}] must be (lower limit, upper limit), got {amount!r}.")
        limits[name] = pair
    return limits


def _make_rng(seed, song, source, copy):
    """Return the random generator of one copy of a row."""
    offset = getattr(source, "offset", 0.0)
    digest = hashlib.sha256(f"{seed} {song} {offset} {copy}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def _draw_copy(source, total, limits, rng):
    """Return a segment with effects whose amounts are drawn between `limits`."""
    segment = source if isinstance(source, AudioSegment) else AudioSegment(source)
    effects = []
    for name, (low, high) in limits.items():
        amount = low * (high / low) ** rng.random() if name in _LOGARITHMIC else low + (high - low) * rng.random()
        if name != "crop":
            effects.append((name, float(amount)))
        elif amount < total:
            segment = cut_segment(segment, (total - amount) * rng.random(), float(amount))
    return replace(segment, effects=segment.effects + tuple(effects), seed=int(rng.integers(2**31)))
