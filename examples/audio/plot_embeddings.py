"""
Windows, copies and custom embeddings
=====================================

:class:`~skvae.AudioEmbedder` computes one vector per recording with a pretrained model or with any function. This
example uses a short function, so nothing has to be downloaded.

You learn how to divide songs into windows, how to average the windows of a song, and how to test which changes of a
recording affect its vector.
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
# An embedding function
# ---------------------
#
# ``AudioEmbedder("laion/larger_clap_music")`` would load a pretrained model. The function below describes rhythm
# instead. It computes the loudness of twelve frequency bands over time. It returns how strongly each band is modulated
# at rates from 0.5 to 12 Hz.


def rhythm(samples, sample_rate):
    """Compute the strength of slow modulations in each of twelve frequency bands."""
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
# `explode_segments` replaces each song by windows of two seconds. The column ``song_id`` contains the original song.
# The column ``audio`` contains segments of the files, which are not decoded yet.
windows = explode_segments(songs, seconds=2.0)
windows[["song_id", "offset", "duration", "genre"]].head()

# %%
# Two extractors process the same windows. Their columns are joined, and the prefix of a column is the name of its
# block. Embeddings that were computed with other programs can be used in the same way. The model uses both blocks as
# modalities.
descriptors = AudioFeatureExtractor().set_output(transform="pandas").fit_transform(windows["audio"])
embedder = AudioEmbedder(rhythm, window=2.0).set_output(transform="pandas")
table = descriptors.add_prefix("timbre__").join(embedder.fit_transform(windows["audio"]).add_prefix("rhythm__"))
settings = {"max_epochs": 5, "scale": "standard"} if QUICK else {"max_epochs": 100}
vae = VAETransformer(8, modalities="auto", random_state=0, **settings).fit(table)
pd.Series({name: len(columns) for name, columns in vae.modalities_.items()}, name="columns")

# %%
# From windows to songs
# ---------------------
#
# The model returns a posterior for each window. `pool_by_group` averages the posteriors of a song. The pooled standard
# deviation contains the uncertainty of the windows and the differences between them.
#
# The small points are windows. The large points are songs.
mean, std = vae.posterior(table)
song_mean, song_std = pool_by_group((mean, std), windows["song_id"])
plane = PCA(2).fit(song_mean)
genres = sorted(songs["genre"].unique())
color = dict(zip(genres, plt.get_cmap("tab10").colors, strict=False))
fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
ax.scatter(*plane.transform(mean).T, c=windows["genre"].map(color), s=6, alpha=0.35)
for genre in genres:
    ax.scatter(*plane.transform(song_mean[songs["genre"] == genre]).T, color=color[genre], s=40, label=genre)
ax.set(xticks=[], yticks=[], title="windows (small) and songs (large)")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))

# %%
# The clusters of windows and the clusters of songs are compared with the genres. Windows contain only two seconds of
# audio, but there are more windows than songs. In small libraries like this one, either of the two can be better.


def score_clusters(points, genre):
    """Compute the AMI between K-means clusters and genres."""
    labels = KMeans(len(genres), n_init=5, random_state=0).fit_predict(points)
    return adjusted_mutual_info_score(genre, labels)


pd.Series(
    {"windows": score_clusters(mean, windows["genre"]), "songs": score_clusters(song_mean, songs["genre"])}
).round(2)

# %%
# Augmented copies
# ----------------
#
# Which properties of a recording does a vector represent? To answer this question, the songs are changed in one way at
# a time. The figure shows how often the song nearest to an augmented copy is the original song.
changes = {
    "gain -6 dB": {"gain": -6.0},
    "noise at 20 dB": {"noise": 20.0},
    "low-pass 2 kHz": {"lowpass": 2000.0},
    "speed x 1.1": {"stretch": 1.1},
    "2 semitones up": {"pitch": 2.0},
}
sample = songs.iloc[::3]
rows = []
for name, extractor in (("timbre", AudioFeatureExtractor()), ("rhythm", AudioEmbedder(rhythm, window=6.0))):
    original = extractor.fit_transform(songs["audio"])
    scaler = StandardScaler().fit(original)
    neighbors = NearestNeighbors(n_neighbors=1).fit(scaler.transform(original))
    for change, transforms in changes.items():
        copies = augment_tracks(sample, transforms=transforms, random_state=0).query("copy == 1")
        nearest = neighbors.kneighbors(scaler.transform(extractor.transform(copies["audio"])), return_distance=False)
        rows.append((change, name, np.mean(songs["track_id"].to_numpy()[nearest[:, 0]] == copies["song_id"])))
found = pd.DataFrame(rows, columns=["change", "vector", "found"]).pivot_table("found", "change", "vector", sort=False)
ax = found.plot.barh(figsize=(7, 3.2), color=["#0072B2", "#E69F00"], width=0.7)
ax.set(xlabel="fraction of copies whose nearest song is the original", ylabel="", xlim=(0, 1.02))
ax.invert_yaxis()
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
ax.figure.set_layout_engine("constrained")
plt.show()

# %%
# Both vectors recognize songs with a different gain, and nearly always songs with a different speed. After a pitch
# shift by two semitones, the audio descriptors are often closer to those of another song. The rhythm does not change.
# Noise fills the pauses between the beats. The rhythm is therefore more sensitive to noise.
#
# Add augmented copies to the training table if clusters should not depend on such changes.

library.cleanup()
