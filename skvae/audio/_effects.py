"""A stretch of a recording, and what is done to its sound when it is decoded."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

_FRAME = 2048


def _pitch(samples, rate, semitones, rng):
    import librosa

    return librosa.effects.pitch_shift(
        samples, sr=rate, n_steps=semitones, res_type="soxr_hq", n_fft=_frame(len(samples))
    )


def _stretch(samples, rate, factor, rng):
    import librosa

    return librosa.effects.time_stretch(samples, rate=factor, n_fft=_frame(len(samples)))


def _noise(samples, rate, decibels, rng):
    level = np.sqrt(np.mean(np.square(samples), dtype=np.float64)) * 10 ** (-decibels / 20)
    return samples + level * rng.standard_normal(len(samples), dtype=np.float32)


def _gain(samples, rate, decibels, rng):
    return samples * 10 ** (decibels / 20)


def _lowpass(samples, rate, cutoff, rng):
    return _filter(samples, rate, cutoff, "lowpass") if cutoff < rate / 2 else samples


def _highpass(samples, rate, cutoff, rng):
    return _filter(samples, rate, min(cutoff, 0.45 * rate), "highpass")  # something is left of any recording


def _filter(samples, rate, cutoff, kind):
    from scipy import signal as filters  # takes a second to import

    return filters.sosfilt(filters.butter(2, cutoff, kind, fs=rate, output="sos"), samples)


def _frame(n_samples):
    """Return the samples of a frame: the largest power of two, up to `_FRAME`, that a short signal can fill."""
    return min(_FRAME, 2 ** int(np.log2(n_samples)))


EFFECTS = {
    "pitch": _pitch,
    "stretch": _stretch,
    "lowpass": _lowpass,
    "highpass": _highpass,
    "noise": _noise,
    "gain": _gain,
}

_LIMITS = {
    "pitch": (-36, 36),
    "stretch": (0.25, 4),
    "lowpass": (10, 1e6),
    "highpass": (10, 1e6),
    "noise": (-60, 140),
    "gain": (-100, 100),
}


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


def check_effect(name, amount):
    """Raise a ValueError unless there is such an effect and it can be of that amount."""
    if name not in EFFECTS:
        raise ValueError(f"there is no effect {name!r}: choose from {', '.join(EFFECTS)}")
    low, high = _LIMITS[name]
    if not isinstance(amount, Real) or not low <= amount <= high:
        raise ValueError(f"effect {name!r} of {amount!r}: a number of {low:g} to {high:g} is needed")


def apply_effects(segment, signals, rate):
    """Apply a segment's effects to each of its excerpts, of shape (n_samples,) float32, at `rate` hertz."""
    rng = np.random.default_rng(segment.seed)
    changed = []
    for samples in signals:
        for name, amount in segment.effects:
            samples = EFFECTS[name](samples, rate, amount, rng)
        changed.append(np.asarray(samples, dtype=np.float32))
    return changed
