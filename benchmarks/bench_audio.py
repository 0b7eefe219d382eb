"""Speed of the audio features: skvae, librosa and the lower limit, in one thread each.

The clips are 30 s of real songs (SKVAE_SHARED_DATA), mp3 and ogg. Every method processes each clip in every round, so
that other work of the machine affects all methods. The minimum CPU time of a clip is averaged over clips.

ours       decode, resample, describe: the default descriptors with their statistics
librosa    librosa.load, then the same descriptors one by one, without statistics. The harmonic and percussive parts
           use one separation.
limit      decode, resample and one transform of the frames. No extractor can omit these steps.

Each descriptor is then compared alone with the function of librosa. Its input is a transform that descriptors share.
Further measures: a complete `transform` without a cache, with an empty and with a full cache, and with one and two
workers. The peak memory of a worker above its imports, including its decoder process, for many clips and for three
hours of audio. Images of mel bands on a GPU, if there is one. Measures with a bar are shown with the bar and whether it
is met. Writes benchmarks/results/audio.csv and audio.txt. SKVAE_QUICK=1 runs a small version and writes nothing.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

import platform
import sys
import warnings
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import scipy.fft
import soundfile
from _audio_runs import cache_costs, gpu, most_memory, processor_seconds, two_workers
from _tables import RESULTS, shared

from skvae.audio import PRESETS, AudioFeatureExtractor
from skvae.audio.decoding._subprocess import decode_in_subprocess
from skvae.audio.descriptors import DESCRIPTORS
from skvae.audio.extraction._summary import summarize
from skvae.audio.spectrum._spectrum import Spectrum

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from librosa_calls import SCALES, from_samples

QUICK = bool(os.environ.get("SKVAE_QUICK"))
RATE, SECONDS, ROUNDS = 22050, 30.0, 1 if QUICK else 7
BARS = {
    "librosa / ours, decoding excluded": (np.greater_equal, 5.0),
    "librosa / ours": (np.greater_equal, 8.0),
    "ours / limit": (np.less_equal, 2.5),
    "speed of two workers / one": (np.greater_equal, 1.85),
    "memory": (np.less, 300.0),
    "cache: milliseconds of a hit": (np.less_equal, 1.0),
    "cache: first run, percent more": (np.less_equal, 5.0),
    "GPU: largest difference in dB": (np.less_equal, 0.001),
}
"""Bars, by the name of a measure or by the word before its colon."""


def against_bars(reached):
    """Return a table of measures with their bars and whether they are met."""
    rows = {}
    for name, value in reached.items():
        compare, bar = BARS.get(name) or BARS.get(name.split(":")[0]) or (None, None)
        words = {None: "", np.less: "below", np.less_equal: "at most", np.greater_equal: "at least"}
        met = "" if compare is None else "met" if compare(value, bar) else "NOT MET"
        rows[name] = {"reached": f"{value:.4g}", "bar": bar and f"{words[compare]} {bar:g}", "": met}
    return pd.DataFrame(rows).T.fillna("").to_string()


def clips():
    """Return paths of complete clips. One has several channels and another sample rate."""
    folder = shared("cc_songs/audio")
    paths = [path for path in sorted(folder.iterdir()) if soundfile.info(path).duration >= SECONDS]
    each = 1 if QUICK else 4
    return [path for suffix in (".mp3", ".ogg") for path in [p for p in paths if p.suffix == suffix][:each]]


def decoded(path):
    """Return the samples of a clip as the extractor decodes it."""
    (y,), _ = decode_in_subprocess(
        str(path),
        timeout=AudioFeatureExtractor().timeout,
        sample_rate=RATE,
        offset=0.0,
        duration=SECONDS,
        excerpts=None,
    )
    return y


def by_librosa(y, features):
    """Call librosa for each descriptor."""
    calls = from_samples(y, RATE)
    for name in features:
        # One separation returns both parts.
        if name != "percussive" or "harmonic" not in features:
            calls[name]()


def ways(path):
    """Return the timed functions by name. Each takes a file or decoded samples."""
    features = PRESETS["default"].features
    settings = AudioFeatureExtractor(duration=SECONDS)._settings()

    def theirs():
        return librosa.load(path, sr=RATE, duration=SECONDS)[0]

    def transform(signal):
        window = librosa.filters.get_window("hann", 2048)
        frames = librosa.util.frame(np.pad(signal, 1024), frame_length=2048, hop_length=512, axis=0)
        for start in range(0, len(frames), 64):
            scipy.fft.rfft(frames[start : start + 64] * window, axis=1)

    signal = decoded(path)
    return {
        "ours: decode": lambda: decoded(path),
        "ours: describe": lambda: summarize([signal], settings),
        "librosa: decode": theirs,
        "librosa: describe": lambda: by_librosa(signal, features),
        "transform": lambda: transform(signal),
    }


def least(functions, rounds=ROUNDS):
    """Return the minimum CPU seconds of each function, called in turn. The first call does not count."""
    times = {name: [] for name in functions}
    for round_number in range(rounds + 1):
        for name, function in functions.items():
            elapsed = processor_seconds(function)
            if round_number:
                times[name].append(elapsed)
    return {name: min(elapsed) for name, elapsed in times.items()}


def single_descriptors(path):
    """Return the milliseconds of each descriptor: skvae with a given transform, librosa from samples."""
    y = decoded(path)
    shared_power = Spectrum(y, RATE).power
    calls = from_samples(y, RATE)

    def ours(name):
        spectrum = Spectrum(y, RATE)
        spectrum.power = shared_power
        DESCRIPTORS[name].compute(spectrum)

    rows = {}
    for name in SCALES:
        rows[name] = least({"ours": lambda name=name: ours(name), "librosa": calls[name]}, min(3, ROUNDS))
    return 1e3 * pd.DataFrame(rows).T


def whole_runs():
    """Return the measures of complete extractions by name."""
    paths = clips()
    if QUICK:
        return cache_costs(paths, 1) | two_workers(paths, 1) | most_memory(paths, minutes=2) | gpu(paths, 8)
    return cache_costs(paths) | two_workers(paths) | most_memory(paths) | gpu(paths)


def main():
    warnings.simplefilter("ignore")
    times = pd.DataFrame({path.name: least(ways(path)) for path in clips()}).T * 1e3
    total = times.mean()
    ours = total["ours: decode"] + total["ours: describe"]
    limit = total["ours: decode"] + total["transform"]
    reached = {
        "librosa / ours, decoding excluded": total["librosa: describe"] / total["ours: describe"],
        "librosa / ours": (total["librosa: decode"] + total["librosa: describe"]) / ours,
        "ours / limit": ours / limit,
    }
    single = single_descriptors(clips()[0])
    single["times faster"] = single["librosa"] / single["ours"]
    parts = [
        f"{len(times)} clips of {SECONDS:g} s, {platform.processor() or platform.machine()}, one thread; "
        f"default: {', '.join(PRESETS['default'].features)}",
        "milliseconds per clip\n" + total.to_string(float_format="{:.1f}".format),
        "milliseconds of each descriptor alone\n" + single.to_string(float_format="{:.1f}".format),
        against_bars(reached | whole_runs()),
    ]
    text = "\n\n".join(parts)
    print(text)
    if not QUICK:
        times.to_csv(RESULTS / "audio.csv", float_format="%.2f")
        (RESULTS / "audio.txt").write_text(text + "\n")


if __name__ == "__main__":
    main()
