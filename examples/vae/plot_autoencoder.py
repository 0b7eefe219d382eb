"""
The plain autoencoder, PCA, and what a prior adds
=================================================

Without a prior and without noise in the latent, what remains is the autoencoder:
:func:`~skvae.vae.make_autoencoder` is :class:`~skvae.VAETransformer` with ``regularizer=None``. Made linear, it is an
old acquaintance; made deep, it rebuilds well and leaves a latent with holes.
"""

import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.linalg import subspace_angles
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skvae import MLP, VAETransformer
from skvae.vae import make_autoencoder

QUICK = os.environ.get("SKVAE_QUICK") == "1"

X, y = load_digits(return_X_y=True)
X = X.astype(np.float32)
if QUICK:
    X, y = X[:600], y[:600]

# %%
# The linear autoencoder is PCA
# -----------------------------
#
# No hidden layer, no input noise, no scaling, steps over all rows at once: the best that a linear encoder and decoder
# can do is to project on the plane of the largest principal components. The directions within the plane are free, so it
# is the planes that are compared. Two planes have two principal angles; 0 degrees both is the same plane. The data are
# centred first, as PCA does it: an optimiser finds the mean, too, but takes long over it.
centred = X - X.mean(axis=0)
linear = make_autoencoder(
    2, network=MLP(()), input_noise=0.0, scale=None, learning_rate=1e-2, batch_size=len(X), max_epochs=500,
    validation_fraction=0, random_state=0,
).fit(centred)  # fmt: skip
pca = PCA(2).fit(centred)
origin, *ends = linear.inverse_transform([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
angles = np.rad2deg(subspace_angles(np.transpose(ends - origin), pca.components_.T))
pd.Series(angles, ["first", "second"], name="angle, degrees").round(2)

# %%
# Side by side, after the one rotation and stretch that the autoencoder is free to choose:
Z, P = linear.transform(centred), pca.transform(centred)
Z -= Z.mean(axis=0)
turned = Z @ np.linalg.lstsq(Z, P)[0]
fig, axes = plt.subplots(1, 2, figsize=(9, 4.2), sharex=True, sharey=True, layout="constrained")
for ax, (title, points) in zip(axes, {"PCA": P, "linear autoencoder": turned}.items(), strict=True):
    image = ax.scatter(*points.T, c=y, cmap="tab10", s=7, vmin=-0.5, vmax=9.5)
    ax.set(title=title, xticks=[], yticks=[], aspect="equal")
fig.colorbar(image, ax=axes, ticks=range(10), label="digit")

# %%
# Deep: with a prior and without
# ------------------------------
#
# The same network twice, with two latent units so that the whole latent can be seen. Both see clean inputs here: input
# noise is a regulariser of its own. They rebuild about equally well.
settings = {"input_noise": 0.0, "scale": None, "max_epochs": 60 if QUICK else 200, "random_state": 0}
models = {"autoencoder": make_autoencoder(2, **settings).fit(X), "VAE": VAETransformer(2, **settings).fit(X)}
error = {name: np.square(model.reconstruct(X) - X).mean() for name, model in models.items()}
spread = {name: model.transform(X).std(axis=0).round(1).tolist() for name, model in models.items()}
pd.DataFrame({"squared error of a pixel": error, "standard deviations of the units": spread}).round(2)

# %%
# The autoencoder places digits wherever it likes, on any scale; the VAE holds them near the standard normal, drawn as
# circles at one, two and three standard deviations.
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.2), layout="constrained")
for ax, (name, model) in zip(axes, models.items(), strict=True):
    image = ax.scatter(*model.transform(X).T, c=y, cmap="tab10", s=7, vmin=-0.5, vmax=9.5)
    for radius in (1, 2, 3):
        ax.add_patch(plt.Circle((0, 0), radius, fill=False, color="black", linewidth=0.8))
    ax.set(title=name, xlabel="unit 0", ylabel="unit 1", aspect="equal")
    ax.spines[["top", "right"]].set_visible(False)
fig.colorbar(image, ax=axes, ticks=range(10), label="digit")

# %%
# That is what sampling needs. Points drawn from the standard normal and decoded: the VAE knows what to do with them
# everywhere, the autoencoder only where it happened to put digits.
fig, axes = plt.subplots(2, 12, figsize=(9, 1.9), layout="constrained")
for line, (name, model) in zip(axes, models.items(), strict=True):
    for ax, image in zip(line, model.sample(12, random_state=0), strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")
plt.show()
