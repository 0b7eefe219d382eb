"""Audio effects: pitch, speed, filters, noise and gain."""

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
