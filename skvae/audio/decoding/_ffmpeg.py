"""What libsndfile does not decode, above all AAC: through PyAV, where it is installed."""

import contextlib
from contextlib import contextmanager

import numpy as np

from ._files import AudioError, Careful, reasons

# Sound alone: FFmpeg also reads playlists and scripts, which lead to other files and into the network.
_FORMATS = "aac,ac3,aiff,amr,ape,asf,caf,dsf,flac,flv,matroska,mov,mp3,mpc,mpc8,mpeg,ogg,tak,tta,wav,webm,wv"

_BEFORE = 0.25
"""Seconds decoded and dropped before the first that is wanted: AAC overlaps its frames, and Opus needs some."""


@contextmanager
def open_with_ffmpeg(file):
    """Open a file that libsndfile has refused.

    Parameters
    ----------
    file : str or file-like
        Path of a local file, or a binary file object.

    Yields
    ------
    rate : int
        In hertz.
    n_samples : int
        Length, by what the file says.
    read : callable
        Function of a first sample and a number of samples -> mono float32.

    Raises
    ------
    AudioError
        If it is no audio, or PyAV is needed and not installed.
    """
    try:
        import av
    except ImportError as error:
        raise AudioError(
            "not audio that can be decoded (wav, flac, ogg, opus, mp3); m4a, aac and wma need PyAV: "
            "pip install skvae[aac]"
        ) from error
    with contextlib.ExitStack() as stack:
        if isinstance(file, str):
            with reasons():
                content = stack.enter_context(open(file, "rb"))
            content = stack.enter_context(Careful(content).reporting())
        else:
            content = file
        content.seek(0)
        try:
            container = stack.enter_context(av.open(content, options={"format_whitelist": _FORMATS}))
            reader = _Reader(container)
        except (av.FFmpegError, IndexError, StopIteration, ValueError) as error:
            raise AudioError("not audio that can be decoded (wav, flac, ogg, opus, mp3, m4a, aac, wma)") from error
        yield reader.rate, reader.n_samples, reader.read


class _Reader:
    """The first stream of sound in a container."""

    def __init__(self, container):
        self._container = container
        self._stream = container.streams.audio[0]
        # The header of HE-AAC tells half the rate: what comes out of the decoder is right.
        self.rate = next(container.decode(self._stream)).sample_rate
        self.n_samples = self._length()

    def _length(self):
        stream = self._stream
        # What has no header, FFmpeg guesses from the rate of bits; its packets are counted instead, undecoded.
        if (stream.duration or 0) > 0 and self._container.format.name != "aac":
            return round(stream.duration * stream.time_base * self.rate)
        self._container.seek(0)
        ticks = sum(packet.duration or 0 for packet in self._container.demux(stream))
        return round(ticks * stream.time_base * self.rate)

    def read(self, start, count):
        """Read up to `count` samples from `start` on; a damaged file is used as far as it can be decoded."""
        import av

        first = max(0, self._stream.start_time or 0)
        seconds = max(0.0, start / self.rate - _BEFORE)
        blocks, stop, place = [np.empty(0, np.float32)], start + count, None
        try:
            self._container.seek(first + int(seconds / self._stream.time_base), stream=self._stream)
            for frame in self._container.decode(self._stream):
                samples = _mono(frame)
                if place is None:  # of later frames it would be rounded, to milliseconds in WebM
                    place = 0 if frame.pts is None else round((frame.pts - first) * frame.time_base * self.rate)
                blocks.append(samples[max(0, start - place) : max(0, stop - place)])
                place += len(samples)
                if place >= stop:
                    break
        except av.FFmpegError:
            pass  # what came before the damage is kept, and `load` names the recording that has nothing
        return np.concatenate(blocks)


def _mono(frame):
    """Mean over the channels of a frame, as float32 within about -1 to 1."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    if samples.dtype.kind == "u":
        samples = samples.astype(np.float32) - 128  # eight bits without a sign
        return samples.mean(axis=0) / 128
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (8 * samples.dtype.itemsize - 1)
    return (samples.mean(axis=0, dtype=np.float64) / scale).astype(np.float32)
