"""
Soft clusters with VaDE
=======================

This example clusters songs with :class:`~skvae.VaDEClusterer`. The method first trains a :class:`~skvae.VAETransformer`
and computes an initial partition of the latent space. It then trains the network and a Gaussian mixture together. The
mixture is the prior of the latent space.

You learn how to read the membership of each track in each cluster, and how to decode cluster centers.
"""

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from skvae import VaDEClusterer, VAETransformer, make_track_features
from skvae.datasets import make_songs
from skvae.plots import MapDisplay, ReliabilityDisplay, embed_plane

QUICK = os.environ.get("SKVAE_QUICK") == "1"

library = tempfile.TemporaryDirectory()
tracks = make_songs(
    24 if QUICK else 160,
    genres=["classical", "electronic", "jazz", "metal"],
    duration=2 if QUICK else 10,
    random_state=0,
    out_dir=library.name,
)
features = make_track_features(condition="language").fit_transform(tracks)

# %%
# The language is a condition of the model. The latent space therefore does not need to represent the language.
#
# The autoencoder is the parameter ``vae`` of `VaDEClusterer`. Parameters of the autoencoder can be set and searched
# with the prefix ``vae__``, for example ``vade.set_params(vae__beta=2)``.
vae = VAETransformer(
    latent_dim=8, modalities="auto", condition="language", max_epochs=40 if QUICK else 200, batch_size=64
)
vade = VaDEClusterer(4, vae=vae, init="gmm" if QUICK else "umap", max_epochs=20 if QUICK else 100, random_state=0)
labels = vade.fit_predict(features)

# %%
# Clusters and genres
# -------------------
#
# The map shows the latent space in two dimensions, colored by cluster and by genre.
Z = vade.transform(features)
points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
MapDisplay(points, {"cluster": labels, "genre": tracks["genre"]}, method).plot()

# %%
# The table contains the number of tracks for each genre and cluster.
pd.crosstab(tracks["genre"], pd.Series(labels, tracks.index, name="cluster"))

# %%
# Memberships
# -----------
#
# `predict_proba` returns the memberships. The image has one row per cluster and one column per track, sorted by
# cluster. A track between two clusters has a membership in both.
memberships = vade.predict_proba(features)
order = np.lexsort((-memberships.max(axis=1), labels))
fig, ax = plt.subplots(figsize=(9, 2.2), layout="constrained")
image = ax.imshow(memberships[order].T, aspect="auto", cmap="magma", vmin=0, vmax=1)
ax.set(xlabel="track, sorted by cluster", ylabel="cluster", yticks=range(4))
fig.colorbar(image, ax=ax, label="membership")

# %%
# A high membership is not always correct: memberships describe how clearly the clusters are separated, and clusters are
# not genres. The reliability curve compares memberships with known labels. It shows how often the assigned genre is
# correct for each level of membership.
ReliabilityDisplay.from_predictions(tracks["genre"], memberships)

# %%
# Decoded cluster centers
# -----------------------
#
# `inverse_transform` decodes a cluster center. The result is a row of audio descriptors in their original units. All
# centers are decoded with the same condition.
english = (features.filter(regex="^language__").columns == "language__en").astype(float)
decoded = pd.DataFrame(
    vade.inverse_transform(vade.cluster_centers_, condition=english), columns=features.columns
).filter(regex="^audio__(centroid|rms|flatness)_mean")
decoded.rename_axis("cluster").round(3)

# %%
plt.show()
library.cleanup()
