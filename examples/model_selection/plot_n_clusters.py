"""
How many clusters?
==================

There is seldom one right number. :func:`~skvae.model_selection.select_n_clusters` asks several criteria, and gives back
a curve, a choice and a range for each. Where they agree the table has groups of its own; where they do not, the number
is for the listener to choose.
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
# Where groups lie apart
# ----------------------
#
# Five blobs: every criterion chooses five. The shaded range is what it cannot tell from its choice.
X, _ = make_blobs(150 if QUICK else 400, n_features=6, centers=5, random_state=1)
settings = {"n_resamples": 3 if QUICK else 10, "random_state": 0}
blobs = select_n_clusters(KMeans(n_init=5), X, range(1, 10), **settings)
NClustersDisplay.from_selection(blobs)
plt.show()

# %%
# A library of songs
# ------------------
#
# Songs of eight made genres, in the latent of an autoencoder. Genres overlap, and some fall into several groups. To
# have the autoencoder trained anew on every resample, hand in a pipeline in the place of its latent.
with tempfile.TemporaryDirectory() as library:
    tracks = make_songs(24 if QUICK else 160, duration=2 if QUICK else 8, random_state=0, out_dir=library)
    features = make_track_features(lyrics=None).fit_transform(tracks)
Z = VAETransformer(8, max_epochs=10 if QUICK else 150, random_state=0).fit_transform(features)
songs = select_n_clusters(KMeans(n_init=5), Z, range(2, 9 if QUICK else 16), **settings)
NClustersDisplay.from_selection(songs)
plt.show()

# %%
# The choices as a table, and what follows from all of them together.
print(f"{songs.n_clusters} clusters; {songs.low} to {songs.high}, {'agreed' if songs.agree else 'not agreed'}")
songs.choices

# %%
# Numbers that stay
# -----------------
#
# A refit deals out cluster numbers anew. :func:`~skvae.cluster.align_labels` gives them back, and says how many songs
# really moved.
first, second = (KMeans(songs.n_clusters, n_init=1, random_state=seed).fit_predict(Z) for seed in (0, 1))
aligned = align_labels(first, second)
print(f"equal numbers before: {(first == second).mean():.0%}; after: {(first == aligned.labels).mean():.0%}")
print(f"churn: {aligned.churn:.0%}; renumbered: {aligned.numbers}")
