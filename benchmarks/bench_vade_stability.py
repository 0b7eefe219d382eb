"""VaDE over 50 seeds on five difficult tables: NaN, dead components, and the smallest cluster.

The tables have 300 rows each and come from tests/difficult_tables.py: blobs, digits 0 to 4, groups of 80, 15 and 5 %,
rows that occur twenty times, and blobs of two modalities, one of which is missing in 40 % of the rows. Each start
(`init`) uses its own guide. A dead component is the most probable component of no row.

    python benchmarks/bench_vade_stability.py
"""

import argparse
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import pandas as pd
from difficult_tables import make_difficult_tables

from skvae import MLP, VaDEClusterer, VAETransformer

RESULTS = Path(__file__).with_name("results")
INITS = ("gmm", "kmeans", "umap")


def measure(X, n_clusters, settings, init, seed):
    vae = VAETransformer(4, network=MLP(hidden=(32,)), batch_size=32, learning_rate=5e-3, max_epochs=60, **settings)
    vade = VaDEClusterer(n_clusters, vae=vae, init=init, n_init=3, max_epochs=40, random_state=seed).fit(X)
    values = [vade.predict_proba(X), vade.weights_, vade.cluster_centers_, vade.covariances_, vade.score_samples(X)]
    values += [[value for name, value in row.items() if name != "phase"] for row in vade.history_]
    counts = np.bincount(vade.labels_, minlength=n_clusters)
    return {
        "nan": not all(np.isfinite(part).all() for part in values),
        "dead": int((counts == 0).sum()),
        "least": int(counts.min()),
        "confidence": float(values[0].max(axis=1).mean()),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--init", nargs="+", choices=INITS, default=INITS, help="Starts. Other results are kept.")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    found = []
    for table, (X, n_clusters, settings) in make_difficult_tables(arguments.rows).items():
        for init in arguments.init:
            for seed in range(arguments.seeds):
                row = {"table": table, "init": init, "seed": seed} | measure(X, n_clusters, settings, init, seed)
                found.append(row)
    found = pd.DataFrame(found)
    if len(arguments.init) < len(INITS):
        before = pd.read_csv(RESULTS / "vade_stability.csv")
        found = pd.concat([before[~before["init"].isin(arguments.init)], found])
    found.to_csv(RESULTS / "vade_stability.csv", index=False, float_format="%.4f")
    found["dead"] = found["dead"] > 0
    summary = found.groupby(["table", "init"]).agg(
        fits=("seed", "size"), with_nan=("nan", "sum"), with_dead=("dead", "sum"),
        least_cluster=("least", "min"), mean_confidence=("confidence", "mean"),
    )  # fmt: skip
    text = f"{arguments.rows} rows each\n{summary.round(3).to_string()}"
    print(text)
    (RESULTS / "vade_stability.txt").write_text(text + "\n")


if __name__ == "__main__":
    main()
