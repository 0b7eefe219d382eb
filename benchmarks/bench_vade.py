"""Deep clustering: VaDE, other deep clusterers and simpler methods over seeds. Labels are used only for scores.

Run ``pip install --no-deps pythae clustpy imageio`` first (see `_peers`). ``--tables`` selects the tables. Each table
has its own result file. "mnist" takes hours on a CPU and is meant for a GPU. A new result of a contender and a seed
replaces the old one, so that a long table can be run in pieces. All contenders of a table use the same network, latent
units and epochs of the autoencoder.

- AE is `VAETransformer` without a regularizer. "VAE latent" is the model that `VaDEClusterer` trains first.
- UMAP + GMM: UMAP embedding in ten dimensions with 20 neighbors and min_dist=0, and a mixture with full covariances,
  the most likely of ten starts. It runs on the raw columns and on the latent space of the autoencoder.
- VaDE is `VaDEClusterer` with its defaults except for the epochs. "its first partition" is `initial_labels_` of the
  same fit. "diagonal" is ``covariance_type="diag"``, as in the paper. "graph of all rows" is ``subsample=None``.
- "first_fit" times the first fit of the process and runs only if it is selected. It runs before the others.
- VaDE, DEC and DCN of ClustPy use their defaults, on columns in [0, 1], which its VaDE requires.

Confidence and calibration error are those of memberships, if a contender has them. The calibration error is the mean
difference between confidence and accuracy over bins of confidence.
"""

import argparse
import os
import sys
import time
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from _tables import RESULTS, digits_table, gtzan_table, raw_columns, shared, songs_table, without
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.mixture import GaussianMixture

from skvae import MLP, VaDEClusterer, VAETransformer
from skvae.metrics import METRICS, reliability_curve

SEEDS = {"digits": 10, "mnist10k": 5, "mnist": 10, "gtzan": 10, "gtzan_banglabeats": 10, "songs": 10}


class Table(NamedTuple):
    """Features, labels for the scores, and settings of the autoencoder."""

    features: pd.DataFrame
    labels: pd.Series
    raw: np.ndarray
    vae: dict
    n_clusters: int
    metric: str
    bar: str
    joint_epochs: int = 30


def digits():
    """Return the 1,797 digits of scikit-learn."""
    X, y = digits_table()
    vae = {"latent_dim": 10, "network": MLP((512, 256)), "scale": None, "input_noise": 0.0, "max_epochs": 100}
    return Table(X, y, X.to_numpy() / 16, vae, 10, "accuracy", ".915, sd below .02")


def _mnist(name, bar):
    with np.load(shared(f"images/{name}.npz")) as images:
        X, y = images["X"].astype(np.float32) / 255, images["y"].astype(int)
    vae = {
        "latent_dim": 10,
        "network": MLP((500, 500, 2000)),
        "scale": None,
        "input_noise": 0.0,
        "max_epochs": 40,
        "precision": "bf16",
    }
    return Table(pd.DataFrame(X).add_prefix("pixels__"), pd.Series(y), X, vae, 10, "accuracy", bar, 20)


def mnist10k():
    """Return 10,000 stratified digits of MNIST."""
    return _mnist("mnist10k", ".94")


def mnist():
    """Return all 70,000 digits of MNIST."""
    return _mnist("mnist", ".96")


def gtzan():
    """Return GTZAN: 57 columns and genres."""
    X, genre, _ = gtzan_table("eng")
    return Table(X, genre, raw_columns(X), {}, 10, "nmi", "UMAP + GMM on the raw columns")


def gtzan_banglabeats():
    """Return GTZAN and BanglaBeats: 57 columns and genres."""
    X, genre, _ = gtzan_table()
    return Table(X, genre, raw_columns(X), {}, 18, "ami", "above each of the others")


def songs():
    """Return generated songs with audio. Three of five have lyrics."""
    X, tracks = songs_table(lyrics_fraction=0.6)
    X = without(X, "language")
    vae = {"modalities": "auto", "fusion": "poe"}
    return Table(X, tracks["genre"], raw_columns(X), vae, tracks["genre"].nunique(), "ami", "K-means on the latent")


TABLES = {make.__name__: make for make in (digits, mnist10k, mnist, gtzan, gtzan_banglabeats, songs)}


def gaussian_mixture(Z, k, seed, covariance_type="full"):
    """Return the labels of the best of ten starts."""
    return GaussianMixture(k, covariance_type=covariance_type, n_init=10, random_state=seed).fit_predict(Z)


