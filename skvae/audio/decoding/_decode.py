"""Decoding of files and arrays to mono float32 excerpts at one sample rate."""

import os
from contextlib import contextmanager

import numpy as np
import soundfile
import soxr

from ._effects import apply_effects
from ._errors import AudioError
from ._ffmpeg import open_with_ffmpeg
from ._files import open_source
from ._segment import AudioSegment

MIN_SECONDS = 0.5
"""Minimum length of an excerpt, in seconds."""

SILENCE = 1e-4
"""Peak below which an excerpt is silent, relative to full scale: -80 dB, about three steps of 16-bit audio."""

TRIM = 1e-3
"""Level of the first and last sample that are kept, relative to the peak of the excerpt: -60 dB."""

_MAX_PEAK = 100.0
"""Peak above which float samples are rejected as unscaled."""

_BLOCK = 1 << 17
"""Maximum number of values decoded at once, summed over the channels."""


def decode(source, *, sample_rate, offset, duration, excerpts):
    """Decode the excerpts of a recording.

    Parameters
    ----------
    source : str, FileObject, tuple of (ndarray, float) or AudioSegment
        Path, URL or file object; samples and their rate in hertz; or a segment of one of these. Samples have shape
        (n_samples,), or a second, shorter axis of channels.
    sample_rate : int
        Sample rate of the result, in hertz.
    offset : float
        Start of the decoded part, in seconds.
    duration : float or None
        Number of seconds to decode. None means up to the end of the recording.
    excerpts : int or None
        Number of excerpts over which `duration` is spread, see `excerpt_spans`. Ignored if `duration` is None.

    Returns
    -------
    signals : list of ndarray of shape (n_samples,), float32
        Excerpts with at least 0.5 s of sound, without silence at their ends. At least one.
    seconds : float
        Total length of the excerpts.

    Raises
    ------
    AudioError
        If nothing can be decoded, or if the decoded samples are too short, silent or not finite.
    """
    with _open(source) as (rate, n_samples, read):
        if n_samples and offset * rate >= n_samples:
            raise AudioError(f"offset {offset:g} s is past the end at {n_samples / rate:.1f} s")
        decoded = [read(*span) for span in excerpt_spans(n_samples, rate, offset, duration, excerpts)]
        if not any(map(len, decoded)):
            # The file is truncated before its first excerpt: its header gives a length that the file does not have.
            decoded = [read(*span) for span in excerpt_spans(n_samples, rate, offset, duration, None)]
    decoded = [signal for signal in decoded if len(signal)]
    _check_samples(decoded)
    # Silence is trimmed before resampling: otherwise the ringing of the filter would depend on the silence.
    trimmed = [_trim(signal) for signal in decoded]
    signals = [signal for signal in trimmed if len(signal) >= MIN_SECONDS * rate]
    if not signals:
        longest = int(100 * max(map(len, trimmed)) / rate) / 100
        raise AudioError(f"too short: {longest:g} s of sound, at least {MIN_SECONDS:g} s needed")
    seconds = sum(map(len, signals)) / rate
    if isinstance(source, AudioSegment):
        signals = apply_effects(source, signals, rate)
    return [soxr.resample(signal, rate, sample_rate, quality="HQ") for signal in signals], seconds


def total_seconds(source):
    """Return the length of a recording in seconds, according to its header."""
    with _open(source) as (rate, n_samples, _):
        return n_samples / rate


def excerpt_spans(n_samples, rate, offset, duration, excerpts):
    """Compute which samples of a recording are decoded.

    If `excerpts` is None, or if at most `duration` seconds follow `offset`, the result is one span that starts at
    `offset`. Otherwise the samples after `offset` are divided into `excerpts` equal parts. The middle
    ``duration / excerpts`` seconds of each part are decoded.

    Parameters
    ----------
    n_samples : int
        Length of the recording.
    rate : int
        Sample rate of the recording, in hertz.
    offset : float
        Start of the decoded part, in seconds.
    duration : float or None
        Number of seconds to decode. None means up to the end of the recording.
    excerpts : int or None
        Number of excerpts. Ignored if `duration` is None.

    Returns
    -------
    spans : list of (int, int)
        First sample and number of samples of each excerpt.
    """
    start = round(offset * rate)
    available = n_samples - start
    if duration is None:
        return [(start, available)]
    wanted = min(round(duration * rate), available)
    if excerpts is None or wanted == available:
        return [(start, wanted)]
    part = available / excerpts
    length = round(duration * rate / excerpts)
    return [(start + round(i * part + (part - length) / 2), length) for i in range(excerpts)]


