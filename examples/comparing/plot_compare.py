"""
Which representation, which clusterer?
======================================

One run of one seed cannot say. :func:`~skvae.experiments.compare` fits every representation with several seeds,
clusters each with every clusterer, measures all in the same space, and sets chance beside. What the numbers say can be
written in sentences, too.
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
# Songs
# -----
#
# Some have no lyrics. Genre and language stand beside the features: clusters are compared with them, and the
# representations named after them are given them.
with tempfile.TemporaryDirectory() as library:
    tracks = make_songs(16 if QUICK else 160, duration=1 if QUICK else 4, random_state=0, out_dir=library)
    describe = make_track_features(lyrics=LyricsVectorizer(2 if QUICK else 16, random_state=0))
    songs = describe.fit_transform(tracks).assign(genre=tracks["genre"], language=tracks["language"])

# %%
# The study
# ---------
#
# Sound and lyrics together, and each alone. With fewer than six seeds no difference could be shown.
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
# On one page: the best methods with their intervals, and what each step changes, seed by seed.
StudyDisplay.from_summary(summary, measure_effects(found.table_, "genre"), label="genre")

# %%
# In sentences
# ------------
print(write_findings(found.table_))

# %%
# Every metric
# ------------
#
# Bars of one, with chance as a line; and all of them, where the better in each column is the darker.
MetricBarsDisplay.from_summary(summary, "ami", "language")
MetricHeatmapDisplay.from_summary(summary)

# %%
# What beta does
# --------------
sweep = sweep_beta(found.table_)
if sweep["beta"].nunique() > 1:
    BetaSweepDisplay.from_sweep(sweep)

# %%
# Maps
# ----
#
# Latents of one seed side by side, in the colours of both labels.
labels = {"genre": songs["genre"], "language": songs["language"]}
if QUICK:
    MapGridDisplay({"raw": PCA(2).fit_transform(found.latent("raw", 0))}, labels).plot()
else:
    latents = {name: found.latent(name, 0) for name in ("raw", "vae", "vade")}
    MapGridDisplay.from_latents(latents, labels, random_state=0)

# %%
plt.show()
