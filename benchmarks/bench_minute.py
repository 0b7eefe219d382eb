"""Time of the commands on two cores, from the start of the process to its end.

Each command runs in fresh processes, with the packages that `make demo` installs: musicnn and dask are hidden. The
stages are those of run.json. "songs" is the rendering of the songs, and "other" is the rest: start, imports and output.
The speed of the machine is given by the product of two float32 matrices on one core.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from _tables import RESULTS, shared
from threadpoolctl import threadpool_limits

HIDDEN = ("musicnn", "dask")
COMMAND_LINE = f"import sys; sys.modules.update(dict.fromkeys({HIDDEN!r})); from skvae.cli import main; main()"
STAGES = ("songs", "audio", "lyrics", "scaling", "training", "comparison", "map", "writing", "other")


def commands(folder):
    """Return the arguments of each command, its folder of results if it has one, and the target in seconds."""
    write_table(folder / "table.csv")
    songs = ["cluster", shared("cc_songs/tracks.csv"), "--memory", folder / "cache", "--out", folder / "songs"]
    demo = ["demo", "--out", folder / "demo"]
    return {
        "skvae demo (200 songs of 10 s)": (demo, folder / "demo", 45),
        "the same, with the songs of before": (demo, folder / "demo", None),
        "skvae cluster, 27 songs, empty cache": (songs, folder / "songs", None),
        "the same, warm cache": (songs, folder / "songs", 20),
        "skvae cluster, table of 200 x 62": (
            ["cluster", folder / "table.csv", "--out", folder / "table"],
            folder / "table",
            12,
        ),
        "skvae --help": (["--help"], None, 0.3),
        "skvae info": (["info"], None, 2),
    }


def write_table(path):
    """Write a feature table with eight groups of rows."""
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 8, 200)
    values = 0.7 * rng.normal(size=(8, 62))[groups] + rng.normal(size=(200, 62))
    table = pd.DataFrame(values, columns=[f"feature{i:02}" for i in range(62)])
    table.assign(genre=[f"genre {group}" for group in groups]).to_csv(path, index=False)


def run(arguments, results, cores):
    """Run a command on some cores. Return the seconds of the process, and of each stage."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND_LINE, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    seconds = time.perf_counter() - start
    stages = {}
    if results is not None:
        stages |= json.loads((results / "run.json").read_text("utf-8"))["timings"]
        for minutes, rest in re.findall(r"^songs: .*?(?:(\d+) min )?([\d.]+) s$", done.stderr, re.MULTILINE):
            stages["songs"] = 60 * int(minutes or 0) + float(rest)
        stages["other"] = seconds - sum(stages.values())
    return seconds, stages


def matrix_speed(n=1024, repeats=20):
    """Return the GFLOP/s of one core for products of float32 matrices."""
    matrix = np.random.default_rng(0).normal(size=(n, n)).astype(np.float32)
    times = []
    with threadpool_limits(1):
        for _ in range(repeats):
            start = time.perf_counter()
            matrix @ matrix
            times.append(time.perf_counter() - start)
    return 2 * n**3 / min(times) / 1e9


def main():
    """Measure, print and write results/minute.txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:2]
    load, runs = [], {}
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name, (arguments, results, target) in commands(Path(folder)).items():
                load.append(os.getloadavg()[0])
                runs.setdefault((name, target), []).append(run(arguments, results, cores))
                print(f"{name:38} {runs[name, target][-1][0]:6.2f} s", flush=True)
    header = "".join(f" {stage:>10}" for stage in STAGES)
    lines = [f"{'seconds':38} {'all':>6} {'target':>6}{header}"]
    for (name, target), measured in runs.items():
        total = statistics.median(seconds for seconds, _ in measured)
        stages = [[stages[stage] for _, stages in measured if stage in stages] for stage in STAGES]
        cells = "".join(f" {statistics.median(seconds):10.1f}" if seconds else " " * 11 for seconds in stages)
        lines.append(f"{name:38} {total:6.{2 if total < 3 else 1}f} {target or '':>6}{cells}".rstrip())
    lines.append(f"medians of {args.rounds} runs on {len(cores)} cores")
    lines.append(f"{matrix_speed():.0f} GFLOP/s per core for float32 matrices")
    lines.append(f"load average before the first run: {load[0]:.1f}")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    (RESULTS / "minute.txt").write_text(text)


if __name__ == "__main__":
    main()
