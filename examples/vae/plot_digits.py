"""
What a latent space holds: handwritten digits
=============================================

:class:`~skvae.VAETransformer` is not about music alone: it takes any table. The 8 x 8 digits of scikit-learn show, at a
glance, what the model keeps, what it drops, and what it believes digits to be.
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
# It is fitted as any transformer. The pixels share one scale already, so nothing is rescaled.
vae = VAETransformer(latent_dim=8, scale=None, input_noise=1.0, max_epochs=40 if QUICK else 200, random_state=0)
vae.fit(X)

# %%
# Training
# --------
#
# Every epoch leaves a row in `history_`. The two terms of the evidence lower bound (ELBO) are unweighted and in nats
# per digit; the weight of the KL term rises over the first third of the planned steps.
HistoryDisplay.from_estimator(vae)

# %%
# Reconstructions
# ---------------
#
# First row: digits. Second row: what the encoder and decoder make of them, through 8 numbers each. Third row: digits
# that never were, drawn from the prior and decoded.
rows = {"data": X[:12], "reconstructed": vae.reconstruct(X[:12]), "sampled": vae.sample(12, random_state=1)}
fig, axes = plt.subplots(3, 12, figsize=(9, 2.6), layout="constrained")
for line, (name, images) in zip(axes, rows.items(), strict=True):
    for ax, image in zip(line, images, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")

# %%
# The latent
# ----------
#
# `transform` gives the posterior means, here laid out on a plane and coloured by a label that training never saw.
Z = vae.transform(X)
points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
MapDisplay(points, {"digit": y}, method).plot()
plt.show()
