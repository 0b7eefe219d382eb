"""Default settings: the latent space of VAETransformer() compared with the scaled raw columns.

``python bench_recipe.py search`` tries settings on generated songs, MTG-Jamendo rows and digits with three seeds, and
prints every trial. ``again`` tries variations of the defaults that resulted from the search, with other seeds and with
UMAP. results/recipe_trials.csv contains both, including prototypes that are not settings. Without an argument, the
defaults are compared with the raw columns, paired by seed, with ten seeds and four clusterers. This comparison includes
the table of GTZAN and BanglaBeats, which was not used for any choice. It writes results/recipe.csv and recipe.txt.
"""

import itertools
import sys
import time
import warnings

import numpy as np
import pandas as pd
from _tables import RESULTS, digits_table, gtzan_table, jamendo_table, raw_columns, songs_table, without
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.mixture import GaussianMixture

from skvae import MLP, VAETransformer
from skvae.vae import VAEWarning


def umap_gmm(k, seed, Z):
    from umap import UMAP

    embedding = UMAP(10, n_components=10, min_dist=0.0, random_state=seed, n_jobs=1).fit_transform(Z)
    return GaussianMixture(k, n_init=3, random_state=seed).fit_predict(embedding.astype(np.float64))


CLUSTERERS = {
    "K-means": lambda k, seed, Z: KMeans(k, n_init=10, random_state=seed).fit_predict(Z),
    "GMM": lambda k, seed, Z: GaussianMixture(k, covariance_type="diag", n_init=5, random_state=seed).fit_predict(Z),
    "spectral": lambda k, seed, Z: SpectralClustering(
        k, affinity="nearest_neighbors", n_neighbors=10, random_state=seed
    ).fit_predict(Z),
    "UMAP + GMM": umap_gmm,
}


def tables(names):
    """Return features and labels by name."""
    for name in names:
        if name == "songs":
            features, songs = songs_table()
            yield name, without(features, "language"), songs["genre"]
        elif name == "jamendo":
            yield name, *jamendo_table()
        elif name == "digits":
            yield name, *digits_table()
        elif name == "GTZAN":
            yield name, *gtzan_table("eng")[:2]
        else:
            yield name, *gtzan_table()[:2]


def scores(Z, labels, seed, clusterers):
    """Return the AMI of each clusterer. The number of clusters is the number of labels."""
    k = labels.nunique()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Graph is not fully connected")
        return {name: adjusted_mutual_info_score(labels, CLUSTERERS[name](k, seed, Z)) for name in clusterers}


def fit(features, seed, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VAEWarning)  # the score shows collapsed candidates
        return VAETransformer(modalities="auto", random_state=seed, **settings).fit_transform(features)


# The defaults before the search: scale "standard" and batches of 256. The search selected "power" and "auto".
STANDARD = {"scale": "standard"}
TRIALS = [
    *(STANDARD | {"batch_size": 256, "input_noise": noise} for noise in (0.5, 0.0, 1.0)),
    STANDARD | {"batch_size": 32},
    *(STANDARD | {"input_noise": noise} for noise in (0.5, 0.0, 1.0)),
    *(STANDARD | {"input_noise": 1.0, "beta": beta} for beta in (0.1, 0.3)),
    *(STANDARD | {"input_noise": 0.7, "beta": beta} for beta in (0.1, 0.3)),
    *(STANDARD | {"input_noise": 1.0, "beta": 0.3, "latent_dim": size} for size in (8, 32)),
    {"input_noise": 1.0, "beta": 0.3},
    STANDARD | {"input_noise": 1.0, "beta": 0.3, "hidden": (512,)},
    *({"input_noise": noise} for noise in (0.0, 0.25, 0.5, 0.7, 1.0)),
    {"latent_dim": 32},
    {"beta": 0.3},
    {"batch_size": 256},
    {"input_noise": 0.25, "latent_dim": 32},
]

VARIATIONS = [
    {},
    *({"input_noise": noise} for noise in (0.35, 0.7)),
    *({"latent_dim": size} for size in (24, 32)),
    {"latent_dim": 24, "input_noise": 0.35},
    {"beta": 0.5},
    *({"batch_size": size} for size in (64, 128)),
    {"max_epochs": 400},
    {"patience": 60},
    *({"learning_rate": rate} for rate in (5e-4, 2e-3)),
    *({"hidden": hidden} for hidden in ((512,), (256, 128))),
]


def search(trials, seeds, clusterers, scale):
    """Print the mean AMI of raw columns and of every trial, on the tables that are used for choices."""
    data = list(tables(("songs", "jamendo", "digits")))
    for trial, (name, features, labels) in itertools.product([None, *trials], data):
        settings = dict(trial or {})
        if "hidden" in settings:
            settings["network"] = MLP(settings.pop("hidden"))
        start = time.perf_counter()
        results = []
        for seed in seeds:
            Z = raw_columns(features, scale) if trial is None else fit(features, seed, **settings)
            results.append(scores(Z, labels, seed, clusterers))
        row = {"trial": f"raw columns, {scale}" if trial is None else str(trial), "table": name}
        row |= pd.DataFrame(results).mean().round(4).to_dict() | {"seconds": round(time.perf_counter() - start, 1)}
        print(row, flush=True)


def compare(n_seeds=10):
    rows = []
    for name, features, labels in tables(("songs", "jamendo", "digits", "GTZAN", "GTZAN + BanglaBeats")):
        raw = raw_columns(features)
        for seed in range(n_seeds):
            for space, Z in (("raw", raw), ("VAE", fit(features, seed))):
                for clusterer, ami in scores(Z, labels, seed, CLUSTERERS).items():
                    rows.append({"table": name, "space": space, "clusterer": clusterer, "seed": seed, "AMI": ami})
        write(pd.DataFrame(rows), n_seeds)
        print(name, "done", flush=True)


def write(table, n_seeds):
    table.to_csv(RESULTS / "recipe.csv", index=False, float_format="%.4f")
    wide = table.pivot_table(index=["table", "clusterer", "seed"], columns="space", values="AMI", sort=False)
    wide["difference"] = wide["VAE"] - wide["raw"]
    summary = wide.groupby(["table", "clusterer"], sort=False).agg(["mean", "std"])
    text = (
        f"AMI, {n_seeds} seeds, paired: the latent of VAETransformer() and the raw columns, with the same scaling\n\n"
    )
    (RESULTS / "recipe.txt").write_text(text + summary.to_string(float_format="{:+.3f}".format) + "\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["search"]:
            search(TRIALS, range(3), ("K-means", "GMM", "spectral"), "standard")
        case ["again"]:
            search(VARIATIONS, range(10, 13), CLUSTERERS, "power")
        case []:
            compare()
        case other:
            raise SystemExit(f"Usage: bench_recipe.py [search | again], got {' '.join(other)!r}")
