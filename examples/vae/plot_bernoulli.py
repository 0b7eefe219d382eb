"""
Data between 0 and 1: the Bernoulli likelihood
==============================================

How far a reconstruction is from the data is said by a likelihood. The default is Gaussian, with a variance that is
solved for. For columns in [0, 1], such as grey levels or shares, ``likelihood="bernoulli"`` is the cross-entropy, and
the decoder's output stays within the bounds.
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
# The same model under both. The Bernoulli one takes the columns as they are, whatever `scale` says.
settings = {"latent_dim": 8, "scale": None, "input_noise": 0.0, "max_epochs": 40 if QUICK else 200, "random_state": 0}
models = {name: VAETransformer(likelihood=name, **settings).fit(X) for name in ("gaussian", "bernoulli")}

# %%
# The Gaussian decoder does not know that grey ends at white: some pixels are below 0, others above 1. In squared error
# it has the advantage, for that is what it is trained for.
rebuilt = {name: model.reconstruct(X) for name, model in models.items()}
table = pd.DataFrame(
    {
        "lowest pixel": {name: images.min() for name, images in rebuilt.items()},
        "highest pixel": {name: images.max() for name, images in rebuilt.items()},
        "squared error": {name: np.square(images - X).mean() for name, images in rebuilt.items()},
    }
)
table.round(3)

# %%
# Reconstructions, and digits that never were.
rows = {"data": X[:12]}
rows |= {f"{name}, rebuilt": images[:12] for name, images in rebuilt.items()}
rows |= {f"{name}, sampled": model.sample(12, random_state=1) for name, model in models.items()}
fig, axes = plt.subplots(5, 12, figsize=(9, 4), layout="constrained")
for line, (name, images) in zip(axes, rows.items(), strict=True):
    for ax, image in zip(line, images, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")

# %%
# The two bounds are no competitors: one is of densities, which may be above 1, the other of probabilities, which may
# not. `score` compares models of one likelihood. Whatever is not in [0, 1] is refused by name.
try:
    VAETransformer(likelihood="bernoulli").fit(16 * X)
except ValueError as error:
    print(error)
plt.show()
