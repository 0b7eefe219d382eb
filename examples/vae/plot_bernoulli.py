"""
Bernoulli likelihood for data between 0 and 1
=============================================

The likelihood defines the reconstruction loss. The default is a Gaussian likelihood with an estimated variance. For
columns in [0, 1], such as gray levels or proportions, ``likelihood="bernoulli"`` uses the cross-entropy. The outputs of
the decoder are then also in [0, 1].

This example compares both likelihoods on images of digits.
"""

import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from skvae import VAETransformer

QUICK = os.environ.get("SKVAE_QUICK") == "1"

X = (load_digits().data / 16).astype(np.float32)
if QUICK:
    X = X[:500]

# %%
# Fit two models
# --------------
#
# The models differ only in their likelihood. The Bernoulli likelihood does not scale the columns, so it ignores the
# parameter `scale`.
settings = {"latent_dim": 8, "scale": None, "input_noise": 0.0, "max_epochs": 40 if QUICK else 200, "random_state": 0}
models = {name: VAETransformer(likelihood=name, **settings).fit(X) for name in ("gaussian", "bernoulli")}

# %%
# The Gaussian decoder is not limited to the range of the data. Some of its pixels are below 0 or above 1. Its squared
# error is lower, because it was trained with the squared error.
reconstructed = {name: model.reconstruct(X) for name, model in models.items()}
table = pd.DataFrame(
    {
        "lowest pixel": {name: images.min() for name, images in reconstructed.items()},
        "highest pixel": {name: images.max() for name, images in reconstructed.items()},
        "squared error": {name: np.square(images - X).mean() for name, images in reconstructed.items()},
    }
)
table.round(3)

# %%
# Reconstructions and samples
# ---------------------------
#
# The first row contains digits of the data set. The other rows contain reconstructions and samples of both models.
rows = {"data": X[:12]}
rows |= {f"{name}, reconstructed": images[:12] for name, images in reconstructed.items()}
rows |= {f"{name}, sampled": model.sample(12, random_state=1) for name, model in models.items()}
fig, axes = plt.subplots(5, 12, figsize=(9, 4), layout="constrained")
for line, (name, images) in zip(axes, rows.items(), strict=True):
    for ax, image in zip(line, images, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")

# %%
# Comparison of scores
# --------------------
#
# `score` can only compare models with the same likelihood. The Gaussian likelihood is a probability density, which can
# be above 1. The Bernoulli likelihood cannot.
#
# Values outside [0, 1] raise an error.
try:
    VAETransformer(likelihood="bernoulli").fit(16 * X)
except ValueError as error:
    print(error)
plt.show()
