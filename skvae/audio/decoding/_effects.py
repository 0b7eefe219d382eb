"""Audio effects: pitch, speed, filters, noise and gain."""

from numbers import Real

import numpy as np

_FRAME = 2048


def _pitch(samples, rate, semitones, rng):
    import librosa

    return librosa.effects.pitch_shift(
        samples, sr=rate, n_steps=semitones, res_type="soxr_hq", n_fft=_frame_length(len(samples))
    )


def _stretch(samples, rate, factor, rng):
    import librosa

    return librosa.effects.time_stretch(samples, rate=factor, n_fft=_frame_length(len(samples)))


def _noise(samples, rate, decibels, rng):
    level = np.sqrt(np.mean(np.square(samples), dtype=np.float64)) * 10 ** (-decibels / 20)
    return samples + level * rng.standard_normal(len(samples), dtype=np.float32)


def _gain(samples, rate, decibels, rng):
    return samples * 10 ** (decibels / 20)


def _lowpass(samples, rate, cutoff, rng):
    return _filter(samples, rate, cutoff, "lowpass") if cutoff < rate / 2 else samples


def _highpass(samples, rate, cutoff, rng):
    # The limit keeps some sound of every recording.
    return _filter(samples, rate, min(cutoff, 0.45 * rate), "highpass")


def _filter(samples, rate, cutoff, kind):
    """Apply a Butterworth filter of order 2."""
    from scipy import signal  # the import takes a second

    return signal.sosfilt(signal.butter(2, cutoff, kind, fs=rate, output="sos"), samples)


def _frame_length(n_samples):
    """Return the frame length in samples: the largest power of two, up to `_FRAME`, that fits into the signal."""
    return min(_FRAME, 2 ** int(np.log2(n_samples)))


EFFECTS = {
    "pitch": _pitch,
    "stretch": _stretch,
    "lowpass": _lowpass,
    "highpass": _highpass,
    "noise": _noise,
    "gain": _gain,
}
"""Functions of (samples, rate, amount, rng) by name."""

_LIMITS = {
    "pitch": (-36, 36),
    "stretch": (0.25, 4),
    "lowpass": (10, 1e6),
    "highpass": (10, 1e6),
    "noise": (-60, 140),
    "gain": (-100, 100),
}
"""Smallest and largest amount of each effect."""


def check_effect(name, amount):
    """Raise a ValueError if the effect does not exist or the amount is outside its limits."""
    if name not in EFFECTS:
        raise ValueError(f"Unknown effect {name!r}. Choose from {', '.join(EFFECTS)}.")
    low, high = _LIMITS[name]
    if not isinstance(amount, Real) or not low <= amount <= high:
        raise ValueError(
            f"The amount of the effect {name!r} must be a number from {low:g} to {high:g}, got {amount!r}."
        )


def apply_effects(segment, signals, rate):
    """Apply the effects of a segment to signals.

    Parameters
    ----------
    segment : AudioSegment
        Segment with effects and a seed.
    signals : list of ndarray of shape (n_samples,), float32
        Excerpts of the segment.
    rate : int
        Sample rate of the signals, in hertz.

    Returns
    -------
    changed : list of ndarray of shape (n_samples,), float32
        Changed excerpts.
    """
    rng = np.random.default_rng(segment.seed)
    changed = []
    for samples in signals:
        for name, amount in segment.effects:
            samples = EFFECTS[name](samples, rate, amount, rng)
        changed.append(np.asarray(samples, dtype=np.float32))
    return changed
