"""Time of the two-dimensional embedding of a map: t-SNE, UMAP including its compilation, and PCA.

Each embedding runs in a fresh interpreter with one thread, because UMAP compiles code in each process. CPU seconds are
reported. They include the import of the method, but not of `skvae.plots` and PyTorch. "kept" is the fraction of the 15
nearest rows that are also among the 15 nearest points of the plane.
"""

import os
import subprocess
import sys
from pathlib import Path

SIZES = [200, 1000, 2000, 5000, 10000]
METHODS = ["tsne", "umap", "pca"]
LATENT_DIM, N_CENTERS, CLUSTER_STD, N_NEIGHBORS = 16, 10, 3.0, 15
LIMIT = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def measure(method, n):
    """Return the CPU seconds of an embedding of n rows, and the fraction of neighbors that it keeps."""
    import time

    import numpy as np
    import torch  # noqa: F401, the import of UMAP needs it
    from sklearn.datasets import make_blobs
    from sklearn.neighbors import NearestNeighbors

    from skvae.plots import embed_plane

    Z, _ = make_blobs(n, n_features=LATENT_DIM, centers=N_CENTERS, cluster_std=CLUSTER_STD, random_state=0)
    start = time.process_time()
    points, _ = embed_plane(Z, method=method, random_state=0)
    seconds = time.process_time() - start
    near, shown = (
        NearestNeighbors(n_neighbors=N_NEIGHBORS).fit(x).kneighbors(return_distance=False) for x in (Z, points)
    )
    return seconds, np.mean([len(np.intersect1d(a, b)) for a, b in zip(near, shown, strict=True)]) / N_NEIGHBORS


def main():
    """Measure, print and write results/map.txt."""
    if len(sys.argv) == 3:
        print(*measure(sys.argv[1], int(sys.argv[2])))
        return
    lines = [f"{'rows':>6}" + "".join(f" {method + ', s':>9} {'kept':>5}" for method in METHODS)]
    for n in SIZES:
        cells = []
        for method in METHODS:
            command = [sys.executable, __file__, method, str(n)]
            done = subprocess.run(command, check=True, text=True, capture_output=True, env=os.environ | LIMIT)
            seconds, kept = map(float, done.stdout.split())
            cells.append(f" {seconds:9.2f} {kept:5.2f}")
        lines.append(f"{n:6}" + "".join(cells))
        print(lines[0] if n == SIZES[0] else "", lines[-1], sep="\n", flush=True)
    lines.append(f"CPU seconds of one thread; {LATENT_DIM} columns, {N_CENTERS} groups")
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    (folder / "map.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
