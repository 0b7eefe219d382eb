"""
Remove the language from the latent space
=========================================

Features of lyrics mainly represent the language, so clusters of lyrics are often clusters of languages. A conditional
VAE receives the language as an additional input of the encoder and the decoder. The latent space therefore does not
need to represent the language.

This example compares :func:`~skvae.vae.make_conditional_vae` with a model without condition. It also decodes songs with
the condition of another language.
"""

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score, pairwise_distances_argmin
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import LyricsVectorizer, VAETransformer, make_track_features
from skvae.datasets import make_songs
from skvae.plots import MapDisplay, embed_plane
from skvae.vae import make_conditional_vae

QUICK = os.environ.get("SKVAE_QUICK") == "1"

# %%
# Songs
# -----
#
# The library contains eight genres in five languages. All songs are rendered by the same program, so only the lyrics
# depend on the language. In real libraries, recordings of different languages also differ in studio, codec and
# loudness. A condition then removes the effects of language and source together.
library = tempfile.TemporaryDirectory()
songs = make_songs(
    40 if QUICK else 160, duration=1 if QUICK else 5, lyrics_fraction=1.0, random_state=0, out_dir=library.name
)
features = make_track_features(lyrics=LyricsVectorizer(random_state=0), condition="language").fit_transform(songs)
library.cleanup()
features.columns.str.split("__").str[0].value_counts(sort=False)

# %%
# Fit models with and without condition
# -------------------------------------
#
# ``condition="language"`` selects the columns ``language__*``. Condition columns are inputs and are not reconstructed.
# The model without condition uses the table without these columns. All models are fitted to the lyrics alone, and to
# audio and lyrics together.
settings = {"modalities": "auto", "max_epochs": 10 if QUICK else 200, "random_state": 0}
if QUICK:
    settings["scale"] = "standard"
tables = {
    "lyrics": features.drop(columns=features.filter(regex="^audio__").columns),
    "audio and lyrics": features,
}
models, latents = {}, {}
for content, table in tables.items():
    blocks = table.drop(columns=table.filter(regex="^language__").columns)
    for kind, X, vae in (
        ("no condition", blocks, VAETransformer(**settings)),
        ("conditional", table, make_conditional_vae(**settings)),
        ("conditional, beta 2", table, make_conditional_vae(beta=2.0, **settings)),
    ):
        models[content, kind] = vae.fit(X)
        latents[content, kind] = vae.transform(X)


# %%
# Measure the remaining information
# ---------------------------------
#
# Three scores measure how much information about the language remains in the latent space:
#
# - the balanced accuracy of a linear classifier on held-out songs (chance level 0.2),
# - the balanced accuracy of nearest neighbors on held-out songs (chance level 0.2),
# - the adjusted mutual information (AMI) between clusters and languages (chance level 0).
#
# The information about the genre should remain.
def measure(Z):
    """Measure the information about language and genre in a latent representation."""
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    neighbors = KNeighborsClassifier(5)
    probes = [("linear", "language", linear), ("neighbors", "language", neighbors), ("linear", "genre", linear)]
    scores = {
        f"{name}, {column}": cross_val_score(model, Z, songs[column], cv=5, scoring="balanced_accuracy").mean()
        for name, column, model in probes
    }
    labels = KMeans(8, n_init=10, random_state=0).fit_predict(Z)
    for column in ("language", "genre"):
        scores[f"clusters, {column}"] = adjusted_mutual_info_score(songs[column], labels)
    return pd.Series(scores)


order = ["linear, language", "neighbors, language", "clusters, language", "linear, genre", "clusters, genre"]
results = pd.DataFrame({key: measure(Z) for key, Z in latents.items()}).loc[order]
results.round(2)

