"""
Windows, copies, and vectors of any model
=========================================

:class:`~skvae.AudioEmbedder` turns recordings into vectors of a pretrained model, or of any function of samples. Here
it is a function of a few lines, so that nothing has to be downloaded. The songs are cut into windows, which makes a
larger table, and the result is pooled back to one point a song. Changed copies then show what a vector hears and what
it does not.
"""

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.signal import stft
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from skvae import AudioEmbedder, AudioFeatureExtractor, VAETransformer
from skvae.audio import augment_tracks, explode_segments
from skvae.datasets import make_songs
from skvae.features import pool_by_group

QUICK = os.environ.get("SKVAE_QUICK") == "1"

library = tempfile.TemporaryDirectory()
songs = make_songs(8 if QUICK else 96, duration=3 if QUICK else 12, random_state=0, out_dir=library.name)

# %%
# A model
# -------
#
# ``AudioEmbedder("laion/larger_clap_music")`` would load a real one. This one listens to rhythm: it follows the
# loudness of twelve bands and says how strongly each beats at 0.5 to 12 times a second.


def rhythm(samples, sample_rate):
    """Strength of slow modulations in each of twelve bands of frequency."""
    pitches, _, spectrum = stft(samples, sample_rate, nperseg=1024, noverlap=768)
    edges = np.searchsorted(pitches, np.geomspace(50, 10000, 13))
    power = np.abs(spectrum[: edges[-1]]) ** 2
    loudness = np.log(np.add.reduceat(power, edges[:-1], axis=0) + 1e-8)
    beat = np.abs(np.fft.rfft(loudness - loudness.mean(axis=1, keepdims=True), axis=1))
    rate = np.arange(beat.shape[1]) / (len(samples) / sample_rate)
    limits = np.searchsorted(rate, np.geomspace(0.5, 12, 9))
    return np.log1p(np.add.reduceat(beat, limits, axis=1)[:, :-1]).ravel()


# %%
# Windows
# -------
#
# One row a song becomes one row for each two seconds. The column ``song_id`` says where it comes from, and the column
# of audio holds stretches of the files: nothing is decoded yet.
windows = explode_segments(songs, seconds=2.0)
windows[["song_id", "offset", "duration", "genre"]].head()

# %%
# Both describe the same windows. Their columns, side by side and each named after its block, are what a table of
# embeddings that was computed elsewhere looks like, too: the model finds two modalities in it.
descriptors = AudioFeatureExtractor().set_output(transform="pandas").fit_transform(windows["audio"])
embedder = AudioEmbedder(rhythm, window=2.0).set_output(transform="pandas")
table = descriptors.add_prefix("timbre__").join(embedder.fit_transform(windows["audio"]).add_prefix("rhythm__"))
settings = {"max_epochs": 5, "scale": "standard"} if QUICK else {"max_epochs": 100}
vae = VAETransformer(8, modalities="auto", random_state=0, **settings).fit(table)
pd.Series({name: len(columns) for name, columns in vae.modalities_.items()}, name="columns")

# %%
# Back to songs
# -------------
#
# Each window has its own posterior. `pool_by_group` averages them; the pooled standard deviation holds both how unsure
# the windows are and how far they lie apart. Small points are windows, large ones their songs.
mean, std = vae.posterior(table)
song_mean, song_std = pool_by_group((mean, std), windows["song_id"])
plane = PCA(2).fit(song_mean)
genres = sorted(songs["genre"].unique())
color = dict(zip(genres, plt.get_cmap("tab10").colors, strict=False))
fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
ax.scatter(*plane.transform(mean).T, c=windows["genre"].map(color), s=6, alpha=0.35)
for genre in genres:
    ax.scatter(*plane.transform(song_mean[songs["genre"] == genre]).T, color=color[genre], s=40, label=genre)
ax.set(xticks=[], yticks=[], title="windows, and the songs that they are of")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))

# %%
# How well clusters of windows, which hear two seconds each, and clusters of songs meet the genres. Pooled points are
# fewer: on so small a library it changes from one to the next which of the two comes out ahead.


def agreement(points, genre):
    """Genre AMI of K-means."""
    labels = KMeans(len(genres), n_init=5, random_state=0).fit_predict(points)
    return adjusted_mutual_info_score(genre, labels)


pd.Series({"windows": agreement(mean, windows["genre"]), "songs": agreement(song_mean, songs["genre"])}).round(2)

# %%
# Copies
# ------
#
# What does a vector hear? Change songs in one way at a time, and see how often the nearest song to a copy is still the
# one that it was made of.
changes = {
    "gain -6 dB": {"gain": -6.0},
    "noise at 20 dB": {"noise": 20.0},
    "low-pass 2 kHz": {"lowpass": 2000.0},
    "speed x 1.1": {"stretch": 1.1},
    "2 semitones up": {"pitch": 2.0},
}
some = songs.iloc[::3]
rows = []
for name, extractor in (("timbre", AudioFeatureExtractor()), ("rhythm", AudioEmbedder(rhythm, window=6.0))):
    original = extractor.fit_transform(songs["audio"])
    scaler = StandardScaler().fit(original)
    neighbours = NearestNeighbors(n_neighbors=1).fit(scaler.transform(original))
    for change, transforms in changes.items():
        copies = augment_tracks(some, transforms=transforms, random_state=0).query("copy == 1")
        nearest = neighbours.kneighbors(scaler.transform(extractor.transform(copies["audio"])), return_distance=False)
        rows.append((change, name, np.mean(songs["track_id"].to_numpy()[nearest[:, 0]] == copies["song_id"])))
found = pd.DataFrame(rows, columns=["change", "vector", "found"]).pivot_table("found", "change", "vector", sort=False)
ax = found.plot.barh(figsize=(7, 3.2), color=["#0072B2", "#E69F00"], width=0.7)
ax.set(xlabel="share of copies whose nearest song is their own", ylabel="", xlim=(0, 1.02))
ax.invert_yaxis()
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
ax.figure.set_layout_engine("constrained")
plt.show()

# %%
# Both vectors know a song at another level, and at another speed nearly always. Two semitones up, chroma and timbre are
# often nearer to another song's; the rhythm has not changed. Noise fills the pauses between the beats: rhythm suffers
# first. What clusters should not hear is what copies in the training table are for.

library.cleanup()
