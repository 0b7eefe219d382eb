"""
Search beta and the latent dimension
====================================

A pipeline from features to labels is one estimator. :class:`~sklearn.model_selection.GridSearchCV` can therefore search
its parameters.

This example searches ``beta`` and ``latent_dim``. You learn which scores are suitable. A score is not suitable if the
searched parameter can increase it without better clusters.
"""

import os
import tempfile

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline

from skvae import VAETransformer, make_track_features
from skvae.datasets import make_songs
from skvae.metrics import get_scorer

QUICK = os.environ.get("SKVAE_QUICK") == "1"

library = tempfile.TemporaryDirectory()
tracks = make_songs(16 if QUICK else 160, duration=2 if QUICK else 8, random_state=0, out_dir=library.name)

# %%
# The features are computed once, before the search. This does not leak information, because descriptors are computed
# for each song separately. To search settings of the extractor, use ``make_track_features()`` as the first step of the
# pipeline, and pass the track table to `fit`.
features = make_track_features(lyrics=None).fit_transform(tracks)

# %%
# Scores
# ------
#
# Purity and NMI compare the clusters of held-out songs with their genres. The evidence lower bound (ELBO) needs no
# labels.
#
# The silhouette in the latent space is not used. A larger ``beta`` makes the latent space more compact, and this
# increases the silhouette even if the clusters are not better.
model = make_pipeline(
    VAETransformer(
        max_epochs=10 if QUICK else 100, scale="standard" if QUICK else "power", batch_size=64, random_state=0
    ),
    KMeans(8, n_init=10, random_state=0),
)
search = GridSearchCV(
    model,
    {
        "vaetransformer__beta": [0.5, 4.0] if QUICK else [0.25, 0.5, 1.0, 2.0, 4.0],
        "vaetransformer__latent_dim": [2, 8] if QUICK else [2, 8, 16],
    },
    scoring={name: get_scorer(name) for name in ("purity", "nmi", "elbo")},
    refit="nmi",
    cv=StratifiedKFold(2 if QUICK else 3, shuffle=True, random_state=0),
)
search.fit(features, tracks["genre"])
search.best_params_

# %%
# Results
# -------
#
# Each cell contains the mean over the folds and the standard deviation. Differences smaller than the standard deviation
# are not reliable.
results = pd.DataFrame(search.cv_results_)
titles = {"purity": "Purity", "nmi": "NMI", "elbo": "ELBO (nats per track)"}
fig, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
for ax, (score, title) in zip(axes, titles.items(), strict=True):
    keys = {"index": "param_vaetransformer__latent_dim", "columns": "param_vaetransformer__beta"}
    mean, std = (results.pivot_table(**keys, values=f"{kind}_test_{score}") for kind in ("mean", "std"))
    image = ax.imshow(mean, cmap="viridis", aspect="auto")
    digits = 0 if score == "elbo" else 2
    middle = (mean.min().min() + mean.max().max()) / 2
    for i in range(mean.shape[0]):
        for j in range(mean.shape[1]):
            text = f"{mean.iloc[i, j]:.{digits}f}\n±{std.iloc[i, j]:.{digits}f}"
            color = "black" if mean.iloc[i, j] > middle else "white"
            ax.text(j, i, text, ha="center", va="center", fontsize=8, color=color)
    ax.set(title=title, xlabel="beta", xticks=range(mean.shape[1]), xticklabels=mean.columns)
    ax.set(ylabel="latent_dim", yticks=range(mean.shape[0]), yticklabels=mean.index)
plt.show()

library.cleanup()
