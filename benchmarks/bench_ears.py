"""Audio models: genres in the clusters of descriptors, pretrained models and their combinations.

Libraries: 200 generated songs, the real songs of the shared data that have a genre, and the folder in the environment
variable SKVAE_MUSIC, which has one subfolder per genre. Every model on this machine is used with the settings of `skvae
cluster`: 30 s of each recording in five excerpts. The number of clusters is the number of genres.

- raw: the scaled columns, with K-means and spectral clustering.
- PCA 16: 16 principal components of them, with K-means and a diagonal Gaussian mixture.
- VAE: the latent space of `VAETransformer`, with K-means; and `VaDEClusterer`.
- chance: random labels, and the genres of the first row of the table after shuffling.

The scores are the mean and standard deviation of the AMI over five seeds. Nothing is chosen by these scores. The costs
are the processor seconds per clip of 30 s on one core, with decoding, and the peak memory of a process that loads the
model. Writes benchmarks/results/ears.csv and ears.txt.
"""

import argparse
import subprocess
import sys
import time

import numpy as np
import pandas as pd
from _ears import (
    CLUSTERERS,
    POOLED,
    audio_transformer,
    cache_folder,
    compute_blocks,
    free_songs,
    installed_models,
    join,
    kmeans,
    labelled_folder,
    made_songs,
    principal,
)
from _tables import RESULTS, raw_columns, shared
from sklearn.metrics import adjusted_mutual_info_score

from skvae import VaDEClusterer, VAETransformer

SEEDS = range(5)
N_TIMED = 6  # clips
COMBINATIONS = [
    ("descriptors",),
    ("musicnn",),
    ("musicnn-mtt",),
    ("musicnn mean_pool",),
    ("musicnn max_pool",),
    ("descriptors", "musicnn"),
    ("musicnn", "musicnn-mtt"),
    ("descriptors", "musicnn", "musicnn-mtt"),
    ("descriptors", "lyrics"),
    ("musicnn", "lyrics"),
    ("descriptors", "musicnn", "lyrics"),
    ("musicnn", "musicnn-mtt", "lyrics"),
]
TRAINED = {  # combinations with VAE and VaDE
    ("descriptors",),
    ("musicnn",),
    ("descriptors", "musicnn"),
    ("descriptors", "lyrics"),
    ("musicnn", "lyrics"),
    ("descriptors", "musicnn", "lyrics"),
}
PEAK_MEMORY = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from _ears import audio_transformer
if sys.argv[2]:
    audio_transformer(sys.argv[2], timeout=None).fit_transform([sys.argv[3]])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def partitions(table, k, seed, trained):
    """Yield the method and the labels of each track."""
    X = raw_columns(table)
    for name, cluster in CLUSTERERS.items():
        yield name, cluster(k, seed, X)
    yield "PCA, K-means", kmeans(k, seed, principal(X, seed))
    if trained:
        vae = VAETransformer(modalities="auto", random_state=seed)
        yield "VAE, K-means", kmeans(k, seed, vae.fit_transform(table))
        yield "VaDE", VaDEClusterer(k, vae=VAETransformer(modalities="auto"), random_state=seed).fit_predict(table)


def score_library(library, tracks, blocks):
    """Yield the rows of a library."""
    genre = tracks["genre"]
    k = genre.nunique()
    for seed in SEEDS:
        chance = np.random.default_rng(seed).integers(0, k, len(genre))
        yield library, "chance", "random labels", seed, adjusted_mutual_info_score(genre, chance)
    for names in COMBINATIONS:
        if not set(names) <= set(blocks):
            continue
        table = join(blocks, names).astype(np.float32)
        for seed in SEEDS:
            shuffled = genre.sample(frac=1, random_state=seed).to_numpy()
            for method, labels in partitions(table, k, seed, names in TRAINED):
                yield library, " + ".join(names), method, seed, adjusted_mutual_info_score(genre, labels)
                if method == "K-means" and names == COMBINATIONS[0]:
                    yield library, "chance", "shuffled genres", seed, adjusted_mutual_info_score(shuffled, labels)


def costs(model, clips):
    """Return the processor seconds per clip with decoding, and the peak memory in MB."""
    transformer = audio_transformer(model, timeout=None)
    transformer.fit_transform(clips[:1])  # loads the model
    start = time.process_time()
    transformer.transform(clips)
    return (time.process_time() - start) / len(clips), peak_memory(model, clips[0])


def peak_memory(model, clip):
    """Return the peak memory, in MB, of a process that describes one clip. Without model: of the imports."""
    here = str(RESULTS.parent)
    out = subprocess.run(
        [sys.executable, "-c", PEAK_MEMORY, here, model, clip], check=True, capture_output=True, text=True
    )
    return int(out.stdout) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    models = ["descriptors", *installed_models()]
    rows, heads = [], []
    with cache_folder() as cache:
        libraries = {
            "made songs": lambda: made_songs(cache, 0),
            "real songs": free_songs,
            "labelled folder": lambda: labelled_folder("SKVAE_MUSIC"),
        }
        for library, load in libraries.items():
            tracks = load()
            if tracks is None:
                continue
            heads.append(f"{library}: {len(tracks)} tracks, {tracks['genre'].nunique()} genres")
            rows += score_library(library, tracks, compute_blocks(tracks, models, cache, layers=POOLED))
            print(heads[-1], flush=True)
    table = pd.DataFrame(rows, columns=["library", "features", "method", "seed", "AMI"])
    table.to_csv(RESULTS / "ears.csv", index=False, float_format="%.4f")
    summary = table.groupby(["library", "features", "method"], sort=False)["AMI"].agg(["mean", "std"])
    cells = summary.apply(lambda row: f"{row['mean']:.3f} ({row['std']:.3f})", axis=1).rename("cell")
    text = "\n".join(heads) + f"\nAMI with genre, mean and standard deviation over seeds {[*SEEDS]}\n"
    for library, part in cells.groupby(level="library", sort=False):
        wide = part.reset_index().pivot_table("cell", "features", "method", aggfunc="first", sort=False).fillna("")
        text += f"\n{wide.rename_axis(index=library, columns=None).to_string()}\n"
    clips = sorted(str(path) for path in shared("cc_songs/audio").glob("*.mp3"))[:N_TIMED]
    text += "\ncost per 30 s of sound in five excerpts, one core\n"
    text += f"{'':14}{'seconds':>8}{'peak MB':>9}\n{'imports':14}{'':8}{peak_memory('', clips[0]):9.0f}\n"
    for model in models:
        seconds, memory = costs(model, clips)
        text += f"{model:14}{seconds:8.2f}{memory:9.0f}\n"
    (RESULTS / "ears.txt").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
