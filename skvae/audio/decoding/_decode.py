"""File or array -> mono float32 excerpts at one sample rate."""

import os
from contextlib import contextmanager

import numpy as np
import soundfile
import soxr

from ._effects import apply_effects
from ._ffmpeg import open_with_ffmpeg
from ._files import AudioError, opened
from ._segment import AudioSegment

MIN_SECONDS = 0.5
"""Shortest sound, in seconds, that is described."""

SILENCE = 1e-4
"""Peak, of full scale, below which an excerpt is silent: -80 dB, about three steps of 16-bit audio."""

TRIM = 1e-3
"""Part of an excerpt's peak (-60 dB) that its first and last sample must reach; what lies outside is cut off."""

_LOUDEST = 100.0
_BLOCK = 1 << 17
"""Numbers decoded at a time, over all channels."""


def load(source, *, sample_rate, offset, duration, excerpts):
    """Decode the parts of a recording that are to be described.

    Parameters
    ----------
    source : str, FileObject, tuple of (ndarray, float) or AudioSegment
        Path, URL or file object, or samples and their rate in hertz, or a part of such. Samples are of shape
        (n_samples,) or have a second, shorter axis of channels.
    sample_rate : int
        Rate of the result, in hertz.
    offset, duration : float
        First second that may be used, and how many are used.
    excerpts : int or None
        Number of parts that `duration` is spread over, see `plan`.

    Returns
    -------
    signals : list of ndarray of shape (n_samples,), float32
        The excerpts that hold sound, without silence at their ends; at least one.
    seconds : float
        Their total length.

    Raises
    ------
    AudioError
        When nothing can be decoded, or what there is, is too short, silent or not finite.
    """
    with _opened(source) as (rate, n_samples, read):
        if n_samples and offset * rate >= n_samples:
            raise AudioError(f"offset {offset:g} s is past the end at {n_samples / rate:.1f} s")
        decoded = [read(*span) for span in plan(n_samples, rate, offset, duration, excerpts)]
        if not any(map(len, decoded)):
            # cut off before its first excerpt: the header promised more than the file holds
            decoded = [read(*span) for span in plan(n_samples, rate, offset, duration, None)]
    decoded = [signal for signal in decoded if len(signal)]
    if not decoded:
        raise AudioError("no samples could be decoded")
    # A sum is finite only if all its terms are, and costs no second array.
    with np.errstate(over="ignore", invalid="ignore"):
        if not all(np.isfinite(signal.sum(dtype=np.float64)) for signal in decoded):
            raise AudioError("NaN or infinite samples")
    peak = max(np.abs(signal).max() for signal in decoded)
    if peak > _LOUDEST:
        raise AudioError(f"samples reach {peak:.3g}: floats must lie about -1 to 1 (16-bit integers divided by 32768)")
    if peak < SILENCE:
        raise AudioError(f"silent: nothing louder than {20 * np.log10(SILENCE):.0f} dB of full scale")
    # Trimmed before resampling, whose ringing would otherwise depend on the silence.
    sounding = [_trim(signal) for signal in decoded]
    long_enough = [signal for signal in sounding if len(signal) >= MIN_SECONDS * rate]
    if not long_enough:
        longest = int(100 * max(map(len, sounding)) / rate) / 100
        raise AudioError(f"too short: {longest:g} s of sound, at least {MIN_SECONDS:g} s needed")
    seconds = sum(map(len, long_enough)) / rate
    if isinstance(source, AudioSegment):
        long_enough = apply_effects(source, long_enough, rate)
    return [soxr.resample(signal, rate, sample_rate, quality="HQ") for signal in long_enough], seconds


def total_seconds(source):
    """Return the seconds of a recording, by what its header says."""
    with _opened(source) as (rate, n_samples, _):
        return n_samples / rate


def plan(n_samples, rate, offset, duration, excerpts):
    """Decide which samples of a recording are read.

    Without `excerpts`, or when no more than `duration` seconds follow `offset`, that is one stretch from `offset` on.
    Else what follows `offset` is divided into `excerpts` equal parts, and ``duration / excerpts`` seconds are taken
    from the middle of each.

    Returns
    -------
    spans : list of (int, int)
        First sample and number of samples of each stretch.
    """
    start = round(offset * rate)
    wanted = min(round(duration * rate), n_samples - start)
    if excerpts is None or wanted == n_samples - start:
        return [(start, wanted)]
    part = (n_samples - start) / excerpts
    length = round(duration * rate / excerpts)
    return [(start + round(i * part + (part - length) / 2), length) for i in range(excerpts)]