def umap_gmm(Z, k, seed):
    """Return the labels of a mixture on a UMAP embedding."""
    from umap import UMAP

    embedding = UMAP(n_neighbors=20, n_components=10, min_dist=0.0, random_state=seed, n_jobs=1).fit_transform(Z)
    return gaussian_mixture(embedding.astype(np.float64), k, seed)


def _vade(X, table, seed, init, kind="", **settings):
    """Return the rows of VaDE and of its initial partition."""
    vae = VAETransformer(**table.vae, random_state=seed)
    settings |= {"init": init, "max_epochs": table.joint_epochs}
    model = VaDEClusterer(table.n_clusters, vae=vae, **settings, random_state=seed)
    start = time.perf_counter()
    labels = model.fit(X).labels_
    name = f"init={init!r}{kind}"
    yield f"VaDE, {name}", labels, time.perf_counter() - start, model.predict_proba(X)
    yield f"its first partition, {name}", model.initial_labels_, np.nan, None


def first_fit(table, seed):
    """Run VaDE with its defaults as the first fit of a process, which compiles UMAP."""
    if "umap" in sys.modules:
        return
    (name, *row), _ = _vade(table.features, table, seed, "umap")
    yield f"{name}, first fit of a process", *row


def simple(table, seed):
    """Run clusterers on the raw columns."""
    k, raw = table.n_clusters, table.raw
    yield "K-means, raw columns", KMeans(k, n_init=10, random_state=seed).fit_predict(raw), np.nan, None
    yield "GMM (diagonal), raw columns", gaussian_mixture(raw, k, seed, "diag"), np.nan, None
    yield "UMAP + GMM, raw columns", umap_gmm(raw, k, seed), np.nan, None
    if len(raw) <= 3000:
        spectral = SpectralClustering(k, affinity="nearest_neighbors", n_neighbors=20, random_state=seed)
        yield "spectral, raw columns", spectral.fit_predict(raw), np.nan, None


def latents(table, seed):
    """Run clusterers on latent spaces."""
    k = table.n_clusters
    for name, regularizer in (("AE latent", None), ("VAE latent", "kl")):
        vae = VAETransformer(**table.vae, regularizer=regularizer, random_state=seed)
        Z = vae.fit_transform(table.features).astype(np.float64)
        yield f"K-means, {name}", KMeans(k, n_init=10, random_state=seed).fit_predict(Z), np.nan, None
        yield f"GMM (diagonal), {name}", gaussian_mixture(Z, k, seed, "diag"), np.nan, None
        yield f"GMM, {name}", gaussian_mixture(Z, k, seed), np.nan, None
        yield f"UMAP + GMM, {name}", umap_gmm(Z, k, seed), np.nan, None


def plain_vade(table, seed):
    """Run VaDE without a guide."""
    yield from _vade(table.features, table, seed, "gmm")


def diagonal_vade(table, seed):
    """Run VaDE with diagonal components, with and without a guide."""
    diagonal = {"kind": ", diagonal", "covariance_type": "diag"}
    yield from _vade(table.features, table, seed, "gmm", **diagonal)
    # The second row is left out: the initial partition is the same as with full components.
    guided, _ = _vade(table.features, table, seed, "umap", **diagonal)
    yield guided


def whole_graph(table, seed):
    """Run VaDE with a graph of all rows if the default graph has fewer."""
    if len(table.features) > VaDEClusterer().subsample:
        yield from _vade(table.features, table, seed, "umap", ", graph of all rows", subsample=None)


def guided_vade(table, seed):
    """Run VaDE with its defaults, and on each modality alone."""
    yield from _vade(table.features, table, seed, "umap")
    if "modalities" in table.vae:
        for other, block in (("lyrics", "audio"), ("audio", "lyrics")):
            alone = without(table.features, other)
            there = alone.notna().any(axis=1).to_numpy()
            (_, _, _, P), _ = _vade(alone[there], table, seed, "umap")
            memberships = np.full((len(alone), table.n_clusters), np.nan)
            memberships[there] = P
            yield f"VaDE, {block} alone", np.where(there, np.nan_to_num(memberships).argmax(1), -1), np.nan, None


def _clustpy(table, seed, *names):
    """Run deep clusterers of ClustPy, on images."""
    if table.metric != "accuracy":
        return
    from _peers import torchvision_or_stand_in

    with torchvision_or_stand_in():
        from clustpy import deep
    for name in names:
        model = getattr(deep, name)(table.n_clusters, random_state=seed)
        start = time.perf_counter()
        labels = model.fit(table.raw).labels_
        yield f"ClustPy {name}", labels, time.perf_counter() - start, None


