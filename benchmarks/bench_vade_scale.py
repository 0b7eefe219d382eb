"""VaDE on long tables: growth of the fit time, and memory of predicting a memory-mapped table of a million rows.

First, tables of 64 columns (a mixture of 20 groups) with 12,500 to 200,000 rows are fitted with each start for the
same few epochs. The initial partition uses at most 20,000 rows. An exponent of 1 (the slope of log seconds over log
rows, from the second length on) is linear growth. One thread is used, because two may be slower than one on shared
cores. Second, a model is fitted on 20,000 rows. A child process labels 1,000,000 rows of a file with it. Its
anonymous memory (RssAnon, without the pages of the file) is measured fifty times per second.

    python benchmarks/bench_vade_scale.py
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import matplotlib
import numpy as np
import pandas as pd

matplotlib.use("Agg")

RESULTS = Path(__file__).with_name("results")
N_COLUMNS, N_CLUSTERS = 64, 20
EPOCHS = {"vae": 5, "joint": 5}


def rows_of_groups(n_rows, seed=0):
    rng = np.random.default_rng(seed)
    centers = 2 * np.random.default_rng(0).standard_normal((N_CLUSTERS, N_COLUMNS), dtype=np.float32)
    return centers[rng.integers(N_CLUSTERS, size=n_rows)] + rng.standard_normal((n_rows, N_COLUMNS), dtype=np.float32)


def fit(X, init):
    from skvae import VaDEClusterer, VAETransformer

    vae = VAETransformer(16, max_epochs=EPOCHS["vae"], patience=EPOCHS["vae"])
    vade = VaDEClusterer(N_CLUSTERS, vae=vae, init=init, n_init=3, max_epochs=EPOCHS["joint"], random_state=0)
    return vade.fit(X)


def measure_growth(lengths):
    rows = []
    for init in ("gmm", "kmeans", "umap"):
        fit(rows_of_groups(1_000), init)  # compile and load everything once
        for n_rows in lengths:
            X = rows_of_groups(n_rows)
            start = time.perf_counter()
            fit(X, init)
            rows.append({"init": init, "rows": n_rows, "seconds": time.perf_counter() - start})
            print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def draw(found):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
    for init, curve in found.groupby("init"):
        ax.plot(curve["rows"] / 1000, curve["seconds"], "o-", label=f'init="{init}"')
    ax.set(xlabel="thousand rows", ylabel="seconds of fit", xlim=(0, None), ylim=(0, None))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    ax.figure.savefig(RESULTS / "vade_scale.png", dpi=120)


def anonymous_bytes():
    return int(re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024


def predict_long_table(model, path, n_rows):
    """Print seconds, peak memory, and memory after import and loading. Runs in the child process."""
    import skvae

    vade = skvae.load(model)
    vade.predict(rows_of_groups(100))  # load the libraries that the first call needs
    before = peak = anonymous_bytes()

    def watch():
        nonlocal peak
        while True:
            peak = max(peak, anonymous_bytes())
            time.sleep(0.02)

    threading.Thread(target=watch, daemon=True).start()
    X = np.memmap(path, dtype=np.float32, mode="r", shape=(n_rows, N_COLUMNS))
    start = time.perf_counter()
    labels = vade.predict(X)
    seconds = time.perf_counter() - start
    if not np.array_equal(labels[-1000:], vade.predict(np.array(X[-1000:]))):
        raise SystemExit("The labels of the last rows depend on the previous rows.")
    print(seconds, peak, before)


def measure_memory(n_rows):
    import skvae

    with tempfile.TemporaryDirectory() as folder:
        model, path = Path(folder) / "vade.skvae", Path(folder) / "table"
        skvae.save(fit(rows_of_groups(20_000), "kmeans"), model)
        with path.open("wb") as file:
            for start in range(0, n_rows, 20_000):
                rows_of_groups(min(20_000, n_rows - start), seed=start).tofile(file)
        command = [sys.executable, __file__, "--child", model, path, "--predict", str(n_rows)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak, before = map(float, done.stdout.split())
    return (
        f"predict of {n_rows:,} x {N_COLUMNS} from a file: {seconds:.1f} s, peak anonymous memory {peak / 1e9:.2f} GB "
        f"({'within' if peak <= 1e9 else 'OVER'} 1 GB), of which {before / 1e9:.2f} GB after loading"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[12_500, 25_000, 50_000, 100_000, 200_000])
    parser.add_argument("--predict", type=int, default=1_000_000, metavar="ROWS")
    parser.add_argument("--child", nargs=2, metavar=("MODEL", "FILE"))
    arguments = parser.parse_args()
    if arguments.child:
        predict_long_table(*arguments.child, arguments.predict)
        return
    warnings.simplefilter("ignore")
    memory = measure_memory(arguments.predict)
    found = measure_growth(arguments.rows)
    found.to_csv(RESULTS / "vade_scale.csv", index=False, float_format="%.2f")
    draw(found)
    table = found.pivot_table(index="rows", columns="init", values="seconds")
    tail = np.log(table[1:])
    exponents = tail.apply(lambda seconds: np.polyfit(np.log(tail.index), seconds, 1)[0])
    text = (
        f"Seconds of fit, {N_COLUMNS} columns, {EPOCHS['vae']} + {EPOCHS['joint']} epochs, one thread:\n"
        f"{table.round(1).to_string()}\n\nExponent of the growth:\n{exponents.round(2).to_string()}\n\n{memory}"
    )
    print(text)
    (RESULTS / "vade_scale.txt").write_text(text + "\n")


if __name__ == "__main__":
    main()
