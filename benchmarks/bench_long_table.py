"""Memory and time of training on a memory-mapped table of a million rows, and the cost of reading in blocks.

First, 1,000,000 x 424 single-precision values (1.7 GB, a mixture of 50 groups) in a file are fitted for one epoch and
transformed by a child process. Its anonymous memory (RssAnon, without the pages of the file) is measured fifty times
per second. Second, tables that fit into memory are trained from memory and in shuffled blocks of consecutive rows. Some
tables are sorted by class, which is the worst order for blocks. The result is the bound, in nats per row, of rows that
neither fit used, with five seeds.

    python benchmarks/bench_long_table.py
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import pandas as pd

RESULTS = Path(__file__).parent / "results"
N_COLUMNS = 424


def write_table(path, n_rows):
    rng = np.random.default_rng(0)
    centers = rng.standard_normal((50, N_COLUMNS), dtype=np.float32)
    with path.open("wb") as file:
        for start in range(0, n_rows, 20_000):
            n = min(20_000, n_rows - start)
            rows = centers[rng.integers(50, size=n)] + rng.standard_normal((n, N_COLUMNS), dtype=np.float32)
            rows.tofile(file)


def anonymous_bytes():
    return int(re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024


def fit_long_table(path, n_rows, scale):
    """Print seconds of fit and transform, and peak memory above that after import. Runs in the child process."""
    from skvae import VAETransformer

    vae = VAETransformer(16, max_epochs=1, scale=scale, random_state=0)
    import torch  # noqa: F401  # counted as import, not as training

    before = peak = anonymous_bytes()

    def watch():
        nonlocal peak
        while True:
            peak = max(peak, anonymous_bytes())
            time.sleep(0.02)

    threading.Thread(target=watch, daemon=True).start()
    X = np.memmap(path, dtype=np.float32, mode="r", shape=(n_rows, N_COLUMNS))
    times = [time.perf_counter()]
    vae.fit(X)
    times.append(time.perf_counter())
    Z = vae.transform(X)
    times.append(time.perf_counter())
    if not np.isfinite(Z).all():
        raise SystemExit("The latent representation contains values that are not finite.")
    print(*np.diff(times), peak - before)


def measure_memory(n_rows):
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        write_table(path, n_rows)
        for scale in ("standard", "power"):
            command = [sys.executable, __file__, "--child", path, scale, "--rows", str(n_rows)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            fit, transform, peak = map(float, done.stdout.split())
            lines.append(
                f"{n_rows:,} x {N_COLUMNS}, scale={scale!r}: fit of one epoch {fit:.0f} s, transform {transform:.0f} "
                f"s, peak anonymous memory {peak / 1e9:.2f} GB above that after import "
                f"({'within' if peak <= 1e9 else 'OVER'} 1 GB)"
            )
    return lines


def measure_bound(seeds):
    from sklearn.datasets import load_digits, make_blobs

    from skvae import VAETransformer
    from skvae.vae.training import _batches

    digits = load_digits()
    blobs, groups = make_blobs(20_000, 40, centers=30, cluster_std=4.0, random_state=0)
    tables = {}
    for name, X, y in (("digits", digits.data, digits.target), ("30 groups, 20,000 x 40", blobs, groups)):
        rng = np.random.default_rng(0)
        order = rng.permutation(len(X))
        held, rest = order[: len(X) // 5], order[len(X) // 5 :]
        tables[f"{name}, random order"] = X[rest], X[held]
        tables[f"{name}, sorted by class"] = X[rest[np.argsort(y[rest], kind="stable")]], X[held]
    rows = []
    whole = _batches.RESIDENT_BYTES, _batches.BLOCK_ROWS, _batches.POOL_ROWS
    for name, (train, test) in tables.items():
        # The shuffled fraction of the table equals that of 32,768 rows in a million.
        pool = max(32, len(train) // 30)
        ways = {"from memory": whole, "in blocks": (0, max(4, pool // 16), pool)}
        for way, (_batches.RESIDENT_BYTES, _batches.BLOCK_ROWS, _batches.POOL_ROWS) in ways.items():
            for seed in range(seeds):
                vae = VAETransformer(16, max_epochs=100, random_state=seed).fit(train)
                rows.append({"table": name, "rows": way, "seed": seed, "held-out elbo": vae.score(test)})
    return pd.DataFrame(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--child", nargs=2, metavar=("FILE", "SCALE"))
    arguments = parser.parse_args()
    if arguments.child:
        fit_long_table(arguments.child[0], arguments.rows, arguments.child[1])
        return
    lines = measure_memory(arguments.rows)
    bounds = measure_bound(arguments.seeds)
    bounds.to_csv(RESULTS / "long_table.csv", index=False, float_format="%.4f")
    summary = bounds.pivot_table(index="table", columns="rows", values="held-out elbo", aggfunc=["mean", "std"])
    text = "\n".join([*lines, "", "Held-out bound, nats per row:", summary.round(2).to_string()])
    print(text)
    (RESULTS / "long_table.txt").write_text(text + "\n")


if __name__ == "__main__":
    main()