def clustpy_vade(table, seed):
    """Run the VaDE of ClustPy."""
    yield from _clustpy(table, seed, "VaDE")


def clustpy_others(table, seed):
    """Run DEC and DCN of ClustPy."""
    yield from _clustpy(table, seed, "DEC", "DCN")


GROUPS = {
    group.__name__: group
    for group in (
        first_fit,
        simple,
        latents,
        plain_vade,
        diagonal_vade,
        guided_vade,
        whole_graph,
        clustpy_vade,
        clustpy_others,
    )
}


def measure(table, rows, seed):
    """Score the labels and memberships of a contender."""
    for name, labels, seconds, memberships in rows:
        row = {"contender": name, "seed": seed, "seconds": seconds}
        row |= {metric: METRICS[metric].function(table.labels, labels) for metric in ("accuracy", "nmi", "ami")}
        if memberships is not None:
            curve = reliability_curve(table.labels, memberships)
            row |= {"confidence": curve.mean_confidence, "calibration_error": curve.calibration_error}
        print({key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}, flush=True)
        yield row


def summarize(rows, metric):
    """Return the mean and standard deviation over seeds, best first."""
    groups = rows.groupby("contender")
    means, deviations = groups.mean(numeric_only=True), groups.std(numeric_only=True)
    summary = pd.DataFrame(
        {
            name: means[name].map("{:.3f}".format) + " ± " + deviations[name].map("{:.3f}".format)
            for name in ("accuracy", "nmi", "ami")
        }
    )
    summary["seeds"] = groups.size()
    summary["worst"] = groups[metric].min().map("{:.3f}".format)
    for name, form in (("confidence", "{:.2f}"), ("calibration_error", "{:.2f}"), ("seconds", "{:.1f}")):
        summary[name] = means[name].map(form.format).replace("nan", "")
    return summary.loc[means[metric].sort_values(ascending=False).index]


def describe(name, table, rows):
    """Return the results of a table as text."""
    head = f"{name}: {len(table.features)} rows, K = {table.n_clusters}; the bar, in {table.metric}: {table.bar}"
    return f"{head}\n\n{summarize(rows, table.metric).to_string()}\n{gains(rows, table.metric)}"


def gains(rows, metric):
    """Return the effect of the joint training by seed: each fit minus its initial partition, with the same encoder.

    The original VaDE is also compared with mixtures on separately trained models.
    """
    scores, text = rows.pivot_table(index="seed", columns="contender", values=metric), ""
    others = [f"{mixture}, {latent} latent" for mixture in ("GMM", "GMM (diagonal)") for latent in ("AE", "VAE")]
    for name, beside in (("init='umap'", []), ("init='gmm'", others), ("init='gmm', diagonal", [])):
        vade, first = f"VaDE, {name}", f"its first partition, {name}"
        for other in scores.columns.intersection([first, *beside]) if vade in scores else []:
            gain = (scores[vade] - scores[other]).dropna()
            baseline = other.removesuffix(f", {name}")
            text += f"\n{vade}, less {baseline}: {gain.mean():+.3f} in the mean, {gain.min():+.3f} at worst"
    return text and f"{text}\n"


def main():
    """Measure, print and write results/vade_<table>.csv and .txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=[name for name in TABLES if name != "mnist"])
    groups = [name for name in GROUPS if name != "first_fit"]
    parser.add_argument("--groups", nargs="+", choices=GROUPS, default=groups, help="Groups of contenders.")
    parser.add_argument("--seeds", nargs="+", type=int, default=None, help="Seeds. The bar sets the default.")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="Number of threads. All cores by default.")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    # Warnings about collapsed units and mixtures that did not converge, and warnings of the peers.
    warnings.simplefilter("ignore")
    for name in args.tables:
        table = TABLES[name]()
        path = RESULTS / f"vade_{name}.csv"
        rows = pd.read_csv(path) if path.exists() else pd.DataFrame()
        for seed in args.seeds or range(SEEDS[name]):
            new = [row for group in args.groups for row in measure(table, GROUPS[group](table, seed), seed)]
            rows = pd.concat([rows, pd.DataFrame(new)]).drop_duplicates(["contender", "seed"], keep="last")
            rows.to_csv(path, index=False, float_format="%.4f")
            path.with_suffix(".txt").write_text(describe(name, table, rows))
        print(describe(name, table, rows))


if __name__ == "__main__":
    main()
