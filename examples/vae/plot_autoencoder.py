"""
The autoencoder, PCA and the effect of a prior
==============================================

A VAE without a prior and without noise in the latent space is an autoencoder. :func:`~skvae.vae.make_autoencoder`
creates a :class:`~skvae.VAETransformer` with ``regularizer=None``.

This example shows that a linear autoencoder is equivalent to PCA. It then compares a deep autoencoder with a VAE: both
reconstruct well, but only the VAE can generate samples.
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
# A linear autoencoder is equivalent to PCA
# -----------------------------------------
#
# The linear autoencoder has no hidden layer, no input noise and no scaling. Its best solution is a projection on the
# plane of the first two principal components. The directions within this plane are arbitrary, so the example compares
# the planes.
#
# The angles between two planes are called principal angles. Two angles of 0 degrees mean equal planes. The data are
# centered first, as in PCA, because the optimizer needs many steps to learn the mean.
centered = X - X.mean(axis=0)
linear = make_autoencoder(
    2, network=MLP(()), input_noise=0.0, scale=None, learning_rate=1e-2, batch_size=len(X), max_epochs=500,
    validation_fraction=0, random_state=0,
).fit(centered)  # fmt: skip
pca = PCA(2).fit(centered)
origin, *ends = linear.inverse_transform([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
angles = np.rad2deg(subspace_angles(np.transpose(ends - origin), pca.components_.T))
pd.Series(angles, ["first", "second"], name="angle (degrees)").round(2)

# %%
# The figure shows both representations. The coordinates of the autoencoder are first transformed linearly to match
# those of PCA.
Z, P = linear.transform(centered), pca.transform(centered)
Z -= Z.mean(axis=0)
aligned = Z @ np.linalg.lstsq(Z, P)[0]
fig, axes = plt.subplots(1, 2, figsize=(9, 4.2), sharex=True, sharey=True, layout="constrained")
for ax, (title, points) in zip(axes, {"PCA": P, "linear autoencoder": aligned}.items(), strict=True):
    image = ax.scatter(*points.T, c=y, cmap="tab10", s=7, vmin=-0.5, vmax=9.5)
    ax.set(title=title, xticks=[], yticks=[], aspect="equal")
fig.colorbar(image, ax=axes, ticks=range(10), label="digit")

# %%
# A deep autoencoder and a VAE
# ----------------------------
#
# Both models have the same network and two latent units. Input noise is disabled, because it also acts as a
# regularizer. Their reconstruction errors are similar.
settings = {"input_noise": 0.0, "scale": None, "max_epochs": 60 if QUICK else 200, "random_state": 0}
models = {"autoencoder": make_autoencoder(2, **settings).fit(X), "VAE": VAETransformer(2, **settings).fit(X)}
error = {name: np.square(model.reconstruct(X) - X).mean() for name, model in models.items()}
spread = {name: model.transform(X).std(axis=0).round(1).tolist() for name, model in models.items()}
pd.DataFrame({"squared error per pixel": error, "standard deviations of the units": spread}).round(2)

# %%
# The autoencoder can place digits anywhere in the latent space. The VAE keeps them close to the standard normal
# distribution. The circles are at one, two and three standard deviations.
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.2), layout="constrained")
for ax, (name, model) in zip(axes, models.items(), strict=True):
    image = ax.scatter(*model.transform(X).T, c=y, cmap="tab10", s=7, vmin=-0.5, vmax=9.5)
    for radius in (1, 2, 3):
        ax.add_patch(plt.Circle((0, 0), radius, fill=False, color="black", linewidth=0.8))
    ax.set(title=name, xlabel="unit 0", ylabel="unit 1", aspect="equal")
    ax.spines[["top", "right"]].set_visible(False)
fig.colorbar(image, ax=axes, ticks=range(10), label="digit")

# %%
# Samples
# -------
#
# Samples are points from the standard normal distribution that are decoded to images. The VAE returns digits for most
# of these points. The autoencoder returns digits only in regions that contain encoded digits.
fig, axes = plt.subplots(2, 12, figsize=(9, 1.9), layout="constrained")
for line, (name, model) in zip(axes, models.items(), strict=True):
    for ax, image in zip(line, model.sample(12, random_state=0), strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")
plt.show()
