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

QUICK = os.environ.get("SKVAE_QUICK") == "1"

X, y = load_digits(return_X_y=True)
X = X.astype(np.float32)

# %%
# Fit it as any transformer. The pixels share one scale already, so nothing is rescaled.
vae = VAETransformer(latent_dim=8, scale=None, input_noise=1.0, max_epochs=30 if QUICK else 200, random_state=0)
vae.fit(X)

# %%
# Training
# --------
#
# Every epoch leaves a row in `history_`. The two terms of the evidence lower bound are unweighted and in nats per
# digit; the KL weight rises over the first third of the planned steps, and early stopping waits for its end.
fields = ["train_reconstruction", "train_kl", "kl_weight", "active_units"]
titles = ["reconstruction, nats", "KL, nats", "KL weight", "active units"]
fig, axes = plt.subplots(1, 4, figsize=(10, 2.4), layout="constrained")
for ax, field, title in zip(axes, fields, titles, strict=True):
    ax.plot([row["epoch"] for row in vae.history_], [row[field] for row in vae.history_])
    ax.set(title=title, xlabel="epoch")

# %%
# Reconstructions
# ---------------
#
# First row: digits. Second row: what the encoder and decoder make of them, through 8 numbers each. Third row: digits
# that never were, drawn from the prior and decoded.
rows = [X[:12], vae.reconstruct(X[:12]), vae.sample(12, random_state=1)]
fig, axes = plt.subplots(3, 12, figsize=(9, 2.6), layout="constrained")
for line, images, name in zip(axes, rows, ["data", "reconstructed", "sampled"], strict=True):
    for ax, image in zip(line, images, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")

# %%
# The latent
# ----------
#
# `transform` gives the posterior means. Two principal axes of it, coloured by a label that training never saw:
Z = vae.transform(X)
fig, ax = plt.subplots(figsize=(5, 4), layout="constrained")
points = ax.scatter(*PCA(2).fit_transform(Z).T, c=y, cmap="tab10", vmin=-0.5, vmax=9.5, s=6)
fig.colorbar(points, ax=ax, ticks=range(10), label="digit")
ax.set(xticks=[], yticks=[], title=f"{X.shape[1]} pixels, {Z.shape[1]} latent units, seen from two sides")
plt.show()