@contextmanager
def _opened(source):
    """Yield rate, number of samples, and a function (start, count) -> mono float32; for a file or an array."""
    if isinstance(source, AudioSegment):
        with _opened(source.audio) as (rate, n_samples, read):
            first = round(source.offset * rate)
            length = n_samples - first
            if n_samples and length <= 0:
                raise AudioError(f"segment from {source.offset:g} s is past the end at {n_samples / rate:.1f} s")
            if source.duration is not None:
                length = min(length, round(source.duration * rate))
            yield rate, length, lambda start, count: read(first + start, count)
        return
    if isinstance(source, tuple):
        yield _array_reader(*source)
        return
    with opened(source) as file, _any_fault():
        with _sound_file(file) as sound:
            if sound is not None:
                yield sound.samplerate, sound.frames, lambda start, count: _read_file(sound, start, count)
                return
        with open_with_ffmpeg(file) as reader:
            yield reader


@contextmanager
def _sound_file(file):
    """Open a path or a file by libsndfile; None where it does not know the format, or cannot seek in it, as in GSM."""
    try:
        # As bytes: it refuses names that are not Unicode.
        sound = soundfile.SoundFile(os.fsencode(file) if isinstance(file, str) else file)
    except soundfile.LibsndfileError:
        yield None
        return
    with sound:
        yield sound if sound.seekable() else None


@contextmanager
def _any_fault():
    """Turn whatever a decoder raises into the reason for a failure."""
    try:
        yield
    except AudioError:
        raise
    except Exception as error:
        raise AudioError(f"cannot be decoded: {type(error).__name__}: {error}") from error


def _read_file(file, start, count):
    """Read up to `count` samples in blocks: a truncated or damaged file is used as far as it can be decoded."""
    blocks, most, whole = [np.empty(0, np.float32)], _BLOCK // file.channels, True
    try:
        file.seek(start)
    except soundfile.LibsndfileError:
        return blocks[0]  # `load` names the recording that has nothing
    while count > 0 and whole:
        block, whole = _read_block(file, min(count, most))
        blocks.append(_mix(block))
        count -= len(block)
    return np.concatenate(blocks)


def _read_block(file, n):
    """Read up to `n` samples of all channels; and whether there may be more behind them."""
    block = np.full((n, file.channels), np.nan, np.float32)
    try:
        block = file.read(out=block)
        return block, len(block) > 0
    except soundfile.LibsndfileError:
        # What lies before the damage has been written, and nothing says how much it is.
        missing = np.isnan(block).all(axis=1)
        return block[: np.append(missing, True).argmax()], False


def _array_reader(samples, rate):
    if not 0 < rate < np.inf:
        raise AudioError(f"sample rate {rate!r}: it must be a number of hertz greater than 0")
    if samples.ndim not in (1, 2):
        raise AudioError(f"samples of shape {samples.shape}: (n_samples,) or (n_samples, n_channels) is needed")
    if samples.dtype.kind not in "fi":
        raise AudioError(f"samples of type {samples.dtype}: floats within -1 to 1 or signed integers are needed")
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (1 - 8 * samples.dtype.itemsize)
    table = samples[:, None] if samples.ndim == 1 else samples if len(samples) >= samples.shape[1] else samples.T

    def read(start, count):
        with np.errstate(over="ignore"):
            return _mix(table[start : start + count] * scale).astype(np.float32)

    return rate, len(table), read


def _mix(block):
    """Mean over the channels; what overflows is named by `load`."""
    with np.errstate(over="ignore", invalid="ignore"):
        return block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)


def _trim(signal):
    """Cut off the silence at both ends; an excerpt that is all silence becomes empty."""
    loudness = np.abs(signal)
    heard = np.flatnonzero(loudness >= max(TRIM * loudness.max(), SILENCE))
    return signal[heard[0] : heard[-1] + 1] if len(heard) else signal[:0]
