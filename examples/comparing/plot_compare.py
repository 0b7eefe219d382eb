"""
Compare representations and clusterers
======================================

This example compares several representations and clusterers. A single fit is not enough for a comparison, because
results change with the seed.

:func:`~skvae.experiments.compare` fits each representation with several seeds and applies each clusterer. All methods
are evaluated in the same space, and each score has a chance level. You also learn how to summarize the results in a
figure and in sentences.
"""

import os
import tempfile

import matplotlib.pyplot as plt
from sklearn.decomposition import PCA

from skvae import LyricsVectorizer, make_track_features
from skvae.datasets import make_songs
from skvae.experiments import compare, measure_effects, sweep_beta, write_findings
from skvae.plots import BetaSweepDisplay, MapGridDisplay, MetricBarsDisplay, MetricHeatmapDisplay, StudyDisplay

QUICK = os.environ.get("SKVAE_QUICK") == "1"

# %%
# Tracks
# ------
#
# Some tracks have no lyrics. The columns ``genre`` and ``language`` are added to the features. The clusters are
# compared with these labels. Only the representations that have a label in their name use it as a condition.
with tempfile.TemporaryDirectory() as library:
    tracks = make_songs(16 if QUICK else 160, duration=1 if QUICK else 4, random_state=0, out_dir=library)
    describe = make_track_features(lyrics=LyricsVectorizer(2 if QUICK else 16, random_state=0))
    songs = describe.fit_transform(tracks).assign(genre=tracks["genre"], language=tracks["language"])

# %%
# The study
# ---------
#
# Each representation is fitted on audio and lyrics together, and on each block alone. At least six seeds are required
# to detect a significant difference.
found = compare(
    songs,
    ["raw", "vae"] if QUICK else ["raw", "pca", "vae", "beta-vae-4", "conditional-vae-language", "vade"],
    ["kmeans"] if QUICK else ["kmeans", "gmm@umap"],
    n_clusters="genre",
    seeds=2 if QUICK else 6,
    alone=not QUICK,
    settings={"max_epochs": 2} if QUICK else None,
)
print(found.describe())
summary = found.summary()
summary.query("metric == 'ami' and label == 'genre'").head(8)[["representation", "clusterer", "mean", "chance"]]

# %%
# The summary figure shows the best methods with confidence intervals. It also shows how much each change of the method
# changes the score for each seed.
StudyDisplay.from_summary(summary, measure_effects(found.table_, "genre"), label="genre")

# %%
# Findings as text
# ----------------
#
# :func:`~skvae.experiments.write_findings` describes the results in sentences.
print(write_findings(found.table_))

# %%
# All metrics
# -----------
#
# The bars show one metric, with the chance level as a line. The heatmap shows all metrics. Yellow cells are the best
# and blue cells the worst of their column.
MetricBarsDisplay.from_summary(summary, "ami", "language")
MetricHeatmapDisplay.from_summary(summary)

# %%
# The effect of beta
# ------------------
#
# The figure shows how the scores change with ``beta``, if several values were compared.
sweep = sweep_beta(found.table_)
if sweep["beta"].nunique() > 1:
    BetaSweepDisplay.from_sweep(sweep)

# %%
# Maps
# ----
#
# The maps show the latent spaces of one seed, colored by genre and by language.
labels = {"genre": songs["genre"], "language": songs["language"]}
if QUICK:
    MapGridDisplay({"raw": PCA(2).fit_transform(found.latent("raw", 0))}, labels).plot()
else:
    latents = {name: found.latent(name, 0) for name in ("raw", "vae", "vade")}
    MapGridDisplay.from_latents(latents, labels, random_state=0)

# %%
plt.show()
