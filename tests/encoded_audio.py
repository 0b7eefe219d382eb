"""Generated sound, encoded with libsndfile, with FFmpeg, or byte by byte."""

import io
import struct

import numpy as np
import soundfile

RATE = 22050


def sound(seconds=1.5, rate=RATE, n_channels=1, seed=0):
    """Return a chord with a beat and noise, of shape (n_samples,) or (n_samples, n_channels)."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in rng.uniform(110, 900, size=3))
    y = 0.1 * chord * np.exp(-3 * (time % 0.5)) + rng.normal(scale=0.02, size=len(time))
    return y if n_channels == 1 else np.stack([np.roll(y, channel) for channel in range(n_channels)], axis=1)


def encode(samples, rate, codec, container):
    """Encode samples in stereo with FFmpeg, and return the bytes."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="stereo")
        stream.bit_rate = 128_000
        stream.codec_context.open()
        frame = av.AudioFrame.from_ndarray(np.stack([samples, samples]).astype(np.float32), "fltp", "stereo")
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            stream.codec_context.format, "stereo", rate, stream.codec_context.frame_size or 1024
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()


def encode_all():
    """Return the bytes of one clip in each format, by file name extension."""
    contents = {}
    for ending, rate, options in (
        ("mp3", 44100, {"format": "MP3"}),
        ("ogg", 44100, {"format": "OGG"}),
        ("flac", RATE, {"format": "FLAC"}),
        ("wav", RATE, {"format": "WAV"}),
        ("opus", 48000, {"format": "OGG", "subtype": "OPUS"}),
        ("aiff", RATE, {"format": "AIFF"}),
    ):
        file = io.BytesIO()
        soundfile.write(file, sound(rate=rate), rate, **options)
        contents[ending] = file.getvalue()
    for ending, codec, container in (("m4a", "aac", "mp4"), ("aac", "aac", "adts"), ("wma", "wmav2", "asf")):
        contents[ending] = encode(sound(rate=44100), 44100, codec, container)
    contents["webm"] = encode(sound(rate=48000), 48000, "libopus", "webm")
    return contents


def wav(data, n_channels=1, rate=RATE, bits=16, coding=1, n_bytes=None):
    """Return a WAV file with the given samples. The values of the header may be wrong."""
    frame = n_channels * bits // 8
    fmt = struct.pack("<HHIIHH", coding, n_channels, rate, rate * frame % 2**32, frame % 2**16, bits)
    n_bytes = len(data) if n_bytes is None else n_bytes
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", n_bytes) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def id3(frames):
    """Return an ID3 tag with the given frames."""
    return b"ID3\3\0\0" + bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0)) + frames
