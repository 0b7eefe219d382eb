"""
The effect of beta
==================

The objective of a VAE has two terms: the reconstruction loss, and the KL divergence between posterior and prior. The
parameter ``beta`` is the weight of the KL divergence. :func:`~skvae.vae.make_beta_vae` creates a
:class:`~skvae.VAETransformer` with a different ``beta``.

This example fits models with several values of ``beta``. You learn how ``beta`` changes reconstructions and latent
units, and how free bits prevent posterior collapse.
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
# Fit several models
# ------------------
#
# All models have ten latent units. Large values of ``beta`` can make units constant. `fit` then warns with a
# :class:`~skvae.vae.VAEWarning`. The table contains the warnings.
models, messages = {}, {}
for beta in (0.5, 1.0, 4.0, 10.0):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", VAEWarning)
        models[beta] = make_beta_vae(10, beta=beta, scale=None, max_epochs=15 if QUICK else 150, random_state=0).fit(X)
    messages[beta] = "; ".join(str(warning.message) for warning in caught)
pd.Series(messages, name="warning").rename_axis("beta").to_frame()

# %%
# Reconstruction and KL divergence
# --------------------------------
#
# The figure shows both terms on held-out digits. They are unweighted and in nats per digit, so models with different
# ``beta`` can be compared.
#
# From 0.5 to 1, the sum of both terms, which is the negative ELBO, changes little. It is worse at 4. At 10, all units
# are constant (posterior collapse), and the decoder always returns the mean digit.
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
axes[3].set(title="reconstruction and KL", xlabel="KL divergence", ylabel="reconstruction")
axes[3].margins(0.15)
for ax in axes:
    ax.spines[["top", "right"]].set_visible(False)

# %%
# Reconstructions
# ---------------
#
# The reconstructions become closer to the average digit of each class as ``beta`` increases.
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
# One latent unit changes from -2.5 to 2.5, and the other units are 0. Each point is decoded. The units are sorted by
# their variance over the digits.
#
# All units have an effect at ``beta`` 0.5. Only four units have an effect at ``beta`` 4. The other units still count as
# active, because the usual threshold is low (a variance of 0.01).
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
    half.suptitle(f"beta {beta:g} (left: variance of the unit)")

# %%
# Free bits
# ---------
#
# The parameter ``free_bits`` keeps units active when ``beta`` is large. It removes the penalty for a small KL
# divergence of each unit, averaged over a batch. Here ten units with 0.5 nats each give 5 nats without penalty. The
# model uses most of them.
with_free_bits = make_beta_vae(
    10, beta=10.0, free_bits=0.5, scale=None, max_epochs=15 if QUICK else 150, random_state=0
).fit(X)
columns = ["valid_reconstruction", "valid_kl", "active_units"]
terms = pd.DataFrame(
    [models[10.0].history_[-1], with_free_bits.history_[-1]], index=["beta 10", "beta 10 with free bits"]
)[columns]
terms.round(1)

# %%
plt.show()
