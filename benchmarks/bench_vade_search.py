"""How the default of ``VaDEClusterer(init="umap")`` was found: partitions of a latent, and how firmly a guide holds.

Judged on MNIST digits that `bench_vade` does not have: 1,800 shrunk to 8 x 8, and 3,000 as they are.

**Partitions.** From the fuzzy graph of the latent, of the columns, of their mean, or of what both agree on (the
geometric mean); an embedding of it; ten starts of a Gaussian mixture with one covariance for all components or one for
each; and of all starts the likeliest, or the one of the greatest modularity in the graph, of one embedding or of five.

**Guides.** How many rows keep the cluster of the first partition, and what the held-out bound is, by the weight of the
guide. No label is needed for that.
"""

import warnings

import numpy as np
import pandas as pd
import torch
from _tables import RESULTS, shared
from scipy import sparse
from sklearn.cluster import SpectralClustering
from sklearn.mixture import GaussianMixture

from skvae import MLP, VaDEClusterer, VAETransformer
from skvae.cluster._graph import agreement, embed_graph, modularity, neighbour_graph
from skvae.metrics import clustering_accuracy_score

SEEDS = range(3)
K = 10


def table(n_rows, shrink):
    """Digits of MNIST outside `mnist10k.npz`."""
    with np.load(shared("images/mnist.npz")) as images, np.load(shared("images/mnist10k.npz")) as taken:
        rest = np.setdiff1d(np.arange(len(images["X"])), taken["idx"])
        rows = np.random.default_rng(n_rows).choice(rest, n_rows, replace=False)
        X, y = images["X"][rows].astype(np.float32) / 255, images["y"][rows].astype(int)
    if shrink:  # the middle 24 x 24, in squares of 3 x 3
        X = X.reshape(-1, 28, 28)[:, 2:26, 2:26].reshape(-1, 8, 3, 8, 3).mean((2, 4)).reshape(-1, 64)
    return X, y


def graphs(X, Z):
    """Graphs of latent and table, alone and together."""
    of_latent, of_table = neighbour_graph(Z, 0), neighbour_graph(X, 0)
    return {
        "latent": of_latent,
        "table": of_table,
        "mean": sparse.csr_array((of_latent + of_table) / 2),
        "agreement": agreement(of_latent, of_table, np.arange(len(X))),
    }


def partitions(graph, Z, seed):
    """Partitions of a graph, by how they are made and chosen."""
    spectral = SpectralClustering(K, affinity="precomputed", assign_labels="cluster_qr", random_state=seed)
    yield "spectral", spectral.fit_predict(graph)
    rng = np.random.RandomState(seed)
    embeddings = [embed_graph(graph, Z, rng) for _ in range(5)]
    for covariance in ("full", "tied"):
        candidates = []
        for embedding in embeddings:
            mixture = GaussianMixture(K, covariance_type=covariance, random_state=rng)
            candidates.append([(mixture.fit_predict(embedding), mixture.lower_bound_) for _ in range(10)])
        yield f"{covariance}, likelihood", max(candidates[0], key=lambda start: start[1])[0]
        some, pool = ([start[0] for starts in among for start in starts] for among in (candidates[:1], candidates))
        yield f"{covariance}, modularity", max(some, key=lambda y: modularity(graph, y))
        yield f"{covariance}, modularity of 5 embeddings", max(pool, key=lambda y: modularity(graph, y))


def main():
    """Measure, print and write results/vade_search_*.csv and .txt."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    accuracies, guides = [], []
    for name, arguments in {"8 x 8": (1_800, True), "28 x 28": (3_000, False)}.items():
        X, y = table(*arguments)
        for seed in SEEDS:
            settings = {"network": MLP((512, 256)), "scale": None, "input_noise": 0.0, "max_epochs": 80}
            vae = VAETransformer(10, **settings, random_state=seed)
            Z = vae.fit_transform(X).astype(np.float64)
            for graph_name, graph in graphs(X.astype(np.float64), Z).items():
                for how, labels in partitions(graph, Z, seed):
                    value = clustering_accuracy_score(y, labels)
                    accuracies.append({"table": name, "graph": graph_name, "partition": how, "accuracy": value})
            for guide in (0.0, 0.05, 0.2, 0.5, 1.0, 3.0):
                model = VaDEClusterer(K, vae=vae, guide=guide, max_epochs=30, random_state=seed).fit(X)
                guides.append(
                    {
                        "table": name,
                        "guide": guide,
                        "keep their cluster": (model.labels_ == model.initial_labels_).mean(),
                        "accuracy": clustering_accuracy_score(y, model.labels_),
                        "held-out ELBO gained": model.elbo_ - model.initial_elbo_,
                    }
                )
            print(name, seed, flush=True)
    accuracies, guides = pd.DataFrame(accuracies), pd.DataFrame(guides)
    cells = accuracies.pivot_table(
        index="partition",
        columns=["table", "graph"],
        values="accuracy",
        aggfunc=lambda values: f"{values.mean():.3f} ± {values.std():.3f}",
    )
    text = f"Accuracy of partitions, mean and sd of {len(SEEDS)} seeds\n\n{cells.to_string()}"
    text += "\n\nGuides, mean over seeds\n\n"
    text += guides.groupby(["table", "guide"]).mean().to_string(float_format="{:.3f}".format) + "\n"
    print(text)
    accuracies.to_csv(RESULTS / "vade_search_partitions.csv", index=False, float_format="%.4f")
    guides.to_csv(RESULTS / "vade_search_guides.csv", index=False, float_format="%.4f")
    (RESULTS / "vade_search.txt").write_text(text)


if __name__ == "__main__":
    main()
