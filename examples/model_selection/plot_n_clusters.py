"""
Select the number of clusters
=============================

:func:`~skvae.model_selection.select_n_clusters` evaluates several criteria for a range of numbers of clusters. It
returns a curve, a choice and a range of equivalent choices for each criterion. If the criteria agree, the data contain
distinct groups. If they disagree, several numbers of clusters are reasonable, and you can choose one by listening.

This example compares data with distinct groups and a library of songs. It also shows how to keep cluster numbers stable
between two fits.
"""

import os
import tempfile

import matplotlib.pyplot as plt
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from skvae import VAETransformer, make_track_features
from skvae.cluster import align_labels
from skvae.datasets import make_songs
from skvae.model_selection import select_n_clusters
from skvae.plots import NClustersDisplay

QUICK = os.environ.get("SKVAE_QUICK") == "1"

# %%
# Distinct groups
# ---------------
#
# The data contain five groups, and all criteria choose five clusters. The shaded range contains the numbers that a
# criterion does not distinguish from its choice.
X, _ = make_blobs(150 if QUICK else 400, n_features=6, centers=5, random_state=1)
settings = {"n_resamples": 3 if QUICK else 10, "random_state": 0}
blobs = select_n_clusters(KMeans(n_init=5), X, range(1, 10), **settings)
NClustersDisplay.from_selection(blobs)
plt.show()

# %%
# A library of songs
# ------------------
#
# The songs belong to eight genres and are represented in the latent space of an autoencoder. Genres overlap, and some
# of them form several groups.
#
# Here the autoencoder is trained once. Pass a pipeline instead of the latent representation to train it again on each
# resample.
with tempfile.TemporaryDirectory() as library:
    tracks = make_songs(24 if QUICK else 160, duration=2 if QUICK else 8, random_state=0, out_dir=library)
    features = make_track_features(lyrics=None).fit_transform(tracks)
Z = VAETransformer(8, max_epochs=10 if QUICK else 150, random_state=0).fit_transform(features)
songs = select_n_clusters(KMeans(n_init=5), Z, range(2, 9 if QUICK else 16), **settings)
NClustersDisplay.from_selection(songs)
plt.show()

# %%
# The table contains the choice of each criterion. The attributes ``n_clusters``, ``low``, ``high`` and ``agree``
# combine these choices.
agreement = "the criteria agree" if songs.agree else "the criteria disagree"
print(f"{songs.n_clusters} clusters, range {songs.low} to {songs.high}: {agreement}")
songs.choices

# %%
# Stable cluster numbers
# ----------------------
#
# A new fit can assign different numbers to the same clusters. :func:`~skvae.cluster.align_labels` restores the numbers
# of the first fit. The churn is the fraction of songs whose cluster really changed.
first, second = (KMeans(songs.n_clusters, n_init=1, random_state=seed).fit_predict(Z) for seed in (0, 1))
aligned = align_labels(first, second)
print(f"equal numbers before alignment: {(first == second).mean():.0%}, after: {(first == aligned.labels).mean():.0%}")
print(f"churn: {aligned.churn:.0%}, new numbers: {aligned.numbers}")
