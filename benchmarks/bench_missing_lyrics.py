"""Missing lyrics: genre AMI by the fraction of songs without lyrics, for several methods.

All 200 generated songs have lyrics at first. K-means clusters the latent space with as many clusters as genres. Five
seeds are used. "drop" trains and clusters only the songs with lyrics, and is scored on these songs. "zero-fill"
replaces the missing block by zeros. Writes results/missing_lyrics.csv, .txt and .png.
"""

import numpy as np
import pandas as pd
from _tables import RESULTS, songs_table, without
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score

from skvae import VAETransformer

SEEDS = range(5)
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
FUSIONS = ("poe", "attention", "late", "early")


def cluster(features, genre, seed, **settings):
    vae = VAETransformer(modalities="auto", random_state=seed, **settings)
    labels = KMeans(genre.nunique(), n_init=10, random_state=seed).fit_predict(vae.fit_transform(features))
    return adjusted_mutual_info_score(genre, labels)


def main():
    features, songs = songs_table(lyrics_fraction=1.0)
    features, genre = without(features, "language"), songs["genre"]
    lyrics = features.columns.str.startswith("lyrics__")
    rows = []
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(features))
        audio_only = cluster(features.loc[:, ~lyrics], genre, seed)
        for share in SHARES:
            gone = order[: round(share * len(order))]
            table = features.copy()
            table.iloc[gone, lyrics] = np.nan
            kept = table[~table.index.isin(table.index[gone])]
            found = {f"{fusion} fusion": cluster(table, genre, seed, fusion=fusion) for fusion in FUSIONS}
            found["drop the songs"] = cluster(kept, genre[kept.index], seed)
            found["zero-fill"] = cluster(table.fillna(0.0), genre, seed)
            found["audio alone"] = audio_only
            rows += [{"share": share, "method": m, "seed": seed, "AMI": ami} for m, ami in found.items()]
        print(seed, "done", flush=True)
    table = pd.DataFrame(rows)
    table.to_csv(RESULTS / "missing_lyrics.csv", index=False, float_format="%.4f")
    summary = table.pivot_table(index="method", columns="share", values="AMI", aggfunc=["mean", "std"], sort=False)
    text = f"genre AMI of K-means by fraction of songs without lyrics, {len(SEEDS)} seeds\n\n"
    text += summary.to_string(float_format="{:.3f}".format) + "\n"
    (RESULTS / "missing_lyrics.txt").write_text(text)
    print(text)
    draw(summary)


def draw(summary):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for method in summary.index:
        mean, std = summary.loc[method, "mean"], summary.loc[method, "std"]
        axes.errorbar(mean.index, mean, std, label=method, capsize=2, marker="o", markersize=4)
    axes.set(
        xlabel="fraction of songs without lyrics",
        ylabel="genre AMI of K-means",
        title="Missing lyrics, generated songs",
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=2)
    figure.savefig(RESULTS / "missing_lyrics.png", dpi=120)


if __name__ == "__main__":
    main()
