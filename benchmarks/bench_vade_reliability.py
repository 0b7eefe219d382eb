"""Calibration of VaDE memberships on real tables with labels.

`VaDEClusterer` with its defaults and the settings of `bench_vade`, five seeds. Each seed matches its clusters with the
labels, and a bin of confidence contains the rows of all seeds. Labels are used only for the accuracy. Writes
results/vade_reliability.csv (the bins of each seed) and .png.

    python benchmarks/bench_vade_reliability.py
"""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from _tables import RESULTS
from bench_vade import TABLES, guided_vade

from skvae.metrics import ReliabilityCurve, reliability_curve
from skvae.plots import ReliabilityDisplay

SEEDS = range(5)
TITLES = {"mnist10k": "MNIST, 10,000 digits", "gtzan": "GTZAN", "gtzan_banglabeats": "GTZAN and BanglaBeats"}
N_BINS = 10


def measure(name):
    """Return the bins of each seed."""
    table = TABLES[name]()
    for seed in SEEDS:
        (_, _, _, memberships), *_ = guided_vade(table, seed)
        curve = reliability_curve(table.labels, memberships, n_bins=N_BINS)
        print(name, seed, f"confidence {curve.mean_confidence:.3f}, accuracy {curve.mean_accuracy:.3f}", flush=True)
        bins = {"confidence": curve.confidence, "accuracy": curve.accuracy, "rows": curve.counts}
        yield pd.DataFrame({"table": name, "seed": seed} | bins)


def pool(bins):
    """Return the curve of the rows of all seeds."""
    position = np.minimum((bins["confidence"] * N_BINS).astype(int), N_BINS - 1)
    sums = bins[["confidence", "accuracy"]].mul(bins["rows"], axis=0).assign(rows=bins["rows"]).groupby(position).sum()
    n_rows, means = sums["rows"].sum(), sums.div(sums["rows"], axis=0)
    return ReliabilityCurve(
        means["confidence"].to_numpy(),
        means["accuracy"].to_numpy(),
        sums["rows"].to_numpy(),
        sums["confidence"].sum() / n_rows,
        sums["accuracy"].sum() / n_rows,
        (sums["accuracy"] - sums["confidence"]).abs().sum() / n_rows,
    )


def main():
    found = pd.concat(rows for name in TITLES for rows in measure(name))
    found.to_csv(RESULTS / "vade_reliability.csv", index=False, float_format="%.4f")
    fig, axes = plt.subplots(1, len(TITLES), figsize=(11, 3.6), sharey=True, layout="constrained")
    for ax, (name, title) in zip(axes, TITLES.items(), strict=True):
        display = ReliabilityDisplay(pool(found[found["table"] == name])).plot(ax)
        ax.set_title(f"{title}: {display.ax_.get_title()}", fontsize=10)
        ax.label_outer()
    fig.savefig(RESULTS / "vade_reliability.png", dpi=110)


if __name__ == "__main__":
    main()
