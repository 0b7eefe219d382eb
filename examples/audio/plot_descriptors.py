"""
What descriptors say of a song
==============================

:class:`~skvae.AudioFeatureExtractor` turns a recording into a row of numbers: timbre, harmony, brightness, noisiness
and loudness, each as its mean and its standard deviation. Here they describe a made library, so that what is seen can
be compared with what is heard.
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
# Listen
# ------
#
# One song of each genre.


class Players:
    """A table of audio players, for a notebook or a page."""

    def __init__(self, tracks):
        self.tracks = tracks

    def _repr_html_(self):
        rows = []
        for track in self.tracks.itertuples():
            sound = base64.b64encode(Path(track.audio).read_bytes()).decode()
            player = f'<audio controls preload="none" src="data:audio/ogg;base64,{sound}"></audio>'
            rows.append(f"<tr><td>{track.genre}</td><td>{track.title}</td><td>{player}</td></tr>")
        return f"<table>{''.join(rows)}</table>"


Players(songs.drop_duplicates("genre"))

# %%
# Describe
# --------
#
# The extractor is a transformer: paths in, one table out. Its columns carry names.
extractor = AudioFeatureExtractor(duration=4 if QUICK else 8).set_output(transform="pandas")
features = extractor.fit_transform(songs["audio"])
features.shape

# %%
# See
# ---
#
# Four descriptors that words exist for, a point a song and a stroke at the median. Metal is bright and noisy, classical
# dark and pure, as the ear has it; the level tells little, since all songs were mixed alike. And the genres overlap, as
# genres do: no descriptor tells all of them apart by itself.
words = {
    "centroid_mean": "brightness: spectral centroid, Hz",
    "rms_mean": "loudness: RMS, 1 is full scale",
    "zero_crossing_rate_mean": "sign changes a sample",
    "flatness_mean": "noisiness: spectral flatness",
}
genres = features["centroid_mean"].groupby(songs["genre"]).median().sort_values().index
place = songs["genre"].map({genre: i for i, genre in enumerate(genres)})
fig, axes = plt.subplots(1, 4, figsize=(11, 3.2), sharey=True, layout="constrained")
for ax, (column, title) in zip(axes, words.items(), strict=True):
    ax.scatter(features[column], place, s=14, alpha=0.6, c=place, cmap="viridis")
    ax.scatter(features[column].groupby(place).median(), range(len(genres)), marker="|", s=220, c="black")
    ax.set(xlabel=title, yticks=range(len(genres)), yticklabels=genres)
    ax.spines[["top", "right"]].set_visible(False)

# %%
# All of them at once
# -------------------
#
# The mean of every descriptor within each genre, on one scale: how many standard deviations above (red) or below (blue)
# the mean of the library.
scaled = (features - features.mean()) / features.std()
profile = scaled.filter(regex="_mean$").groupby(songs["genre"]).mean().loc[genres]
names = pd.Series(profile.columns.str.removesuffix("_mean"))
family = names.str.replace(r"_?\d+$|_[A-G]#?$", "", regex=True)
fig, ax = plt.subplots(figsize=(11, 3.2), layout="constrained")
image = ax.imshow(profile, aspect="auto", cmap="RdBu_r", vmin=-2, vmax=2)
starts = family.drop_duplicates().index
ax.set(yticks=range(len(genres)), yticklabels=genres, xticks=starts)
ax.set_xticklabels(family[starts], rotation=40, ha="right")
for start in starts[1:]:
    ax.axvline(start - 0.5, color="white", linewidth=2)
fig.colorbar(image, ax=ax, label="standard deviations")
plt.show()

library.cleanup()
