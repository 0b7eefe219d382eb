"""
Search the architecture, fusion, beta and condition
===================================================

Network, fusion, ``beta``, ``latent_dim`` and condition are parameters of one estimator, so one search can compare all
of them. This example runs a random search and reports the training time of each candidate.

All songs of an artist are in the same fold. The score is the AMI between clusters and genres. None of the searched
parameters can increase this score directly, because the condition contains only the language.
"""

import os
import tempfile
import time

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.model_selection import RandomizedSearchCV, StratifiedGroupKFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline

from skvae import LyricsVectorizer, VAETransformer, make_track_features
from skvae.cluster import UMAPTransformer
from skvae.datasets import make_songs
from skvae.features import make_block_imputer
from skvae.metrics import class_separation, get_scorer
from skvae.model_selection import AllRows, TransductiveClusterer, track_groups
from skvae.networks import MLP, Conv1d

QUICK = os.environ.get("SKVAE_QUICK") == "1"

# %%
# Songs
# -----
#
# Some songs have no lyrics. Their columns ``lyrics__*`` are NaN. The language is an additional block that a candidate
# can use as a condition.
with tempfile.TemporaryDirectory() as library:
    tracks = make_songs(24 if QUICK else 160, duration=1 if QUICK else 4, random_state=0, out_dir=library)
    extractor = make_track_features(lyrics=LyricsVectorizer(2 if QUICK else 16, random_state=0), condition="language")
    features = extractor.fit_transform(tracks)
features.columns.str.split("__").str[0].value_counts(sort=False)

# %%
# The search
# ----------
#
# The grid contains 96 candidates. A random subset is usually enough to find the important parameters.
#
# :func:`~skvae.model_selection.track_groups` derives the groups from the track table. They are passed to `fit`.
model = make_pipeline(
    VAETransformer(max_epochs=2 if QUICK else 60, random_state=0),
    KMeans(8, n_init=5, random_state=0),
)
blocks = {name: features.filter(regex=f"^{name}__").columns.tolist() for name in ("audio", "lyrics")}
settings = {
    "vaetransformer__modalities": [
        [("audio", network, blocks["audio"]), ("lyrics", MLP((128,)), blocks["lyrics"])]
        for network in (MLP((256,)), Conv1d((1, len(blocks["audio"])), channels=(8, 16)))
    ],
    "vaetransformer__fusion": ["poe", "late", "attention"],
    "vaetransformer__condition": [None, "language"],
    "vaetransformer__beta": [0.5, 1.0, 2.0, 4.0],
    "vaetransformer__latent_dim": [8, 16],
}
search = RandomizedSearchCV(
    model,
    settings,
    n_iter=1 if QUICK else 8,
    scoring={name: get_scorer(name) for name in ("ami", "elbo")},
    refit="ami",
    cv=StratifiedGroupKFold(2, shuffle=True, random_state=0),
    random_state=0,
)
start = time.perf_counter()
search.fit(features, tracks["genre"], groups=track_groups(tracks))
print(f"{len(search.cv_results_['params'])} candidates in {time.perf_counter() - start:.0f} s")

# %%
# The table contains one row per candidate, with the training time of one fit. Differences smaller than the standard
# deviation over the folds are not reliable. The score of the best candidate is too optimistic, because it was selected
# from several candidates.
results = pd.DataFrame(search.cv_results_)
columns = {f"param_{name}": name.removeprefix("vaetransformer__") for name in settings}
table = results[list(columns)].rename(columns=columns)
table["condition"] = table["condition"].fillna("none")
table["network"] = [type(modalities[0][1]).__name__ for modalities in table.pop("modalities")]
for score, name in (("test_ami", "AMI"), ("test_elbo", "ELBO"), ("fit_time", "seconds")):
    table[name] = results[f"mean_{score}"]
    table[f"{name} sd"] = results[f"std_{score}"]
table = table.sort_values("AMI", ascending=False, ignore_index=True)
table.round(2)

# %%
# Baseline
# --------
#
# The baseline uses principal components of the same columns in the same folds. PCA does not support missing values.
# :func:`~skvae.features.make_block_imputer` scales the blocks and replaces missing blocks by the mean.
baseline = make_pipeline(make_block_imputer(), PCA(8), KMeans(8, n_init=5, random_state=0))
ami = cross_val_score(
    baseline,
    features[blocks["audio"] + blocks["lyrics"]],
    tracks["genre"],
    groups=track_groups(tracks),
    cv=search.cv,
    scoring=get_scorer("ami"),
)
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for name, rows in table.groupby("network"):
    ax.errorbar(rows["seconds"], rows["AMI"], rows["AMI sd"], fmt="o", capsize=3, label=name)
ax.axhline(ami.mean(), color="0.4", linestyle="--", label="PCA")
ax.axhline(0, color="0.8", label="chance level")
ax.set(xlabel="training time of one fit (s)", ylabel="AMI with genre, held-out artists")
ax.legend()
plt.show()

# %%
# Clusterers without a predict method
# -----------------------------------
#
# Agglomerative clustering and HDBSCAN have no `predict` method. :class:`~skvae.model_selection.TransductiveClusterer`
# adds this method for the rows of the training set. :class:`~skvae.model_selection.AllRows` is the corresponding split.
#
# The clusterers use the best latent space, directly and after :class:`~skvae.cluster.UMAPTransformer`.
Z = search.best_estimator_[0].transform(features)
spaces = {"latent": [], "UMAP": [UMAPTransformer(random_state=0)]}
rows = []
for clusterer in (AgglomerativeClustering(8), HDBSCAN(min_cluster_size=5, copy=True)):
    for space in list(spaces)[: 1 if QUICK else 2]:
        transductive = TransductiveClusterer(make_pipeline(*spaces[space], clusterer))
        scores = cross_validate(transductive, Z, tracks["genre"], scoring=get_scorer("ami"), cv=AllRows())
        rows.append((type(clusterer).__name__, space, scores["test_score"][0], scores["fit_time"][0]))
pd.DataFrame(rows, columns=["clusterer", "space", "AMI", "seconds"]).round(2)

# %%
# Information in the latent space
# -------------------------------
#
# :func:`~skvae.metrics.class_separation` measures how well the latent space separates the genres, independently of a
# clusterer. It uses a linear classifier and nearest neighbors on held-out artists, and repeats both with shuffled
# labels.
class_separation(Z, tracks["genre"], groups=track_groups(tracks), cv=2, n_permutations=1 if QUICK else 5).round(2)
