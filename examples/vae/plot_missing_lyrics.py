"""
Songs without lyrics
====================

Many songs in real libraries have no lyrics. Dropping rows with missing values removes these songs, and zeros are wrong
values. :func:`~skvae.vae.make_multimodal_vae` supports missing modalities. With ``modalities="auto"``, a block that is
NaN in a row is a missing modality: it is skipped for this row.

You learn how to fit such a model, how to impute missing blocks, and how missing lyrics affect the clusters.
"""

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score

from skvae import LyricsVectorizer, VAETransformer, make_track_features
from skvae.datasets import make_songs
from skvae.plots import MapDisplay, embed_plane
from skvae.vae import make_multimodal_vae

QUICK = os.environ.get("SKVAE_QUICK") == "1"

# %%
# Songs
# -----
#
# All generated songs have lyrics, so that imputed values can be compared with the true values. The lyrics are in one
# language. Their topic and the audio both depend on the genre, so each modality contains information about the other.
library = tempfile.TemporaryDirectory()
songs = make_songs(
    24 if QUICK else 160,
    languages=["en"],
    duration=2 if QUICK else 5,
    lyrics_fraction=1.0,
    random_state=0,
    out_dir=library.name,
)
complete = make_track_features(lyrics=LyricsVectorizer(4 if QUICK else 16, random_state=0)).fit_transform(songs)
library.cleanup()
lyrics = complete.columns.str.startswith("lyrics__")


def remove_lyrics(fraction):
    """Replace the lyrics of a fixed random fraction of the rows by NaN."""
    table = complete.copy()
    order = np.random.default_rng(0).permutation(len(table))
    table.iloc[order[: round(fraction * len(table))], lyrics] = np.nan
    return table


# %%
# Remove half of the lyrics
# -------------------------
#
# No row is dropped and nothing is imputed. All songs have audio.
half = remove_lyrics(0.5)
settings = {"max_epochs": 3 if QUICK else 200, "random_state": 0}
vae = make_multimodal_vae(**settings).fit(half)
pd.Series({name: len(columns) for name, columns in vae.modalities_.items()}, name="columns")

# %%
# The map contains all songs. Songs without lyrics are close to the other songs of their genre. They would form a
# separate group if zeros replaced the missing values.
Z = vae.transform(half)
lyrics_status = np.where(half.loc[:, lyrics].notna().all(axis=1), "with lyrics", "without lyrics")
points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
MapDisplay(points, {"genre": songs["genre"], "lyrics": lyrics_status}, method).plot()

# %%
# The model is less certain about songs with fewer modalities. The table contains the mean standard deviation of the
# posterior for the same songs with both modalities, and with each of them.
audio_only = complete.copy()
audio_only.loc[:, lyrics] = np.nan
lyrics_only = complete.copy()
lyrics_only.loc[:, ~lyrics] = np.nan
tables = {"both": complete, "audio alone": audio_only, "lyrics alone": lyrics_only}
pd.Series({name: vae.posterior(table)[1].mean() for name, table in tables.items()}, name="posterior std").round(3)

# %%
# Impute missing lyrics
# ---------------------
#
# `impute` predicts a missing block from the other blocks. The table contains the fraction of the variance of the
# removed lyrics that is not recovered, for each type of fusion. Imputation with the column mean would give 1.
fusions = {"poe": vae}
fusions |= {
    fusion: make_multimodal_vae(fusion=fusion, **settings).fit(half)
    for fusion in ("attention", "late", "early")[: 1 if QUICK else 3]
}
removed = (lyrics_status == "without lyrics").nonzero()[0]
truth = complete.iloc[removed, lyrics].to_numpy()
mean_lyrics = half.loc[:, lyrics].mean().to_numpy()
error = {
    fusion: np.square(model.impute(half)[removed][:, lyrics] - truth).sum() / np.square(truth - mean_lyrics).sum()
    for fusion, model in fusions.items()
}
pd.Series(error, name="variance not recovered").round(2)

# %%
# Imputed lyrics are points in the feature space of lyrics, not texts. The nearest real lyrics help to interpret them.
# The table contains the fraction of songs whose nearest lyrics have the same genre. The chance level is 1/8.
known = (lyrics_status == "with lyrics").nonzero()[0]
genre = songs["genre"].to_numpy()
found = {}
for fusion, model in fusions.items():
    filled = model.impute(half)[removed][:, lyrics]
    distance = np.square(filled[:, None] - complete.iloc[known, lyrics].to_numpy()).sum(axis=2)
    found[fusion] = (genre[known][distance.argmin(axis=1)] == genre[removed]).mean()
pd.Series(found, name="same genre").round(2)

# %%
# Increase the fraction of missing lyrics
# ---------------------------------------
#
# The figure shows how well the clusters agree with the genres if more lyrics are missing. It compares the types of
# fusion, zeros as a replacement, and the audio alone. Each small point is one fit.
seeds = range(1 if QUICK else 2)
compared = ["poe"] if QUICK else list(fusions)


def score_clusters(table, seed, **parameters):
    """Compute the AMI between clusters of the latent space and genres."""
    model = VAETransformer(modalities="auto", max_epochs=settings["max_epochs"], random_state=seed, **parameters)
    labels = KMeans(8, n_init=10, random_state=seed).fit_predict(model.fit_transform(table))
    return adjusted_mutual_info_score(genre, labels)


audio_alone = np.mean([score_clusters(complete.loc[:, ~lyrics], seed) for seed in seeds])
rows = []
for fraction in (0.8,) if QUICK else (0.0, 0.4, 0.8):
    table = remove_lyrics(fraction)
    for seed in seeds:
        rows += [(fraction, f"{fusion} fusion", score_clusters(table, seed, fusion=fusion)) for fusion in compared]
        rows.append((fraction, "zeros", score_clusters(table.fillna(0.0), seed)))
scores = pd.DataFrame(rows, columns=["fraction", "method", "AMI"])
mean = scores.pivot_table("AMI", "fraction", "method", sort=False)
fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
for color, method in zip(("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00"), mean, strict=False):
    ax.plot(mean[method], "o-", color=color, label=method)
    ax.scatter("fraction", "AMI", data=scores[scores["method"] == method], color=color, s=14, alpha=0.5, label="_")
ax.axhline(audio_alone, color="#8A8A8A", linestyle=":", label="audio alone")
ax.set(xlabel="fraction of songs without lyrics", ylabel="AMI of K-means with genre", ylim=(0, 1.02), xticks=mean.index)
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, loc="lower left", ncols=2)
plt.show()

# %%
# Zeros are worse than the audio alone, because the clusters separate songs with and without lyrics. The types of fusion
# approach the score of the audio alone and remain above it. The best type of fusion depends on the seed.
#
# Two seeds of one generated library are not enough for a ranking. The user guide contains a comparison with five seeds
# and five languages. In that comparison the lyrics contain less information about the genre. No type of fusion is
# better than the audio alone if most of the lyrics are missing.
