"""
Cluster a music library
=======================

This example clusters a small music library and draws a map of the clusters. You learn how to load a track table, how to
build a :class:`~sklearn.pipeline.Pipeline`, and how to compare clusters with known labels.

The songs are generated, so their genres and languages are known. The pipeline does not use these labels.
"""

import os
import tempfile

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.pipeline import make_pipeline

from skvae import VAETransformer, make_track_features
from skvae.datasets import load_tracks, make_songs
from skvae.plots import HistoryDisplay, MapDisplay, embed_plane

QUICK = os.environ.get("SKVAE_QUICK") == "1"

library = tempfile.TemporaryDirectory()
make_songs(24 if QUICK else 200, duration=2 if QUICK else 10, random_state=0, out_dir=library.name)

# %%
# The track table
# ---------------
#
# `load_tracks` reads a folder of audio files or a table. Each row is one track. Lyrics can be missing.
tracks = load_tracks(f"{library.name}/tracks.csv")
tracks[["title", "artist", "language", "genre", "lyrics"]].head()

# %%
# The pipeline
# ------------
#
# The pipeline has three steps:
#
# - `make_track_features` computes features of the audio and of the lyrics. Each group of columns is called a block.
# - `VAETransformer` learns a latent space. The setting ``modalities="auto"`` uses each block as a modality, so tracks
#   without lyrics are encoded from their audio only.
# - `KMeans` clusters the latent representation. Any other clusterer of scikit-learn can be used.
model = make_pipeline(
    make_track_features(),
    VAETransformer(latent_dim=16, modalities="auto", max_epochs=20 if QUICK else 200, random_state=0),
    KMeans(8, n_init=10, random_state=0),
)
labels = model.fit_predict(tracks)
HistoryDisplay.from_estimator(model)

# %%
# The map
# -------
#
# The map shows the latent space in two dimensions. The points are colored by cluster, genre and language. Genre and
# language were not used for training.
Z = model[:-1].transform(tracks)
points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
MapDisplay(points, {"cluster": labels, "genre": tracks["genre"], "language": tracks["language"]}, method).plot()

# %%
# What the clusters represent
# ---------------------------
#
# The adjusted mutual information (AMI) measures how well clusters agree with labels: 0 is the chance level, 1 is
# perfect agreement. Clusters can represent the language of the lyrics, or whether a track has lyrics, instead of the
# music. Compare the clusters with all known labels, not only with the genre.
known = {"genre": tracks["genre"], "language": tracks["language"], "has lyrics": tracks["lyrics"].notna()}
pd.Series({name: adjusted_mutual_info_score(values, labels) for name, values in known.items()}, name="AMI").round(2)

# %%
# The fitted pipeline assigns new tracks to clusters. `predict` also accepts a track table.
model.predict(tracks.head())

# %%
plt.show()
library.cleanup()
