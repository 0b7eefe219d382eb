"""Audio models: genres in the clusters of descriptors, pretrained models and their combinations.

Libraries: 200 generated songs, the real songs of the shared data that have a genre, and the folder in the environment
variable SKVAE_MUSIC, which has one subfolder per genre. Every model on this machine is used with the settings of `skvae
cluster`: 30 s of each recording in five excerpts. The number of clusters is the number of genres.

- "K-means", "spectral": the scaled columns. "PCA, K-means", "PCA, GMM": 16 principal components of them.
- "VAE, K-means": the latent space of `VAETransformer`. "VaDE": `VaDEClusterer`.
- chance: random labels, and the K-means clusters of the descriptors compared with shuffled genres.
- "beginning": the first 30 s instead of five excerpts, in the labelled folder.

The scores are the mean and standard deviation of the AMI over five seeds. Nothing is chosen by these scores. Writes
benchmarks/results/ears.csv and ears.txt.

``--costs`` measures the processor seconds per clip of 30 s on one core, with decoding, and the peak memory of a process
that loads the model. Writes benchmarks/results/ears_costs.txt.
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
BEGINNING = ("descriptors", "musicnn")  # models that also describe the first 30 s
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
    ("descriptors beginning",),
    ("musicnn beginning",),
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
import sys
sys.path.insert(0, sys.argv[1])
from _ears import audio_transformer
if sys.argv[2]:
    audio_transformer(sys.argv[2], timeout=None).fit_transform([sys.argv[3]])
status = open("/proc/self/status").read()  # ru_maxrss includes the memory of the parent process
print(status.split("VmHWM:")[1].split()[0])
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


def summarize(table):
    """Return the mean and standard deviation over the seeds as text, one table per library."""
    text = ""
    scores = table.groupby(["library", "features", "method"], sort=False)["AMI"].agg(["mean", "std"])
    cells = scores.apply(lambda row: f"{row['mean']:.3f} ({row['std']:.3f})", axis=1).rename("cell").reset_index()
    for library, part in cells.groupby("library", sort=False):
        chance = part["features"] == "chance"
        for row in part[chance].itertuples():
            text += f"\n{library}, chance, {row.method}: {row.cell}"
        wide = part[~chance].pivot_table("cell", "features", "method", aggfunc="first", sort=False).fillna("")
        text += f"\n{wide.rename_axis(index=None, columns=None).to_string()}\n"
    return text


def measure_scores():
    """Score all libraries."""
    models = ["descriptors", *installed_models()]
    rows, heads = [], []
    with cache_folder() as cache:
        libraries = {
            "made songs": (lambda: made_songs(cache, 0), ()),
            "real songs": (free_songs, ()),
            "labelled folder": (lambda: labelled_folder("SKVAE_MUSIC"), BEGINNING),
        }
        for library, (load, beginning) in libraries.items():
            tracks = load()
            if tracks is None:
                continue
            heads.append(f"{library}: {len(tracks)} tracks, {tracks['genre'].nunique()} genres")
            blocks = compute_blocks(tracks, models, cache, layers=POOLED, beginning=beginning)
            rows += score_library(library, tracks, blocks)
            print(heads[-1], flush=True)
    table = pd.DataFrame(rows, columns=["library", "features", "method", "seed", "AMI"])
    table.to_csv(RESULTS / "ears.csv", index=False, float_format="%.4f")
    text = (
        "\n".join(heads) + f"\nAMI with genre, mean and standard deviation over seeds {[*SEEDS]}\n" + summarize(table)
    )
    (RESULTS / "ears.txt").write_text(text)
    print(text)


def peak_memory(model, clip):
    """Return the peak memory, in MB, of a process that describes one clip. Without model: of the imports."""
    command = [sys.executable, "-c", PEAK_MEMORY, str(RESULTS.parent), model, clip]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024


def measure_costs():
    """Measure the time and memory of each model."""
    clips = sorted(str(path) for path in shared("cc_songs/audio").glob("*.mp3"))[:N_TIMED]
    seconds = {}
    transformers = {name: audio_transformer(name, timeout=None) for name in ["descriptors", *installed_models()]}
    for name, transformer in transformers.items():
        transformer.fit_transform(clips[:1])  # loads the model
        seconds[name] = []
    for clip in clips * 3:  # in turn, because the speed of the machine may change
        for name, transformer in transformers.items():
            start = time.process_time()
            transformer.transform([clip])
            seconds[name].append(time.process_time() - start)
    text = f"{len(clips)} clips, 30 s in five excerpts, one core, minimum of 3 rounds, with decoding\n\n"
    text += f"{'':14}{'seconds':>8}{'peak MB':>9}\n{'imports':14}{'':8}{peak_memory('', clips[0]):9.0f}\n"
    for name, values in seconds.items():
        best = np.reshape(values, (3, -1)).min(axis=0).mean()
        text += f"{name:14}{best:8.2f}{peak_memory(name, clips[0]):9.0f}\n"
    (RESULTS / "ears_costs.txt").write_text(text)
    print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--costs", action="store_true", help="measure time and memory instead of the scores")
    args = parser.parse_args()
    measure_costs() if args.costs else measure_scores()


if __name__ == "__main__":
    main()
