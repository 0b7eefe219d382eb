"""How fast sound becomes numbers: ours, librosa's calls one by one, and the limit, side by side in one thread each.

Thirty seconds of real songs (SKVAE_SHARED_DATA), mp3 and ogg. In every round each clip goes through every way in turn,
so that what else the machine does falls on all of them; the least processor time of a clip is kept, and the mean over
clips is shown.

ours       decode, resample, describe: the default descriptors with their statistics
librosa    librosa.load, then the same descriptors by librosa's calls, one by one, without statistics; the harmonic and
           the percussive part are taken from one separation
limit      decode, resample and one transform of the frames: what no extractor can leave out

Then each descriptor alone, given a transform that others share, against librosa's call. Then, with the processors that
there are, a whole `transform`: without a cache, into an empty one, and out of it; by one worker and by two; and the
most memory that a worker takes above its imports, for many clips and for three hours of sound. Writes
benchmarks/results/audio.csv and audio.txt.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

import platform
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import scipy.fft
import soundfile
from _tables import RESULTS, shared

from skvae.audio import PRESETS, AudioFeatureExtractor
from skvae.audio._decode import load
from skvae.audio._describe import _summary
from skvae.audio._spectrum import Spectrum
from skvae.audio.descriptors import DESCRIPTORS

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from librosa_calls import SCALES, from_samples

RATE, SECONDS, ROUNDS = 22050, 30.0, 7
GOALS = {
    "librosa / ours, decoding excluded": 5.0,
    "librosa / ours": 4.0,
    "ours / limit": 2.5,
}
WHOLE_GOALS = {
    "cache: milliseconds of a hit": 1.0,
    "cache: first run, percent more": 5.0,
    "speed of two workers / one": 1.85,
    "memory: MB for 32 clips": 300.0,
    "memory: MB for 3 hours": 300.0,
    "memory: MB for 3 hours, AudioCache": 300.0,
}


def clips():
    """Paths of whole thirty seconds, one of two channels or more at another rate than ours."""
    folder = shared("cc_songs/audio")
    paths = [path for path in sorted(folder.iterdir()) if soundfile.info(path).duration >= SECONDS]
    return [path for suffix in (".mp3", ".ogg") for path in [p for p in paths if p.suffix == suffix][:4]]


def by_librosa(y, features):
    """Call librosa for each descriptor."""
    calls = from_samples(y, RATE)
    for name in features:
        # One separation gives both parts.
        if name != "percussive" or "harmonic" not in features:
            calls[name]()


def ways(path):
    """Functions to time, by name: what each does with one file, or with the sound that was decoded before."""
    features = PRESETS["default"].features
    settings = AudioFeatureExtractor(duration=SECONDS)._settings()

    def ours():
        (signal,), _ = load(str(path), sample_rate=RATE, offset=0.0, duration=SECONDS, excerpts=None)
        return signal

    def theirs():
        return librosa.load(path, sr=RATE, duration=SECONDS)[0]

    def transform(signal):
        window = librosa.filters.get_window("hann", 2048)
        frames = librosa.util.frame(np.pad(signal, 1024), frame_length=2048, hop_length=512, axis=0)
        for start in range(0, len(frames), 64):
            scipy.fft.rfft(frames[start : start + 64] * window, axis=1)

    signal = ours()
    return {
        "ours: decode": ours,
        "ours: describe": lambda: _summary([signal], settings),
        "librosa: decode": theirs,
        "librosa: describe": lambda: by_librosa(signal, features),
        "transform": lambda: transform(signal),
    }


def seconds(function):
    start = time.process_time()
    function()
    return time.process_time() - start


def least(functions, rounds=ROUNDS):
    """Least processor seconds of each function, called in turn after a first call that does not count."""
    times = {name: [] for name in functions}
    for round_number in range(rounds + 1):
        for name, function in functions.items():
            elapsed = seconds(function)
            if round_number:
                times[name].append(elapsed)
    return {name: min(elapsed) for name, elapsed in times.items()}


def single_descriptors(path):
    """Milliseconds of each descriptor: ours from a transform that is there, and librosa's from samples."""
    (y,), _ = load(str(path), sample_rate=RATE, offset=0.0, duration=SECONDS, excerpts=None)
    shared_power = Spectrum(y, RATE).power
    calls = from_samples(y, RATE)

    def ours(name):
        spectrum = Spectrum(y, RATE)
        spectrum.power = shared_power
        DESCRIPTORS[name].compute(spectrum)

    rows = {}
    for name in SCALES:
        rows[name] = least({"ours": lambda name=name: ours(name), "librosa": calls[name]}, rounds=3)
    return 1e3 * pd.DataFrame(rows).T


