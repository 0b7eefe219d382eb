"""Time and peak memory of `skvae cluster` and `skvae predict` on a table of 200,000 songs.

The table is float32 Parquet with 60 audio and 40 lyrics columns. The lyrics are missing in a third of the rows. The
rows come from ten groups with a nonlinear shape. The table of new songs has the same size. The commands run in separate
processes, as for a user. VmHWM is the peak resident memory, including pages of mapped files. RssAnon is the largest
memory that the process owns, measured every 50 ms. Writes results/large_table.txt and .csv.

    python benchmarks/bench_large_table.py [--rows 200000] [--epochs 20]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sklearn.metrics import adjusted_mutual_info_score

RESULTS = Path(__file__).with_name("results")
GROUPS, WIDTHS = 10, {"audio": 60, "lyrics": 40}


def write_table(path, n_rows, seed):
    """Write rows of ten groups: a nonlinear function of eight dimensions, and noise. Some values are missing."""
    shape = np.random.default_rng(0)  # the groups are the same in both tables
    centers, mix = shape.normal(scale=2.0, size=(GROUPS, 8)), shape.normal(size=(8, sum(WIDTHS.values()))) / 3
    rng = np.random.default_rng(seed)
    group = rng.integers(GROUPS, size=n_rows)
    hidden = centers[group] + rng.normal(size=(n_rows, 8))
    X = (np.tanh(hidden @ mix) + 0.3 * rng.normal(size=(n_rows, mix.shape[1]))).astype(np.float32)
    X[rng.random(n_rows) < 1 / 3, WIDTHS["audio"] :] = np.nan
    X[rng.choice(n_rows, n_rows // 1000, replace=False), 5] = np.nan
    names = [f"{block}__{i:02d}" for block, width in WIDTHS.items() for i in range(width)]
    frame = pd.DataFrame(X, columns=names)
    frame.insert(0, "track_id", [f"{seed}-{i}" for i in range(n_rows)])
    frame.insert(1, "genre", group.astype(str))
    frame.to_parquet(path, row_group_size=16_384)  # as in the files of skvae


def measure(arguments):
    """Run a command of skvae. Return its seconds and its peak memory in MiB."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", "from skvae.cli import main; main()", *map(str, arguments)], stdout=subprocess.DEVNULL
    )
    highest = {"VmHWM": 0, "RssAnon": 0}
    while child.poll() is None:
        try:
            status = Path(f"/proc/{child.pid}/status").read_text()
        except OSError:
            break
        for line in status.splitlines():
            name, _, value = line.partition(":")
            if name in highest:
                highest[name] = max(highest[name], int(value.split()[0]) / 1024)
        time.sleep(0.05)
    if child.wait():
        raise SystemExit(f"skvae {arguments[0]} failed with exit code {child.returncode}.")
    return {"seconds": time.perf_counter() - start, "VmHWM_MiB": highest["VmHWM"], "RssAnon_MiB": highest["RssAnon"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--epochs", type=int, default=20, help="Number of training epochs.")
    n_rows, epochs = (vars(parser.parse_args())[name] for name in ("rows", "epochs"))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, rows, seed in (("library", n_rows, 1), ("few", n_rows // 10, 2), ("many", n_rows, 3)):
            write_table(folder / f"{name}.parquet", rows, seed)
        run = folder / "run"
        commands = {
            "cluster": ("library", ["cluster", folder / "library.parquet", "--out", run, "--max-epochs", epochs]),
            "predict, a tenth": ("few", ["predict", run, folder / "few.parquet", "--out", folder / "few"]),
            "predict": ("many", ["predict", run, folder / "many.parquet", "--out", folder / "many"]),
            "predict --append": ("many", ["predict", run, folder / "many.parquet", "--append", run]),
        }
        rows = []
        for command, (name, arguments) in commands.items():
            n = pq.read_metadata(folder / f"{name}.parquet").num_rows
            rows.append({"command": command, "rows": n} | measure(arguments))
        record = json.loads((folder / "run" / "run.json").read_text("utf-8"))
        labels = pd.read_csv(folder / "many" / "clusters.csv", usecols=["label", "genre"])
    labeled = labels[labels["label"] >= 0]
    ami = adjusted_mutual_info_score(labeled["genre"], labeled["label"])
    table = pd.DataFrame(rows).round({"seconds": 1, "VmHWM_MiB": 0, "RssAnon_MiB": 0})
    table.to_csv(RESULTS / "large_table.csv", index=False)
    lines = [
        f"{n_rows} rows x {sum(WIDTHS.values())} columns, {epochs} epochs; {os.cpu_count()} processors, "
        f"OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')}, load {os.getloadavg()[1]:.1f} at the end; "
        f"{idle():.0f} MiB after the imports",
        "",
        table.to_string(index=False),
        "",
        "seconds of cluster by stage: " + ", ".join(f"{name} {value:.0f}" for name, value in record["timings"].items()),
        f"AMI of predicted labels with the groups: {ami:.2f}; {len(labels) - len(labeled)} rows without a label",
        *(f"- {note}" for note in record["notes"]),
    ]
    (RESULTS / "large_table.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


def idle():
    """Return the RssAnon in MiB of a process after the imports of the commands."""
    code = "import skvae.report, matplotlib, umap; print(open('/proc/self/status').read())"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    return int(re.search(r"RssAnon:\s+(\d+)", done.stdout)[1]) / 1024


if __name__ == "__main__":
    main()
