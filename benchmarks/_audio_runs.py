"""Cost of complete extractions: cache, memory, workers, GPU."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import torch

from skvae.audio import AudioFeatureExtractor
from skvae.audio.decoding import _subprocess

RATE = 44100


def processor_seconds(function):
    """Return the CPU seconds of a call, including the decoder subprocesses."""

    def used():
        helpers = [helper._process.pid for helper in _subprocess._idle[os.getpid()]]
        return time.process_time() + sum(
            int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 for pid in helpers
        )

    start = used()
    function()
    return used() - start


def clock(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def cache_costs(paths, rounds=5):
    """Return the milliseconds of a cache hit, and the additional time of the first run in percent."""
    AudioFeatureExtractor().transform(paths)
    plain, first, hit = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            without, extractor = AudioFeatureExtractor(), AudioFeatureExtractor(memory=folder)
            plain.append(processor_seconds(lambda without=without: without.transform(paths)))
            first.append(processor_seconds(lambda extractor=extractor: extractor.transform(paths)))
            many = paths * (256 // len(paths))
            hit.append(clock(lambda extractor=extractor, many=many: extractor.transform(many)) / len(many))
    return {
        "cache: milliseconds of a hit": 1e3 * min(hit),
        "cache: first run, percent more": 100 * (min(first) / min(plain) - 1),
    }


def two_workers(paths, rounds=3):
    """Return the speed of two workers relative to one. Both are joblib processes that were started before."""
    many, times = paths * 16, {1: [], 2: []}
    for n_jobs in (1, 2) * rounds:
        extractor = AudioFeatureExtractor(n_jobs=n_jobs)
        extractor.transform(paths)
        times[n_jobs].append(clock(lambda extractor=extractor: extractor.transform(many)))
    return {"speed of two workers / one": min(times[1]) / min(times[2])}


# Memory of a worker: the growth of its process, and the complete decoder process.
PEAK = """
import os, re, sys
from pathlib import Path
import numpy as np
from skvae.audio import AudioFeatureExtractor
from skvae.audio.decoding import _subprocess
peak = lambda pid: int(re.search(r"VmHWM:\\s+(\\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024
noise = np.random.default_rng(0).normal(scale=0.1, size=22050)
settings = eval(sys.argv[1])
AudioFeatureExtractor(**settings | {"memory": None}).transform([noise])  # imports and compiles
Path("/proc/self/clear_refs").write_text("5")  # resets the peak
before = peak("self")
AudioFeatureExtractor(**settings | {"on_error": "raise"}).transform(sys.argv[2:])
print(peak("self") - before + sum(peak(helper._process.pid) for helper in _subprocess._idle[os.getpid()]))
"""


def most_memory(paths, minutes=180):
    """Return the peak memory of a worker above its imports, in MB, for many clips and for three hours of audio."""

    def peak(files, **settings):
        command = [sys.executable, "-c", PEAK, repr(settings), *map(str, files)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    reached = {f"memory: MB for {n} clips": peak(paths[:1] * n) for n in (8, 32)}
    for suffix in (".flac", ".wav", ".mp3"):
        with tempfile.TemporaryDirectory() as folder:
            long = [_long(Path(folder, f"long{suffix}"), minutes)]
            reached |= {
                f"memory: MB for 3 hours, {suffix}": peak(long),
                f"memory: MB for 3 hours, {suffix}, excerpts": peak(long, excerpts=5),
                f"memory: MB for 3 hours, {suffix}, cache": peak(long, excerpts=5, memory=f"{folder}/cache"),
            }
    return reached


def _long(path, minutes):
    """Write a recording of noise with the given number of minutes."""
    minute = (0.1 * np.random.default_rng(0).normal(size=(60 * RATE, 2))).astype(np.float32)
    if path.suffix == ".mp3":  # the frames of MP3 are independent
        soundfile.write(path, minute, RATE, bitrate_mode="CONSTANT")
        path.write_bytes(path.read_bytes() * minutes)
        return path
    with soundfile.SoundFile(path, "w", RATE, 2) as file:
        for _ in range(minutes):
            file.write(minute)
    return path


def gpu(paths, n_clips=256):
    """Return the number of 128-band mel images per second, without decoding, and the largest difference to the CPU."""
    if not torch.cuda.is_available():
        return {}
    clips = [soundfile.read(path, dtype="float32", frames=30 * RATE) for path in paths]
    many, images, speed = clips * (n_clips // len(clips)), {}, {}
    for device in ("cpu", "cuda"):
        extractor = AudioFeatureExtractor(["mel"], statistics=None, device=device)
        extractor.transform(clips)
        speed[device] = len(many) / clock(lambda extractor=extractor: extractor.transform(many))
        images[device] = extractor.transform(clips)
    return {
        "GPU: images a second": speed["cuda"],
        "GPU: images a second by the CPU": speed["cpu"],
        "GPU: largest difference in dB": float(np.abs(images["cuda"] - images["cpu"]).max()),
    }
