"""AudioSegment: a part of a recording, optionally changed by effects."""

from dataclasses import dataclass

import numpy as np

from ._effects import check_effect


@dataclass(frozen=True)
class AudioSegment:
    """Part of a recording, optionally changed by effects. A column of recordings can contain it instead of a path.

    Creating a segment does not decode, copy or write audio. :class:`~skvae.AudioFeatureExtractor` and
    :class:`~skvae.AudioEmbedder` decode the segment and apply its effects in the given order. Use
    :func:`explode_segments` and :func:`augment_tracks` to create whole columns of segments.

    Parameters
    ----------
    audio : str, path-like, ndarray or tuple of (ndarray, float)
        Recording, in any form that the extractors accept.
    offset : float, default=0.0
        Start of the segment in the recording, in seconds.
    duration : float or None, default=None
        Length of the segment in seconds. None means up to the end of the recording.
    effects : tuple of (str, float), default=()
        Names and amounts of the effects. The amount of ``"pitch"`` is in semitones. The amount of ``"stretch"`` is a
        speed factor at constant pitch. The amount of ``"lowpass"`` and ``"highpass"`` is the cutoff frequency in hertz
        (Butterworth, 12 dB per octave). The amount of ``"noise"`` is the signal-to-noise ratio of added white noise,
        in decibels. The amount of ``"gain"`` is in decibels.
    seed : int, default=0
        Random seed of the noise.

    See Also
    --------
    explode_segments : Divide the songs of a track table into windows.
    augment_tracks : Add augmented copies of songs to a track table.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.audio import AudioFeatureExtractor, AudioSegment
    >>> time = np.arange(4 * 22050) / 22050
    >>> tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    >>> octave_up = AudioSegment(tone, offset=1.0, duration=2.0, effects=(("pitch", 12.0),))
    >>> extractor = AudioFeatureExtractor(["centroid"], statistics=["median"])
    >>> table, _, seconds = extractor.extract([tone, octave_up])
    >>> table["centroid_median"].round(-1).tolist(), seconds.round().tolist()
    ([440.0, 880.0], [4.0, 2.0])
    """

    audio: object
    offset: float = 0.0
    duration: float | None = None
    effects: tuple = ()
    seed: int = 0

    def __post_init__(self):
        """Validate the fields."""
        if isinstance(self.audio, AudioSegment):
            raise TypeError("audio is already an AudioSegment. Use dataclasses.replace to change its fields.")
        if not 0 <= self.offset < np.inf:
            raise ValueError(f"offset must be 0 or more seconds, got {self.offset!r}.")
        if self.duration is not None and not self.duration > 0:
            raise ValueError(f"duration must be a positive number of seconds or None, got {self.duration!r}.")
        for name, amount in self.effects:
            check_effect(name, amount)
