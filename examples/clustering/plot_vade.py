"""
Soft clusters: a mixture inside the autoencoder
===============================================

:class:`~skvae.VaDEClusterer` trains a :class:`~skvae.VAETransformer`, lays a first partition over its latent, and then
trains network and clusters together, with a Gaussian mixture as the prior. Every song has a membership in every
cluster.
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
# The language of a song is given to the model as a condition, so that the latent need not hold it. `VaDEClusterer`
# holds the autoencoder as a parameter: ``vade.set_params(vae__beta=2)`` works, and so does a search over it.
vae = VAETransformer(
    latent_dim=8, modalities="auto", condition="language", max_epochs=40 if QUICK else 200, batch_size=64
)
vade = VaDEClusterer(4, vae=vae, init="gmm" if QUICK else "umap", max_epochs=20 if QUICK else 100, random_state=0)
labels = vade.fit_predict(features)

# %%
# Clusters and genres
# -------------------
Z = vade.transform(features)
points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
MapDisplay(points, {"cluster": labels, "genre": tracks["genre"]}, method).plot()

# %%
pd.crosstab(tracks["genre"], pd.Series(labels, tracks.index, name="cluster"))

# %%
# Memberships
# -----------
#
# A row a cluster, a column a song, songs in the order of their clusters. What lies between two clusters shows in both.
memberships = vade.predict_proba(features)
order = np.lexsort((-memberships.max(axis=1), labels))
fig, ax = plt.subplots(figsize=(9, 2.2), layout="constrained")
image = ax.imshow(memberships[order].T, aspect="auto", cmap="magma", vmin=0, vmax=1)
ax.set(xlabel="song", ylabel="cluster", yticks=range(4))
fig.colorbar(image, ax=ax, label="membership")

# %%
# A sure membership need not be a right one: it says how far apart clusters are, and clusters are not genres. Where
# songs have labels, a reliability curve tells how often memberships of some confidence are right.
ReliabilityDisplay.from_predictions(tracks["genre"], memberships)

# %%
# What each cluster sounds like: decoded centres
# ----------------------------------------------
#
# A centre of the mixture, decoded, is a row of descriptors in their own units. The condition is the same for all.
english = (features.filter(regex="^language__").columns == "language__en").astype(float)
decoded = pd.DataFrame(
    vade.inverse_transform(vade.cluster_centers_, condition=english), columns=features.columns
).filter(regex="^audio__(centroid|rms|flatness)_mean")
decoded.rename_axis("cluster").round(3)

# %%
plt.show()
library.cleanup()
