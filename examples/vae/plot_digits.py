"""
A variational autoencoder for handwritten digits
================================================

:class:`~skvae.VAETransformer` works with any table. This example uses the 8 x 8 images of digits from scikit-learn,
because reconstructions of images are easy to judge.

You learn how to fit the model, how to read the training history, and how to reconstruct, sample and map digits.
"""

import os

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skvae import VAETransformer
from skvae.plots import HistoryDisplay, MapDisplay, embed_plane

QUICK = os.environ.get("SKVAE_QUICK") == "1"

X, y = load_digits(return_X_y=True)
X = X.astype(np.float32)
if QUICK:
    X, y = X[:500], y[:500]

# %%
# Fit the model
# -------------
#
# The model is fitted like any transformer. The pixels are not scaled, because they already have the same range.
vae = VAETransformer(latent_dim=8, scale=None, input_noise=1.0, max_epochs=40 if QUICK else 200, random_state=0)
vae.fit(X)

# %%
# Training history
# ----------------
#
# `history_` contains one entry per epoch. The two terms of the evidence lower bound (ELBO) are unweighted, in nats per
# digit. The weight of the KL divergence increases during the first third of the planned training steps.
HistoryDisplay.from_estimator(vae)

# %%
# Reconstructions and samples
# ---------------------------
#
# - First row: digits of the data set.
# - Second row: reconstructions from a latent space with 8 dimensions.
# - Third row: samples from the prior, which are decoded to new digits.
rows = {"data": X[:12], "reconstructed": vae.reconstruct(X[:12]), "sampled": vae.sample(12, random_state=1)}
fig, axes = plt.subplots(3, 12, figsize=(9, 2.6), layout="constrained")
for line, (name, images) in zip(axes, rows.items(), strict=True):
    for ax, image in zip(line, images, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")

# %%
# The latent space
# ----------------
#
# `transform` returns the posterior means. The map shows them in two dimensions. The points are colored by digit, which
# was not used for training.
Z = vae.transform(X)
points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
MapDisplay(points, {"digit": y}, method).plot()
plt.show()
