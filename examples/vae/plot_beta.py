"""
Beta: what a stricter prior costs and what it buys
==================================================

The objective of a VAE has two terms that pull against each other: rebuild the data, and keep the posterior of every row
near the prior. ``beta`` weighs the second. :func:`~skvae.vae.make_beta_vae` is :class:`~skvae.VAETransformer` with
another ``beta``, so a sweep is a loop.
"""

import os
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from skvae.vae import VAEWarning, make_beta_vae

QUICK = os.environ.get("SKVAE_QUICK") == "1"

X = load_digits().data.astype(np.float32)
if QUICK:
    X = X[:400]

# %%
# Four values, ten units each. The largest is expected to leave units unused, and `fit` says so with a
# :class:`~skvae.vae.VAEWarning`; here the warnings are collected, to be read below.
models, said = {}, {}
for beta in (0.5, 1.0, 4.0, 10.0):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", VAEWarning)
        models[beta] = make_beta_vae(10, beta=beta, scale=None, max_epochs=15 if QUICK else 150, random_state=0).fit(X)
    said[beta] = "; ".join(str(warning.message) for warning in caught)
pd.Series(said, name="warning").rename_axis("beta").to_frame()

# %%
# The price
# ---------
#
# Reconstruction and KL on held-out digits, unweighted, in nats per digit, so that models with different ``beta``
# compare. From 0.5 to 1 the two nearly trade at par: their sum, the evidence lower bound with its sign turned, hardly
# moves. At 4 it has lost, and at 10 every unit has collapsed: the decoder draws the mean digit, whatever it is shown.
last = pd.DataFrame([model.history_[-1] for model in models.values()], index=[f"{beta:g}" for beta in models])
panels = {"valid_reconstruction": "reconstruction", "valid_kl": "KL divergence", "active_units": "active units of 10"}
fig, axes = plt.subplots(1, 4, figsize=(11, 2.9), layout="constrained")
for ax, (column, title) in zip(axes, panels.items(), strict=False):
    ax.bar(last.index, last[column], color="#0072B2", width=0.6)
    low = last[column].min() - 0.3 * np.ptp(last[column]) if column == "valid_reconstruction" else 0
    ax.set(title=title, xlabel="beta", ylim=(low, None))
axes[0].set_ylabel("nats per digit")
axes[3].plot(last["valid_kl"], last["valid_reconstruction"], "o-", color="#D55E00")
for beta, row in last.iterrows():
    axes[3].annotate(beta, (row["valid_kl"], row["valid_reconstruction"]), xytext=(5, 4), textcoords="offset points")
axes[3].set(title="one against the other", xlabel="KL divergence", ylabel="reconstruction")
axes[3].margins(0.15)
for ax in axes:
    ax.spines[["top", "right"]].set_visible(False)

# %%
# What is still rebuilt
# ---------------------
#
# With a larger ``beta`` the digits drift towards the average of their kind.
rows = {"data": X[:10]} | {f"beta {beta:g}": model.reconstruct(X[:10]) for beta, model in models.items()}
fig, axes = plt.subplots(len(rows), 10, figsize=(8, 4.1), layout="constrained")
for line, (name, images) in zip(axes, rows.items(), strict=True):
    for ax, image in zip(line, images, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")

# %%
# Latent traversals
# -----------------
#
# From the centre of the latent one unit is moved from -2.5 to 2.5, the others stay at 0, and each point is decoded.
# Units are in the order of how much they vary over the digits. At ``beta`` 0.5 every unit does something; at 4 four of
# them do the work. The others still count as active, for the usual threshold, a variance of 0.01, is a generous one.
steps = np.linspace(-2.5, 2.5, 9)
fig = plt.figure(figsize=(9.5, 6.6), layout="constrained")
for half, beta in zip(fig.subfigures(1, 2, wspace=0.04), (0.5, 4.0), strict=True):
    model = models[beta]
    Z = model.transform(X)
    order = np.argsort(-Z.var(axis=0))
    axes = half.subplots(len(order), len(steps), gridspec_kw={"wspace": 0.02, "hspace": 0.02})
    for line, unit in zip(axes, order, strict=True):
        path = np.zeros((len(steps), model.latent_dim))
        path[:, unit] = steps
        for ax, image in zip(line, model.inverse_transform(path), strict=True):
            ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        line[0].set_ylabel(f"{Z[:, unit].var():.2f}", rotation=0, ha="right", va="center", fontsize=8)
    half.suptitle(f"beta {beta:g}; left of each row the unit's variance")

# %%
# Free bits
# ---------
#
# Where ``beta`` is to stay large, ``free_bits`` keeps units alive: so many nats of each unit's divergence cost nothing,
# averaged over a batch. Ten units with half a nat each have a budget of five, and spend most of it.
rescued = make_beta_vae(10, beta=10.0, free_bits=0.5, scale=None, max_epochs=15 if QUICK else 150, random_state=0).fit(
    X
)
columns = ["valid_reconstruction", "valid_kl", "active_units"]
spent = pd.DataFrame([models[10.0].history_[-1], rescued.history_[-1]], index=["beta 10", "with free bits"])[columns]
spent.round(1)

# %%
plt.show()
