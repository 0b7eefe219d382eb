"""
Descriptors and a pretrained model
==================================

Descriptors are computed by formulas: loudness, timbre, harmony and rhythm. A pretrained model has learned its features
from many songs. This example compares both on the same songs, and uses the tags of the model to describe clusters.

The model musicnn needs one package: ``pip install --no-deps musicnn==0.1.0``. On the command line, the option
``--audio-model descriptors,musicnn`` selects the same features.
"""

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score

from skvae import AudioEmbedder, make_track_features
from skvae.datasets import make_songs
from skvae.features import BlockScaler
from skvae.plots import embed_plane

QUICK = os.environ.get("SKVAE_QUICK") == "1"

library = tempfile.TemporaryDirectory()
songs = make_songs(16 if QUICK else 96, duration=3 if QUICK else 12, random_state=0, out_dir=library.name)
genres = songs["genre"].to_numpy()

# %%
# Two blocks of features
# ----------------------
#
# `make_track_features` computes one block of columns for each entry of `audio`. The block of the descriptors is called
# "audio", and the block of a model has the name of the model. `BlockScaler` scales all columns, and gives all blocks
# the same weight.
features = make_track_features("descriptors,musicnn", lyrics=None).fit_transform(songs)
scaled = BlockScaler("standard", equalize=True).set_output(transform="pandas").fit_transform(features)
spaces = {
    "descriptors": scaled.filter(like="audio__"),
    "musicnn": scaled.filter(like="musicnn__"),
    "both": scaled,
}
pd.Series({name: space.shape[1] for name, space in spaces.items()}, name="columns")

# %%
# Clusters and genres
# -------------------
#
# K-means never sees the genres. The adjusted mutual information (AMI) compares its clusters with them: 0 is the level
# of chance, and 1 means equal partitions. Each bar is the mean over several seeds, and the line is the standard
# deviation. Results for real songs are on the evidence page about audio models.
n_genres, seeds = len(set(genres)), range(2 if QUICK else 10)
scores = {
    name: [
        adjusted_mutual_info_score(genres, KMeans(n_genres, n_init=5, random_state=seed).fit_predict(space))
        for seed in seeds
    ]
    for name, space in spaces.items()
}
fig, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained", width_ratios=(0.7, 1, 1))
axes[0].barh(list(scores), [np.mean(values) for values in scores.values()], color="#0072B2")
axes[0].errorbar(
    [np.mean(values) for values in scores.values()],
    list(scores),
    xerr=[np.std(values) for values in scores.values()],
    fmt="none",
    color="black",
)
axes[0].invert_yaxis()
axes[0].set(xlabel="AMI with genre", xlim=(0, 1))
axes[0].spines[["top", "right"]].set_visible(False)

color = dict(zip(sorted(set(genres)), plt.get_cmap("tab10").colors, strict=False))
for ax, name in zip(axes[1:], ("descriptors", "musicnn"), strict=True):
    points, _ = embed_plane(spaces[name].to_numpy(), random_state=0)
    for genre, shade in color.items():
        ax.scatter(*points[genres == genre].T, color=shade, s=14, label=genre)
    ax.set(xticks=[], yticks=[], title=f"map of {name}")
axes[2].legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
plt.show()

# %%
# Tags
# ----
#
# musicnn also predicts the probabilities of 50 tags. A tag describes a cluster if its probability in the cluster is
# much higher than in the other songs. The generated songs are no real recordings, so their tags are only roughly right.
embedder = AudioEmbedder("musicnn").fit(songs["audio"])
extraction, tags = embedder.extract_with_tags(songs["audio"])
labels = KMeans(n_genres, n_init=5, random_state=0).fit_predict(spaces["musicnn"])
deviation = (tags - tags.mean()) / tags.std()
by_cluster = deviation.groupby(labels).mean()
pd.DataFrame(
    {
        "songs": np.bincount(labels),
        "tags": [", ".join(row.nlargest(3).index) for _, row in by_cluster.iterrows()],
        "most frequent genre": [pd.Series(genres[labels == label]).mode()[0] for label in by_cluster.index],
    }
)

# %%
# ``skvae cluster`` names its clusters by such tags if musicnn is one of the audio models.

library.cleanup()
