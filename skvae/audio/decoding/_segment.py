"""AudioSegment: a part of a recording, optionally changed by effects."""

from dataclasses import dataclass

import numpy as np

from ._effects import check_effect


@dataclass(frozen=True)
class AudioSegment:
    """A stretch of a recording, changed by effects if there are any, in place of a path in a column of audio.

    Nothing is decoded, copied or written: :class:`~skvae.AudioFeatureExtractor` and :class:`~skvae.AudioEmbedder` read
    that stretch and apply the effects, in their order, to what they read. :func:`explode_segments` and
    :func:`augment_tracks` make whole columns of them.

    Parameters
    ----------
    audio : str, path-like, ndarray or tuple of (ndarray, float)
        The recording, as the extractors take it.
    offset : float, default=0.0
        Second of the recording at which the stretch begins.
    duration : float or None, default=None
        Its length in seconds; None is up to the end.
    effects : tuple of (str, float), default=()
        Names and amounts: ``"pitch"`` in semitones, ``"stretch"`` as a factor of speed that leaves the pitch,
        ``"lowpass"`` and ``"highpass"`` with their cut-off in hertz (Butterworth, 12 dB an octave), ``"noise"``, white,
        with the signal's level above it in decibels, ``"gain"`` in decibels.
    seed : int, default=0
        Seed of the noise.

    See Also
    --------
    explode_segments : A row for each window of a recording.
    augment_tracks : Rows that are changed copies.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.audio import AudioFeatureExtractor, AudioSegment
    >>> time = np.arange(4 * 22050) / 22050
    >>> tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    >>> parts = [tone, AudioSegment(tone, offset=1.0, duration=2.0, effects=(("pitch", 12.0),))]
    >>> table, _, seconds = AudioFeatureExtractor(["centroid"], statistics=["median"]).extract(parts)
    >>> table["centroid_median"].round(-1).tolist(), seconds.round().tolist()
    ([440.0, 880.0], [4.0, 2.0])
    """

    audio: object
    offset: float = 0.0
    duration: float | None = None
    effects: tuple = ()
    seed: int = 0

    def __post_init__(self):
        """Raise an error that names what cannot be."""
        if isinstance(self.audio, AudioSegment):
            raise TypeError("audio is an AudioSegment already: take its parts, as dataclasses.replace does")
        if not 0 <= self.offset < np.inf:
            raise ValueError(f"offset={self.offset!r}: a second of the recording, 0 or later, is needed")
        if self.duration is not None and not self.duration > 0:
            raise ValueError(f"duration={self.duration!r}: seconds above 0, or None, are needed")
        for name, amount in self.effects:
            check_effect(name, amount)