# %%
# Lyrics alone: the latent space of the model without condition mainly represents the language. The condition removes
# most of the language from the clusters, and the linear classifier still finds the genre.
#
# At ``beta`` 1, the linear classifier can still find the language: the model does not need this information, but
# nothing prevents it from storing it. A larger ``beta`` penalizes unnecessary information, and the accuracy is then
# close to the chance level.
#
# The nearest neighbors find the language more often. Generated lyrics of one genre and language share most of their
# words, so the nearest songs are almost copies.
#
# Audio and lyrics: the language is a small part of the features, and the linear classifier is at the chance level.
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.2), sharey=True, layout="constrained")
for ax, content in zip(axes, tables, strict=True):
    results[content].plot.barh(ax=ax, color=["#8A8A8A", "#56B4E9", "#0072B2"], width=0.75, legend=content == "lyrics")
    for line, chance in enumerate([0.2, 0.2, 0, 0.125, 0]):
        ax.plot([chance] * 2, [line - 0.45, line + 0.45], color="black", linewidth=1.2, linestyle=":")
    ax.set(title=content, xlabel="accuracy or AMI (dotted: chance level)")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].invert_yaxis()
axes[0].legend(frameon=False, loc="lower right", fontsize=8, handlelength=1)

# %%
# The maps show the latent space of the lyrics. The first row is the model without condition, the second row the
# conditional model. The points are colored by language and by genre.
fig, axes = plt.subplots(2, 2, figsize=(9, 11), layout="constrained")
for line, kind in zip(axes, ("no condition", "conditional"), strict=True):
    Z = latents["lyrics", kind]
    points, method = (PCA(2).fit_transform(Z), "PCA") if QUICK else embed_plane(Z, random_state=0)
    groups = {f"language, {kind}": songs["language"], f"genre, {kind}": songs["genre"]}
    MapDisplay(points, groups, method).plot(line)

# %%
# Decode a song with another language
# -----------------------------------
#
# The latent representation of a song is decoded once with each language. The parameter ``condition`` contains the
# columns ``language__*``. Here one row is used for all songs.
model, Z = models["audio and lyrics", "conditional"], latents["audio and lyrics", "conditional"]
languages = features.filter(regex="^language__").columns.str.removeprefix("language__")
decoded = {
    language: pd.DataFrame(model.inverse_transform(Z, condition=languages == language), columns=features.columns)
    for language in languages
}

# %%
# The left figure shows the language of the nearest real lyrics for each target language. The right figure shows how far
# a song moves from its own reconstruction if another language is used. The unit is the standard deviation of a column.
#
# The lyrics move to the target language. The audio moves much less, as expected, because audio and language are
# independent. The figure does not show whether the topic of the lyrics is preserved: n-grams do not represent meaning,
# and two languages share few of them.
spread = features.std()
lyrics_columns = features.filter(regex="^lyrics__").columns
reconstructed = model.reconstruct(features)
nearest = {}
distances = {"lyrics": [], "audio": []}
for language, table in decoded.items():
    closest = pairwise_distances_argmin(table[lyrics_columns], features[lyrics_columns])
    found = songs["language"].to_numpy()[closest]
    nearest[language] = [(found == other).mean() for other in languages]
    others = (songs["language"] != language).to_numpy()
    for block, steps in distances.items():
        columns = features.columns.str.startswith(f"{block}__") & (spread > 0).to_numpy()
        step = (table.to_numpy() - reconstructed)[:, columns] / spread[columns].to_numpy()
        steps.append(np.sqrt(np.square(step[others]).mean(axis=1)))
fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), width_ratios=[1.2, 1], layout="constrained")
image = axes[0].imshow(pd.DataFrame(nearest).T, cmap="viridis", vmin=0, vmax=1)
ticks = range(len(languages))
axes[0].set(xticks=ticks, yticks=ticks, xticklabels=languages, yticklabels=languages)
axes[0].set(xlabel="language of the nearest real lyrics", ylabel="target language")
fig.colorbar(image, ax=axes[0], label="fraction of songs")
axes[1].boxplot(
    [np.concatenate(steps) for steps in distances.values()], tick_labels=distances, widths=0.5, showfliers=False
)
axes[1].set(ylabel="distance (standard deviations)", ylim=(0, None))
axes[1].spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# A score that compares the clusters of a conditional model with the language is leaked, because the model receives the
# language. A language that was not in the training set raises an error or is averaged over. See the user guide on
# conditions.
