"""augment_tracks: a track table -> a longer one with changed copies of its songs."""

import hashlib
from dataclasses import replace
from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from ..decoding._effects import EFFECTS, check_effect
from ..decoding._segment import AudioSegment
from ._segments import SHARED_CONSTRAINTS, cut, lengths, repeat_tracks, track_sources

DEFAULT = {"pitch": (-2.0, 2.0), "stretch": (0.9, 1.1), "noise": (20.0, 40.0), "gain": (-6.0, 6.0)}

_BY_RATIO = {"stretch", "lowpass", "highpass"}  # half and double are equally likely


@validate_params(
    SHARED_CONSTRAINTS
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
    """Make a longer track table in which every song is followed by changed copies of itself.

    Nothing is written: a copy is an :class:`AudioSegment`, whose effects are applied when it is decoded. It goes before
    the pipeline, since a transformer never changes the number of rows.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        The track table, or what :func:`explode_segments` made of it.
    copies : int, default=1
        Changed copies of each row.
    transforms : dict of str to float or (float, float), or None, default=None
        What is done to a copy, in this order, and how much: a number, or the limits between which each copy draws its
        own, evenly (``"stretch"``, ``"lowpass"`` and ``"highpass"`` evenly in their logarithm).

        ==============  =====================================================================
        ``"pitch"``     semitones by which it is shifted
        ``"stretch"``   factor of speed, at the same pitch: 1.1 is faster
        ``"lowpass"``   cut-off of a filter in hertz, above which it fades
        ``"highpass"``  cut-off in hertz, below which it fades
        ``"noise"``     level of the song above added white noise, in decibels
        ``"gain"``      decibels by which it is made louder
        ``"crop"``      seconds that are taken from a random place; a shorter song stays whole
        ==============  =====================================================================

        None is pitch within 2 semitones, speed within 0.9 to 1.1, noise 20 to 40 dB below and gain within 6 dB.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. Those of a row depend on the seed, on its ``song_id`` and, within a song, on where the row
        begins; not on the other rows nor on their order.
    audio : str, default="audio"
        Column of recordings: all that :class:`~skvae.AudioFeatureExtractor` takes, :class:`AudioSegment` included.
    sample_rate : float, default=22050
        Rate, in hertz, of arrays that come without one.
    timeout : float or None, default=300.0
        Seconds that the header of a file may take, in a process of its own; None reads it in this process.
    n_jobs : int or None, default=None
        Number of processes that read headers, which ``"crop"`` alone needs; None is 1 unless in a
        ``joblib.parallel_config`` context.

    Returns
    -------
    augmented : DataFrame of shape (n_tracks * (1 + copies), n_columns + 2 or less)
        Each row and then its copies, under an index 0, 1, 2, ... The column ``copy`` is 0 for the row itself, which
        stays as it is; ``song_id`` is the ``track_id`` of `tracks`, else its index. Rows without audio are repeated.

    Raises
    ------
    ValueError
        If `tracks` has no such column, or neither a column ``track_id`` nor an index without repetitions; if there is
        no such transform, or not of that amount.

    See Also
    --------
    explode_segments : A row for each window of a recording.
    skvae.features.pool_by_group : From copies back to songs.

    Notes
    -----
    A copy of a song in a test set is no test: augment the training rows alone, or split by ``song_id``.

    Pitch and speed are changed by a phase vocoder [1]_, as librosa has it.

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
    limits = _limits(DEFAULT if transforms is None else transforms)
    sources = track_sources(tracks, audio, sample_rate)
    totals = lengths(sources, timeout, n_jobs) if "crop" in limits else [np.nan] * len(sources)
    seed = check_random_state(random_state).randint(np.iinfo(np.int32).max)
    longer = repeat_tracks(tracks, np.repeat(np.arange(len(tracks)), 1 + copies))
    longer["copy"] = np.tile(np.arange(1 + copies), len(tracks))
    recordings = []
    songs = longer["song_id"].iloc[:: 1 + copies]
    for original, source, total, song in zip(tracks[audio], sources, totals, songs, strict=True):
        recordings.append(original)
        draws = (_rng(seed, song, source, copy) for copy in range(1, 1 + copies))
        recordings.extend(source and _changed(source, total, limits, rng) for rng in draws)
    longer[audio] = pd.Series(recordings, dtype=object)
    return longer


def _limits(transforms):
    """Return the checked lower and upper limit of each transform."""
    limits = {}
    for name, amount in transforms.items():
        pair = (amount, amount) if isinstance(amount, Real) else tuple(amount)
        if len(pair) != 2:
            raise ValueError(f"transforms[{name!r}]={amount!r}: a number, or a lower and an upper limit, is needed")
        if name not in EFFECTS and name != "crop":
            raise ValueError(f"transforms has no {name!r}: choose from {', '.join([*EFFECTS, 'crop'])}")
        for limit in pair:
            if name != "crop":
                check_effect(name, limit)
            elif not 0 < limit < np.inf:
                raise ValueError(f"transforms['crop']={amount!r}: seconds above 0 are needed")
        if pair[0] > pair[1]:
            raise ValueError(f"transforms[{name!r}]={amount!r}: the lower limit comes first")
        limits[name] = pair
    return limits


def _rng(seed, song, source, copy):
    place = getattr(source, "offset", 0.0)
    digest = hashlib.sha256(f"{seed} {song} {place} {copy}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def _changed(source, total, limits, rng):
    """Return the segment with amounts drawn from `limits`."""
    segment = source if isinstance(source, AudioSegment) else AudioSegment(source)
    effects = []
    for name, (low, high) in limits.items():
        amount = low * (high / low) ** rng.random() if name in _BY_RATIO else low + (high - low) * rng.random()
        if name != "crop":
            effects.append((name, float(amount)))
        elif amount < total:
            segment = cut(segment, (total - amount) * rng.random(), float(amount))
    return replace(segment, effects=segment.effects + tuple(effects), seed=int(rng.integers(2**31)))
