"""
From songs to clusters
======================

A library on disk, one :class:`~sklearn.pipeline.Pipeline`, a map. The library is made, so that its genres and languages
are known; the pipeline sees neither.
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
# `load_tracks` reads a folder or a table. One row is one song; lyrics may be missing.
tracks = load_tracks(f"{library.name}/tracks.csv")
tracks[["title", "artist", "language", "genre", "lyrics"]].head()

# %%
# The pipeline
# ------------
#
# `make_track_features` describes audio and lyrics, each in its own block of columns. `VAETransformer` learns a latent
# of both; with ``modalities="auto"`` it takes every block for a modality, and a song without lyrics is placed by its
# sound alone. Any clusterer may follow.
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
# The latent on a plane, three times: by cluster, and by two things that the model was not told.
Z = model[:-1].transform(tracks)
points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
MapDisplay(points, {"cluster": labels, "genre": tracks["genre"], "language": tracks["language"]}, method).plot()

# %%
# What the clusters follow
# ------------------------
#
# Adjusted mutual information with what is known of the songs: 0 is chance, 1 is agreement. Clusters may follow the
# language of the lyrics, or whether there are any, as well as the music; a score with genre alone would not show it.
known = {"genre": tracks["genre"], "language": tracks["language"], "has lyrics": tracks["lyrics"].notna()}
pd.Series({name: adjusted_mutual_info_score(values, labels) for name, values in known.items()}, name="AMI").round(2)

# %%
# New songs are placed without training: `predict` takes a track table, too.
model.predict(tracks.head())

# %%
plt.show()
library.cleanup()
