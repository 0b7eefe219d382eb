"""Throughput of `AudioEmbedder("musicnn")` beside the bare model, with one and two processes, and from the cache.

The recordings are the real songs of SKVAE_SHARED_DATA, 30 s each, and generated songs of 10 s. All ways run in turn in
every round, with one torch thread per process:

- *bare model*: decode a file, divide it into windows, call the network. One process, no time limit, no cache.
- *n_jobs=1*, *n_jobs=2*: `AudioEmbedder.transform`. The two worker processes have been started before.
- *cached*: a second run with `memory`.

The columns are the smallest values of all rounds:

- *wall*: wall seconds. *others* is the share of the processors that other programs used meanwhile. Ratios of wall
  seconds are valid only if this share is small.
- *CPU*: CPU seconds of all processes.
- *busiest*: CPU seconds of the busiest worker with its decoder, plus those of the main process. On idle processors,
  the run takes this time.

Further measures: the first run with two workers, which starts them and loads the model in each; memory of a worker;
decoding with and without the helper process of `timeout`.

``python benchmarks/bench_embedder.py [--quick]``. Requires ``pip install --no-deps musicnn==0.1.0``.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import argparse
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import torch
from _tables import RESULTS, shared

from skvae import AudioEmbedder
from skvae.audio.decoding._decode import decode
from skvae.audio.decoding._subprocess import decode_in_subprocess
from skvae.audio.pretrained._windows import all_windows
from skvae.datasets import make_songs

BARS = {"n_jobs=1 / bare model": "at most 1.1", "n_jobs=1 / n_jobs=2": "at least 1.8"}


class Cost(NamedTuple):
    """Costs of a call, see the docstring of the module."""

    wall: float
    cpu: float
    busiest: float
    others: float


def cpu_seconds():
    """Return the CPU seconds so far of this process with its decoder, and of each joblib worker with its decoder."""
    tick, parents, seconds = os.sysconf("SC_CLK_TCK"), {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # the process has ended
            continue
        pid = int(path.parent.name)
        parents[pid], seconds[pid] = int(fields[1]), sum(map(int, fields[11:15])) / tick  # with ended children
    main = os.getpid()
    groups, found = {main: main}, [main]
    for pid in found:
        children = [child for child, parent in parents.items() if parent == pid]
        found += children
        groups |= {child: child if is_worker(child) else groups[pid] for child in children}
    return {group: sum(seconds[pid] for pid in found if groups[pid] == group) for group in set(groups.values())}


def is_worker(pid):
    """Return whether a process is a worker of joblib."""
    return b"popen_loky" in Path(f"/proc/{pid}/cmdline").read_bytes()


def busy_seconds():
    """Return the CPU seconds of all programs of the machine so far."""
    user, nice, system, _, _, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def measure(function):
    """Return the `Cost` of a call."""
    start, before, busy = time.perf_counter(), cpu_seconds(), busy_seconds()
    function()
    wall, after, busy = time.perf_counter() - start, cpu_seconds(), busy_seconds() - busy
    used = {group: seconds - before.get(group, 0.0) for group, seconds in after.items()}
    cpu, main = sum(used.values()), used.pop(os.getpid())
    return Cost(wall, cpu, main + max(used.values(), default=0.0), max(0.0, busy - cpu) / wall / os.cpu_count())


def best(costs):
    """Return the smallest values, and the share of other programs during the fastest run."""
    return Cost(*(min(values) for values in list(zip(*costs, strict=True))[:3]), min(costs).others)


def bare_model(paths, embedder):
    """Decode and embed each file with nothing else."""
    encoder, length = embedder._encoder, round(embedder._window_seconds() * embedder.sample_rate_)
    for path in paths:
        signals, _ = decode(path, sample_rate=embedder.sample_rate_, offset=0.0, duration=30.0, excerpts=None)
        encoder(np.stack(all_windows(signals, length))).mean(axis=0)


def peak_memory():
    """Return the largest peak of resident memory of a worker of joblib, in MB."""
    pids = joblib.Parallel(2)(joblib.delayed(peak_of_this_process)(i) for i in range(8))
    return max(pids)


def peak_of_this_process(_):
    time.sleep(0.05)  # so that both workers get tasks
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def compare(paths, rounds):
    """Return the costs by way, and the cost of the first run with two workers."""
    joblib.externals.loky.get_reusable_executor().shutdown()
    one = AudioEmbedder("musicnn", device="cpu", on_error="raise", n_jobs=1).fit([])
    two = AudioEmbedder("musicnn", device="cpu", on_error="raise", n_jobs=2).fit([])
    first = measure(lambda: two.transform(paths))
    with tempfile.TemporaryDirectory() as folder:
        cached = AudioEmbedder("musicnn", device="cpu", on_error="raise", memory=folder).fit([])
        cached.transform(paths)
        ways = {
            "bare model": lambda: bare_model(paths, one),
            "n_jobs=1": lambda: one.transform(paths),
            "n_jobs=2": lambda: two.transform(paths),
            "cached": lambda: cached.transform(paths),
        }
        costs = {name: [] for name in ways}
        for _ in range(rounds):
            for name, function in ways.items():
                costs[name].append(measure(function))
    return {name: best(values) for name, values in costs.items()} | {"n_jobs=2, first run": first}


def describe(name, paths, costs):
    """Return the lines of the result for one set of recordings."""
    lines = [f"{len(paths)} {name}", f"{'':22}{'wall':>8}{'CPU':>8}{'busiest':>8}{'others':>8}   seconds"]
    for way, cost in costs.items():
        lines.append(f"{way:22}{cost.wall:8.2f}{cost.cpu:8.2f}{cost.busiest:8.2f}{cost.others:8.0%}")
    for ratio, bar in BARS.items():
        above, below = (costs[way][:3] for way in ratio.split(" / "))
        values = "".join(f"{a / b:8.2f}" for a, b in zip(above, below, strict=True))
        lines.append(f"{ratio:22}{values}   target: {bar}")
    return lines


def decoding(paths, rounds):
    """Return the CPU and wall milliseconds per file of decoding in this process and in a helper process."""
    settings = {"sample_rate": 16000, "offset": 0.0, "duration": 30.0, "excerpts": None}
    calls = {"this process": None, "helper process": 300.0}
    costs = {name: [] for name in calls}
    for _ in range(rounds):
        for name, timeout in calls.items():
            costs[name].append(
                measure(lambda t=timeout: [decode_in_subprocess(path, timeout=t, **settings) for path in paths])
            )
    lines = ["decoding, milliseconds per file"]
    for name, values in costs.items():
        cost = best(values)
        lines.append(f"{name:22}wall {1e3 * cost.wall / len(paths):.1f}, CPU {1e3 * cost.cpu / len(paths):.1f}")
    return lines


def main():
    """Measure, print and write results/embedder.txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few files and one round, without writing the result")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    rounds = 1 if args.quick else args.rounds
    torch.set_num_threads(1)
    real = sorted(map(str, shared("cc_songs/audio").iterdir()))
    with tempfile.TemporaryDirectory() as folder:
        songs = make_songs(8 if args.quick else 40, out_dir=Path(folder) / "songs", random_state=0)
        generated = songs["audio"].tolist()
        real = real[:4] if args.quick else real
        lines = [f"musicnn, {os.cpu_count()} cores, one torch thread per process, best of {rounds} rounds", ""]
        lines += [*describe("real songs, 30 s each", real, compare(real, rounds)), ""]
        lines += [f"peak memory of a worker {peak_memory():.0f} MB, with libraries and one copy of the model", ""]
        lines += [*describe("generated songs, 10 s each", generated, compare(generated, rounds)), ""]
        lines += decoding(real, rounds)
    text = "\n".join(lines) + "\n"
    print(text)
    if not args.quick:
        (RESULTS / "embedder.txt").write_text(text)


if __name__ == "__main__":
    main()
