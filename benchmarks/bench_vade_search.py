"""Selection of the defaults of ``VaDEClusterer``: initial partition, guide and mixture.

The data are not in the tables of `bench_vade`: digits of MNIST, 1,800 of them shrunk to 8 x 8 and 3,000 in full size,
and generated songs. Each draw has other rows and its own seed. ``--parts`` selects the parts.

**Partitions.** The graph is the fuzzy graph of the latent space, of the columns, their mean, or their agreement (the
geometric mean). Ten Gaussian mixtures with one shared covariance or one per component are fitted on an embedding of the
graph. The selected partition is the most likely one, or has the largest modularity in the graph (of one embedding or of
five), or is the vote of all fifty. Only digits are used.

**Guides.** The guide is the partition, or the fractions of the clusters among the neighbors of a row. It has several
weights and is used until the last epoch or for two thirds of the epochs. The fraction of rows that keep their cluster
and the gain of the held-out bound need no labels. Accuracy and calibration error do. Components are diagonal.

**Mixtures.** Start: the graph partition with its guide, or mixtures on the latent space without a guide, with diagonal,
shared or full covariances. Prior: diagonal components, full components with the covariances of their groups, or full
components that are shrunk to a common shape. "first" is before the joint training.
"""

import argparse
import copy
import warnings

import numpy as np
import pandas as pd
import torch
from _tables import RESULTS, shared, songs_table, without
from scipy import sparse
from sklearn.cluster import SpectralClustering
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.mixture import GaussianMixture

from skvae import MLP, VAETransformer
from skvae.cluster import align_labels
from skvae.cluster._diagnostics import MembershipDiagnostics
from skvae.cluster._graph import (
    build_neighbor_graph,
    compute_modularity,
    embed_graph,
    partition_graph,
    propagate_labels,
)
from skvae.cluster._initialization import build_combined_graph, compute_initial_partition
from skvae.cluster._vade import DEFAULT_GUIDE
from skvae.metrics import clustering_accuracy_score, reliability_curve
from skvae.vae.model._mixture import DiagonalMixture, FullMixture
from skvae.vae.training import _trainer

DRAWS = {"partitions": 5, "guides": 5, "mixtures": 3}
EPOCHS = 30
IMAGES = {"latent_dim": 10, "network": MLP((512, 256)), "scale": None, "input_noise": 0.0, "max_epochs": 80}


def digits(n_rows, draw, *, shrink):
    """Draw digits of MNIST outside `mnist10k.npz`."""
    with np.load(shared("images/mnist.npz")) as images, np.load(shared("images/mnist10k.npz")) as taken:
        rest = np.setdiff1d(np.arange(len(images["X"])), taken["idx"])
        rows = np.random.default_rng([n_rows, draw]).choice(rest, n_rows, replace=False)
        X, y = images["X"][rows].astype(np.float32) / 255, images["y"][rows].astype(int)
    if shrink:  # means of 3 x 3 squares of the central 24 x 24 pixels
        X = X.reshape(-1, 28, 28)[:, 2:26, 2:26].reshape(-1, 8, 3, 8, 3).mean((2, 4)).reshape(-1, 64)
    return X, y, IMAGES


def songs(draw):
    """Return generated songs with audio. Four of five have lyrics."""
    X, tracks = songs_table(random_state=1000 + draw)
    X = without(X, "language")
    return X, tracks["genre"].to_numpy(), {"modalities": "auto", "fusion": "poe"}


TABLES = {
    "8 x 8": lambda draw: digits(1_800, draw, shrink=True),
    "28 x 28": lambda draw: digits(3_000, draw, shrink=False),
    "songs": songs,
}


def fit(X, settings, seed):
    """Fit the autoencoder. Return it, the scaled table, the posterior means and the standard deviations."""
    vae = VAETransformer(**settings, random_state=seed).fit(X)
    mean, std = (part.astype(np.float64) for part in vae.posterior(X))
    return vae, vae.scaled_input(X), mean, std