def _check_samples(decoded):
    """Raise an `AudioError` if decoded excerpts are empty, not finite, too loud or silent."""
    if not decoded:
        raise AudioError("no samples could be decoded")
    # A sum is finite only if all its terms are. Unlike np.isfinite, it needs no second array.
    with np.errstate(over="ignore", invalid="ignore"):
        if not all(np.isfinite(signal.sum(dtype=np.float64)) for signal in decoded):
            raise AudioError("NaN or infinite samples")
    peak = max(np.abs(signal).max() for signal in decoded)
    if peak > _MAX_PEAK:
        raise AudioError(
            f"samples reach {peak:.3g}: floats must be between about -1 and 1 (divide 16-bit integers by 32768)"
        )
    if peak < SILENCE:
        raise AudioError(f"silent: no sample is louder than {20 * np.log10(SILENCE):.0f} dB relative to full scale")


@contextmanager
def _open(source):
    """Yield the rate, the number of samples, and a function (start, count) -> mono float32 samples of a source."""
    if isinstance(source, AudioSegment):
        with _open(source.audio) as (rate, n_samples, read):
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
    with open_source(source) as file, _decoding_errors():
        with _sound_file(file) as sound:
            if sound is not None:
                yield sound.samplerate, sound.frames, lambda start, count: _read_file(sound, start, count)
                return
        with open_with_ffmpeg(file) as reader:
            yield reader


@contextmanager
def _sound_file(file):
    """Open a path or file with libsndfile. Yield None for unknown formats and for formats without seeking (GSM)."""
    try:
        # Encoded as bytes, since libsndfile rejects file names that are not Unicode.
        sound = soundfile.SoundFile(os.fsencode(file) if isinstance(file, str) else file)
    except soundfile.LibsndfileError:
        yield None
        return
    with sound:
        yield sound if sound.seekable() else None


@contextmanager
def _decoding_errors():
    """Raise any error of a decoder as an `AudioError`."""
    try:
        yield
    except AudioError:
        raise
    except Exception as error:
        raise AudioError(f"cannot be decoded: {type(error).__name__}: {error}") from error


def _read_file(file, start, count):
    """Read up to `count` samples in blocks. Stop at the first damaged block of a truncated or damaged file."""
    blocks, block_length, complete = [np.empty(0, np.float32)], _BLOCK // file.channels, True
    try:
        file.seek(start)
    except soundfile.LibsndfileError:
        return blocks[0]  # `decode` raises an error for recordings without samples
    while count > 0 and complete:
        block, complete = _read_block(file, min(count, block_length))
        blocks.append(_mix(block))
        count -= len(block)
    return np.concatenate(blocks)


def _read_block(file, n):
    """Return up to `n` samples of all channels, and whether more samples may follow."""
    block = np.full((n, file.channels), np.nan, np.float32)
    try:
        block = file.read(out=block)
        return block, len(block) > 0
    except soundfile.LibsndfileError:
        # libsndfile has written the samples before the damage, but does not return their number.
        missing = np.isnan(block).all(axis=1)
        return block[: np.append(missing, True).argmax()], False


def _array_reader(samples, rate):
    """Return the rate, the number of samples, and a function that reads an array."""
    if not 0 < rate < np.inf:
        raise AudioError(f"the sample rate must be a positive number of hertz, got {rate!r}")
    if samples.ndim not in (1, 2):
        raise AudioError(f"samples must have shape (n_samples,) or (n_samples, n_channels), got {samples.shape}")
    if samples.dtype.kind not in "fi":
        raise AudioError(f"samples must be floats from -1 to 1 or signed integers, got {samples.dtype}")
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (1 - 8 * samples.dtype.itemsize)
    table = samples[:, None] if samples.ndim == 1 else samples if len(samples) >= samples.shape[1] else samples.T

    def read(start, count):
        with np.errstate(over="ignore"):
            return _mix(table[start : start + count] * scale).astype(np.float32)

    return rate, len(table), read


def _mix(block):
    """Return the mean over the channels. `decode` raises an error if the mean overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        return block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)


def _trim(signal):
    """Remove silence at both ends. A silent excerpt becomes empty."""
    loudness = np.abs(signal)
    loud = np.flatnonzero(loudness >= max(TRIM * loudness.max(), SILENCE))
    return signal[loud[0] : loud[-1] + 1] if len(loud) else signal[:0]
