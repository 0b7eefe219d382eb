"""Decoding with PyAV (FFmpeg) of formats that libsndfile does not support, mainly AAC."""

import contextlib
from contextlib import contextmanager

import numpy as np

from ._errors import AudioError, as_audio_error
from ._files import SafeReader

# Audio formats only: FFmpeg also reads playlists and scripts, which can refer to other files and to the network.
_FORMATS = "aac,ac3,aiff,amr,ape,asf,caf,dsf,flac,flv,matroska,mov,mp3,mpc,mpc8,mpeg,ogg,tak,tta,wav,webm,wv"

_WITHOUT_PYAV = (".wav", ".flac", ".ogg", ".opus", ".mp3")
"""Extensions of formats that are decoded without PyAV."""

_PREROLL = 0.25
"""Seconds decoded and dropped before the first sample: the frames of AAC overlap, and Opus needs time to converge."""


@contextmanager
def open_with_ffmpeg(file):
    """Open a file that libsndfile cannot read.

    Parameters
    ----------
    file : str or file-like
        Path of a local file, or a binary file object.

    Yields
    ------
    rate : int
        Sample rate, in hertz.
    n_samples : int
        Number of samples according to the file.
    read : callable
        Function of the first sample and the number of samples. Returns mono float32 samples.

    Raises
    ------
    AudioError
        If the file is not audio, or if PyAV is required but not installed.
    """
    try:
        import av
    except ImportError as error:
        message = "not audio that can be decoded (wav, flac, ogg, opus, mp3)"
        if not str(file).lower().endswith(_WITHOUT_PYAV):
            message += "; m4a, aac and wma need PyAV: pip install av"
        raise AudioError(message) from error
    with contextlib.ExitStack() as stack:
        if isinstance(file, str):
            with as_audio_error():
                content = stack.enter_context(open(file, "rb"))
            content = stack.enter_context(SafeReader(content).reporting())
        else:
            content = file
        content.seek(0)
        try:
            container = stack.enter_context(av.open(content, options={"format_whitelist": _FORMATS}))
            reader = _StreamReader(container)
        except (av.FFmpegError, IndexError, StopIteration, ValueError) as error:
            raise AudioError("not audio that can be decoded (wav, flac, ogg, opus, mp3, m4a, aac, wma)") from error
        yield reader.rate, reader.n_samples, reader.read


class _StreamReader:
    """Reader of the first audio stream of a container."""

    def __init__(self, container):
        self._container = container
        self._stream = container.streams.audio[0]
        # The header of HE-AAC gives half the sample rate. The rate of a decoded frame is correct.
        self.rate = next(container.decode(self._stream)).sample_rate
        self.n_samples = self._count_samples()

    def _count_samples(self):
        stream = self._stream
        # FFmpeg estimates the length of files without a header from the bit rate. Their packets are counted instead,
        # without decoding.
        if (stream.duration or 0) > 0 and self._container.format.name != "aac":
            return round(stream.duration * stream.time_base * self.rate)
        self._container.seek(0)
        ticks = sum(packet.duration or 0 for packet in self._container.demux(stream))
        return round(ticks * stream.time_base * self.rate)

    def read(self, start, count):
        """Read up to `count` samples from `start`. Stop where the file is damaged."""
        import av

        first = max(0, self._stream.start_time or 0)
        seconds = max(0.0, start / self.rate - _PREROLL)
        blocks, stop, position = [np.empty(0, np.float32)], start + count, None
        try:
            self._container.seek(first + int(seconds / self._stream.time_base), stream=self._stream)
            for frame in self._container.decode(self._stream):
                samples = _mono(frame)
                # Only the first frame sets the position: WebM rounds the times of frames to milliseconds.
                if position is None:
                    position = 0 if frame.pts is None else round((frame.pts - first) * frame.time_base * self.rate)
                blocks.append(samples[max(0, start - position) : max(0, stop - position)])
                position += len(samples)
                if position >= stop:
                    break
        except av.FFmpegError:
            pass  # samples before the damage are kept; `decode` raises an error for recordings without samples
        return np.concatenate(blocks)


def _mono(frame):
    """Return the mean over the channels of a frame, as float32 between about -1 and 1."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    if samples.dtype.kind == "u":
        samples = samples.astype(np.float32) - 128  # unsigned 8-bit samples
        return samples.mean(axis=0) / 128
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (8 * samples.dtype.itemsize - 1)
    return (samples.mean(axis=0, dtype=np.float64) / scale).astype(np.float32)