def graphs(x, Z):
    """Return the graphs of the latent space and of the table, alone and combined."""
    of_latent, of_table = build_neighbor_graph(Z, 0), build_neighbor_graph(x, 0)
    mean = sparse.csr_array((of_latent + of_table) / 2)
    return {"latent": of_latent, "table": of_table, "mean": mean, "agreement": build_combined_graph(Z, x, 0)}


def vote(partitions, first, k):
    """Return the most frequent cluster of each row, after matching the numbers with those of `first`."""
    shares = np.mean([np.eye(2 * k)[align_labels(first, labels).labels] for labels in partitions], axis=0)
    return shares.argmax(axis=1)


def partitions(graph, Z, k, seed):
    """Yield the partitions of a graph by name."""
    spectral = SpectralClustering(k, affinity="precomputed", assign_labels="cluster_qr", random_state=seed)
    yield "spectral", spectral.fit_predict(graph)
    rng = np.random.RandomState(seed)
    embeddings = [embed_graph(graph, Z, rng) for _ in range(5)]
    for covariance in ("full", "tied"):
        candidates = []
        for embedding in embeddings:
            mixture = GaussianMixture(k, covariance_type=covariance, random_state=rng)
            candidates.append([(mixture.fit_predict(embedding), mixture.lower_bound_) for _ in range(10)])
        yield f"{covariance}, likelihood", max(candidates[0], key=lambda start: start[1])[0]
        some, pool = ([start[0] for starts in among for start in starts] for among in (candidates[:1], candidates))
        yield f"{covariance}, modularity", max(some, key=lambda y: compute_modularity(graph, y))
        best = max(pool, key=lambda y: compute_modularity(graph, y))
        yield f"{covariance}, modularity of 5 embeddings", best
        yield f"{covariance}, vote of 5 embeddings", vote(pool, best, k)


def measure_partitions(draw):
    """Score the partitions of a draw."""
    for name in ("8 x 8", "28 x 28"):
        X, y, settings = TABLES[name](draw)
        _, x, Z, _ = fit(X, settings, draw)
        for graph_name, graph in graphs(x, Z).items():
            for how, labels in partitions(graph, Z, 10, draw):
                yield {
                    "table": name,
                    "draw": draw,
                    "graph": graph_name,
                    "partition": how,
                    "AMI": adjusted_mutual_info_score(y, labels),
                    "accuracy": clustering_accuracy_score(y, labels),
                }


def guides(partition, neighbours):
    """Yield guides: name, memberships, weight, and the fraction of epochs in which they are used."""
    for weight in (0.2, 0.5, 1.0):
        yield f"partition, {weight}", partition, weight, 1
        yield f"neighbours, {weight}", neighbours, weight, 1
    yield "none", partition, 0.0, 1
    yield "partition, 0.5, released", partition, 0.5, 2 / 3
    yield "neighbours, 0.5, released", neighbours, 0.5, 2 / 3


def train(vae, X, prior, memberships, weight, held=1, *, keep_start=False):
    """Continue the training of a copy with a guide. Return memberships, and the held-out bound before and after."""
    vae, values, diagnostics = copy.deepcopy(vae), np.asarray(X), MembershipDiagnostics()
    model = vae.latent_model_
    model.set_prior(copy.deepcopy(prior))
    settings = _trainer.TrainingSettings.from_params(vae.get_params(deep=False))
    n_guided = round(held * EPOCHS)
    for n_epochs, w in ((n_guided, weight), (EPOCHS - n_guided, 0.0)):
        if n_epochs:
            _trainer.train(
                model,
                values,
                model.codec.find_observed(values),
                settings,
                max_epochs=n_epochs,
                kl_warmup=0,
                guide=memberships if w else None,
                guide_weight=w * values.shape[1],
                keep_start=keep_start,
                callbacks=[("memberships", diagnostics)],
            )
    return model.memberships(values), *diagnostics.mean_elbos()


