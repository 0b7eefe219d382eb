"""
Audio descriptors of songs
==========================

:class:`~skvae.AudioFeatureExtractor` computes audio descriptors: timbre, harmony, brightness, noisiness and loudness.
Each descriptor is summarized by its mean and its standard deviation, so that one recording becomes one row.

This example computes the descriptors of generated songs. You can listen to the songs and compare them with the figures.
"""

import base64
import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from skvae import AudioFeatureExtractor
from skvae.datasets import make_songs

QUICK = os.environ.get("SKVAE_QUICK") == "1"

library = tempfile.TemporaryDirectory()
songs = make_songs(32 if QUICK else 120, duration=4 if QUICK else 8, random_state=0, out_dir=library.name)
songs[["title", "artist", "language", "genre"]].head()

# %%
# Listen to the songs
# -------------------
#
# The table contains one song of each genre.


class Players:
    """Table of audio players for a notebook or a web page."""

    def __init__(self, tracks):
        self.tracks = tracks

    def _repr_html_(self):
        rows = []
        for track in self.tracks.itertuples():
            audio = base64.b64encode(Path(track.audio).read_bytes()).decode()
            player = f'<audio controls preload="none" src="data:audio/ogg;base64,{audio}"></audio>'
            rows.append(f"<tr><td>{track.genre}</td><td>{track.title}</td><td>{player}</td></tr>")
        return f"<table>{''.join(rows)}</table>"


Players(songs.drop_duplicates("genre"))

# %%
# Compute the descriptors
# -----------------------
#
# The extractor is a scikit-learn transformer. Its input is a list of paths, and its output is a table with named
# columns.
extractor = AudioFeatureExtractor(duration=4 if QUICK else 8).set_output(transform="pandas")
features = extractor.fit_transform(songs["audio"])
features.shape

# %%
# Compare single descriptors
# --------------------------
#
# The figure shows four descriptors. Each point is a song, and each black line is the median of a genre. Metal is bright
# and noisy, and classical music is dark and tonal. The loudness differs little because all songs have similar levels.
#
# The genres overlap. No single descriptor separates all of them.
labels = {
    "centroid_mean": "spectral centroid (brightness), Hz",
    "rms_mean": "RMS (loudness), full scale = 1",
    "zero_crossing_rate_mean": "zero-crossing rate",
    "flatness_mean": "spectral flatness (noisiness)",
}
genres = features["centroid_mean"].groupby(songs["genre"]).median().sort_values().index
position = songs["genre"].map({genre: i for i, genre in enumerate(genres)})
fig, axes = plt.subplots(1, 4, figsize=(11, 3.2), sharey=True, layout="constrained")
for ax, (column, title) in zip(axes, labels.items(), strict=True):
    ax.scatter(features[column], position, s=14, alpha=0.6, c=position, cmap="viridis")
    ax.scatter(features[column].groupby(position).median(), range(len(genres)), marker="|", s=220, c="black")
    ax.set(xlabel=title, yticks=range(len(genres)), yticklabels=genres)
    ax.spines[["top", "right"]].set_visible(False)

# %%
# Compare all descriptors
# -----------------------
#
# The figure shows the mean of each descriptor within each genre. The unit is the standard deviation of the library: red
# cells are above the mean, and blue cells are below it.
scaled = (features - features.mean()) / features.std()
profile = scaled.filter(regex="_mean$").groupby(songs["genre"]).mean().loc[genres]
names = pd.Series(profile.columns.str.removesuffix("_mean"))
family = names.str.replace(r"_?\d+$|_[A-G]#?$", "", regex=True)
fig, ax = plt.subplots(figsize=(11, 3.8), layout="constrained")
image = ax.imshow(profile, aspect="auto", cmap="RdBu_r", vmin=-2, vmax=2)
starts = family.drop_duplicates().index
ax.set(yticks=range(len(genres)), yticklabels=genres, xticks=starts)
ax.set_xticklabels(family[starts], rotation=90, fontsize=8)
for start in starts[1:]:
    ax.axvline(start - 0.5, color="white", linewidth=2)
fig.colorbar(image, ax=ax, label="standard deviations")
plt.show()

library.cleanup()