def clock(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def cache_costs(paths, rounds=5):
    """Milliseconds of a hit, and percent that the first run takes longer, in processor time."""
    costs = {"none": [], "first": [], "hit": []}
    for _ in range(rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            costs["none"].append(seconds(lambda: AudioFeatureExtractor().transform(paths)))
            extractor = AudioFeatureExtractor(memory=folder)
            costs["first"].append(seconds(lambda extractor=extractor: extractor.transform(paths)))
            many = paths * (256 // len(paths))
            costs["hit"].append(clock(lambda extractor=extractor, many=many: extractor.transform(many)) / len(many))
    none, first, hit = (min(times[1:]) for times in costs.values())
    return {"cache: milliseconds of a hit": 1e3 * hit, "cache: first run, percent more": 100 * (first / none - 1)}


def two_workers(paths, rounds=3):
    """Speed of two workers over that of one, which are both processes of joblib's, started before."""
    many, times = paths * 16, {1: [], 2: []}
    for n_jobs in (1, 2) * rounds:
        extractor = AudioFeatureExtractor(n_jobs=n_jobs)
        extractor.transform(paths)
        times[n_jobs].append(clock(lambda extractor=extractor: extractor.transform(many)))
    return {"speed of two workers / one": min(times[1]) / min(times[2])}


PEAK = """
import re, sys
from pathlib import Path
import numpy as np
from skvae.audio import AudioFeatureExtractor
noise = np.random.default_rng(0).normal(scale=0.1, size=22050)
settings = eval(sys.argv[1])
AudioFeatureExtractor(**settings | {"memory": None}).transform([noise])  # imports and compiles
Path("/proc/self/clear_refs").write_text("5")  # the peak is from now on
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before = peak()
AudioFeatureExtractor(**settings).transform(sys.argv[2:])
print(peak() - before)
"""


def most_memory(paths):
    """Megabytes above imports that a process needs at most."""

    def peak(files, **settings):
        command = [sys.executable, "-c", PEAK, repr(settings), *map(str, files)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder, "three hours.flac")
        minute = (0.1 * np.random.default_rng(0).normal(size=(60 * 44100, 2))).astype(np.float32)
        with soundfile.SoundFile(long, "w", 44100, 2) as file:
            for _ in range(180):
                file.write(minute)
        return {
            "memory: MB for 32 clips": peak(paths * 4),
            "memory: MB for 3 hours": peak([long], excerpts=5),
            "memory: MB for 3 hours, AudioCache": peak([long], excerpts=5, memory=f"{folder}/cache"),
        }


def whole_runs(measures):
    """Text of what whole runs cost."""
    reached = pd.Series({name: value for measure in measures for name, value in measure(clips()).items()})
    goals = pd.DataFrame({"reached": reached, "goal": pd.Series(WHOLE_GOALS)[reached.index]})
    return "whole runs\n" + goals.to_string(float_format="{:.2f}".format)


def main():
    warnings.simplefilter("ignore")
    times = pd.DataFrame({path.name: least(ways(path)) for path in clips()}).T * 1e3
    times.to_csv(RESULTS / "audio.csv", float_format="%.2f")
    total = times.mean()
    ours = total["ours: decode"] + total["ours: describe"]
    limit = total["ours: decode"] + total["transform"]
    reached = {
        "librosa / ours, decoding excluded": total["librosa: describe"] / total["ours: describe"],
        "librosa / ours": (total["librosa: decode"] + total["librosa: describe"]) / ours,
        "ours / limit": ours / limit,
    }
    goals = pd.DataFrame({"reached": reached, "goal": GOALS})
    single = single_descriptors(clips()[0])
    single["times faster"] = single["librosa"] / single["ours"]
    parts = [
        f"{len(times)} clips of {SECONDS:g} s, {platform.processor() or platform.machine()}, one thread; "
        f"default: {', '.join(PRESETS['default'].features)}",
        "milliseconds a clip\n" + total.to_string(float_format="{:.1f}".format),
        goals.to_string(float_format="{:.2f}".format),
        "milliseconds of each descriptor alone\n" + single.to_string(float_format="{:.1f}".format),
    ]
    text = "\n\n".join([*parts, whole_runs((cache_costs, most_memory, two_workers))])
    (RESULTS / "audio.txt").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