def prepare(draw):
    """Yield each table of a draw with its fitted VAE, latent space, graph partition and guide."""
    for name, draw_table in TABLES.items():
        X, y, settings = draw_table(draw)
        k = len(np.unique(y))
        vae, x, Z, std = fit(X, settings, draw)
        graph = build_combined_graph(Z, x, 0)
        partition = partition_graph(graph, Z, k, 10, draw)
        yield name, X, y, k, vae, Z, std, partition, propagate_labels(graph, partition, k)


def judge(y, first, P):
    """Compare memberships with the initial partition and with the labels."""
    curve = reliability_curve(y, P)
    return {
        "keep their cluster": (P.argmax(axis=1) == first).mean(),
        "accuracy": curve.mean_accuracy,
        "AMI": adjusted_mutual_info_score(y, P.argmax(axis=1)),
        "confidence": curve.mean_confidence,
        "calibration error": curve.calibration_error,
    }


def measure_guides(draw):
    """Score the guides of a draw."""
    for name, X, y, k, vae, Z, std, first, neighbours in prepare(draw):
        prior = DiagonalMixture.from_partition(Z, std, first, k)
        for how, memberships, weight, held in guides(np.eye(k)[first], neighbours):
            P, before, after = train(vae, X, prior, memberships, weight, held)
            row = {"table": name, "draw": draw, "guide": how, "held-out ELBO gained": after - before}
            yield row | judge(y, first, P)


class OwnShapes(FullMixture):
    """Full components with the covariances of their groups, also for groups with few rows."""

    @staticmethod
    def _initial_covariances(covariances, sizes):
        return covariances


PRIORS = {"diagonal": DiagonalMixture, "full, of own shapes": OwnShapes, "full": FullMixture}


def measure_mixtures(draw):
    """Score the mixtures of a draw."""
    for name, X, y, k, vae, Z, std, partition, neighbours in prepare(draw):
        starts = {"graph, guided": (partition, neighbours, DEFAULT_GUIDE)}
        for covariance_type in ("diag", "tied", "full"):
            labels, _ = compute_initial_partition(
                Z, k, init="gmm", n_init=10, seed=draw, covariance_type=covariance_type
            )
            starts[f"mixture, {covariance_type}"] = labels, None, 0.0
        for start, (first, memberships, weight) in starts.items():
            for prior_name, prior in PRIORS.items():
                mixture = prior.from_partition(Z, std, first, k)
                P, before, after = train(vae, X, mixture, memberships, weight, keep_start=True)
                row = {"table": name, "draw": draw, "start": start, "prior": prior_name}
                row |= {"first AMI": adjusted_mutual_info_score(y, first), "first ELBO": before, "ELBO": after}
                yield row | judge(y, first, P)


PARTS = {"partitions": measure_partitions, "guides": measure_guides, "mixtures": measure_mixtures}


def describe(part, rows):
    """Return the results of a part as text."""
    if part == "partitions":
        text = f"Partitions and digits, mean and sd of {rows.draw.nunique()} draws\n"
        for metric in ("AMI", "accuracy"):
            cells = rows.pivot_table(
                index="partition",
                columns=["table", "graph"],
                values=metric,
                aggfunc=lambda values: f"{values.mean():.3f} ± {values.std():.3f}",
            )
            text += f"\n{metric}\n\n{cells.to_string()}\n"
        return text
    groups = ["table", *(["guide"] if part == "guides" else ["start", "prior"])]
    cells = rows.drop(columns="draw").groupby(groups, sort=part == "guides").mean()
    return f"{part.title()}, mean of {rows.draw.nunique()} draws\n\n{cells.to_string(float_format='{:.3f}'.format)}\n"


def main():
    """Measure, print and write results/vade_search_<part>.csv and .txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=[*PARTS])
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for part in args.parts:
        rows = pd.DataFrame()
        for draw in range(DRAWS[part]):
            rows = pd.concat([rows, pd.DataFrame(PARTS[part](draw))])
            print(part, draw, flush=True)
        text = describe(part, rows)
        print(text)
        rows.to_csv(RESULTS / f"vade_search_{part}.csv", index=False, float_format="%.4f")
        (RESULTS / f"vade_search_{part}.txt").write_text(text)


if __name__ == "__main__":
    main()
