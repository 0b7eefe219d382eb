"""Genre and language in the clusters of generated songs: raw features, PCA, latent spaces, and chance.

The library has 200 songs in five languages, a fifth of them without lyrics. The number of clusters is the number of
genres. The scores are the mean and standard deviation of the AMI over five seeds of the model and of the clusterer.
Writes benchmarks/results/songs.csv and songs.txt.
"""

import numpy as np
import pandas as pd
from _tables import RESULTS, raw_columns, songs_table, without
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.mixture import GaussianMixture

from skvae import VaDEClusterer, VAETransformer

SEEDS = range(5)


def baseline(features, seed):
    """Return the scaled columns. The seed is ignored."""
    return raw_columns(features)


def latent(**settings):
    """Return a function that trains a VAE and returns its latent representation."""

    def represent(features, seed):
        return VAETransformer(modalities="auto", random_state=seed, **settings).fit_transform(features)

    return represent


def block(name, represent):
    """Return a function that uses one block only."""
    return lambda features, seed: represent(features.filter(regex=f"^{name}__"), seed)


def conditional(features, seed):
    """Train a VAE with the language as condition."""
    vae = VAETransformer(modalities="auto", condition="language", random_state=seed)
    return vae.fit_transform(features)


REPRESENTATIONS = {
    "raw audio": block("audio", baseline),
    "raw audio + lyrics": baseline,
    "PCA 16": lambda features, seed: PCA(16, random_state=seed).fit_transform(baseline(features, seed)),
    "VAE, audio": block("audio", latent()),
    "VAE, audio + lyrics": latent(),
    "VAE, given the language": conditional,
}
CLUSTERERS = {
    "K-means": lambda k, seed: KMeans(k, n_init=10, random_state=seed),
    "GMM": lambda k, seed: GaussianMixture(k, covariance_type="diag", n_init=10, random_state=seed),
}


def main():
    features, songs = songs_table(descriptors="default")
    plain = without(features, "language")
    k = songs["genre"].nunique()
    rows = []

    def record(representation, clusterer, seed, labels):
        scores = {f"{name} AMI": adjusted_mutual_info_score(songs[name], labels) for name in ("genre", "language")}
        scores["has lyrics AMI"] = adjusted_mutual_info_score(songs["lyrics"].notna(), labels)
        rows.append({"representation": representation, "clusterer": clusterer, "seed": seed, **scores})

    for seed in SEEDS:
        record("chance", "random labels", seed, np.random.default_rng(seed).integers(0, k, len(songs)))
        for name, represent in REPRESENTATIONS.items():
            Z = represent(features if represent is conditional else plain, seed)
            for clusterer, make in CLUSTERERS.items():
                record(name, clusterer, seed, make(k, seed).fit_predict(Z))
        vade = VaDEClusterer(k, vae=VAETransformer(modalities="auto"), random_state=seed)
        record("VAE, audio + lyrics", "VaDE", seed, vade.fit_predict(plain))
    table = pd.DataFrame(rows)
    table.to_csv(RESULTS / "songs.csv", index=False, float_format="%.4f")
    summary = table.groupby(["representation", "clusterer"], sort=False).agg(["mean", "std"]).drop(columns="seed")
    text = summary.to_string(float_format="{:.3f}".format)
    (RESULTS / "songs.txt").write_text(f"{len(songs)} generated songs, {k} genres, K={k}, seeds {[*SEEDS]}\n\n{text}\n")
    print(text)


if __name__ == "__main__":
    main()
