"""Choice of the scaling of embeddings and of the weights of blocks, on tables that bench_ears.py does not score.

Tables: 200 generated songs with seed 1; the folder in the environment variable SKVAE_MUSIC_CHOICE, which has one
subfolder per genre; and 1,000 rows of the Jamendo table, which has MFCC and words, for the weight of the lyrics.

Part "scaling" scales the columns of one block in different ways. Part "weights" joins blocks with different weights.
K-means and spectral clustering run on all columns, a diagonal Gaussian mixture on 16 principal components. The number
of clusters is the number of genres. The score is the AMI with the genre, averaged over the seeds and the three
clusterers. Writes benchmarks/results/ears_choice.csv and ears_choice.txt.
"""

from functools import cache

import numpy as np
import pandas as pd
from _ears import CLUSTERERS, POOLED, cache_folder, compute_blocks, installed_models, labelled_folder, made_songs
from _tables import RESULTS, jamendo_table
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.preprocessing import normalize

from skvae import BlockScaler

SEEDS = range(10)
DEFAULTS = {"scaling": "power", "weights": "equal"}


def center(X):
    return X - X.mean(axis=0)


def whiten(n_components):
    return lambda X: PCA(n_components, whiten=True, random_state=0).fit_transform(X)


def half_whiten(X):
    """Divide each principal component by the square root of its standard deviation."""
    Z = PCA(min(len(X) - 1, X.shape[1]), random_state=0).fit_transform(X)
    return Z / np.maximum(Z.std(axis=0), 1e-9) ** 0.5


SCALINGS = {
    "power": lambda X: BlockScaler("power").fit_transform(X),
    "standard": lambda X: BlockScaler("standard").fit_transform(X),
    "one scale": center,
    "L2, one scale": lambda X: center(normalize(X)),
    "whitening 16": whiten(16),
    "whitening 32": whiten(32),
    "half whitening": half_whiten,
}


def spectrum(X):
    """Return the variances of the principal components of a block, with sum 1."""
    variances = np.linalg.svd(center(X), compute_uv=False) ** 2
    return variances / variances.sum()


def agreement(tables):
    """Return the weights of STATIS: the first eigenvector of the RV coefficients between the blocks."""
    products = [center(X) @ center(X).T for X in tables.values()]
    products = [product / np.linalg.norm(product) for product in products]
    coefficients = np.array([[(a * b).sum() for b in products] for a in products])
    return np.abs(np.linalg.eigh(coefficients)[1][:, -1])


def constant(embedding=1.0, lyrics=1.0):
    """Return a rule that gives fixed variances to the blocks. Descriptors have variance 1."""
    return lambda tables: [{"descriptors": 1.0, "lyrics": lyrics}.get(name, embedding) for name in tables]


# Total variance of each block. Before, each block has total variance 1. "dimension" is the effective number of
# dimensions, "component" gives the first components variance 1 (multiple factor analysis).
WEIGHTS = {
    "equal": constant(),
    "embedding 2": constant(embedding=2),
    "embedding 4": constant(embedding=4),
    "lyrics 2": constant(lyrics=2),
    "lyrics 1/2": constant(lyrics=0.5),
    "lyrics 1/4": constant(lyrics=0.25),
    "dimension": lambda tables: [1 / (spectrum(X) ** 2).sum() for X in tables.values()],
    "component": lambda tables: [1 / spectrum(X)[0] for X in tables.values()],
    "agreement": agreement,
}
COMBINATIONS = [
    ("descriptors", "musicnn"),
    ("descriptors", "musicnn mean_pool"),
    ("descriptors", "musicnn max_pool"),
    ("musicnn", "musicnn-mtt"),
    ("descriptors", "musicnn", "musicnn-mtt"),
    ("descriptors", "lyrics"),
    ("musicnn", "lyrics"),
    ("descriptors", "musicnn", "lyrics"),
    ("descriptors", "musicnn mean_pool", "lyrics"),
]


def has_effect(rule, names):
    """Return whether a rule differs from equal weights for a combination."""
    pair = {"embedding": "descriptors" in names and any(n.startswith("musicnn") for n in names), "lyrics": True}
    kind = rule.split()[0]
    return pair.get(kind, True) and (kind != "lyrics" or "lyrics" in names)


def unit_block(X, scaling):
    """Scale the complete rows of a block to a total variance of 1, and set missing rows to 0."""
    kept = ~np.isnan(X).any(axis=1)
    Z = SCALINGS[scaling](X[kept])
    out = np.zeros((len(X), Z.shape[1]))
    out[kept] = Z / np.sqrt(Z.var(axis=0).sum())
    return out


def tables_of(blocks):
    """Yield part, blocks, method and table of each variant."""
    scaled = cache(lambda name, scaling: unit_block(blocks[name], scaling))
    for name in blocks:
        for scaling in SCALINGS if min(blocks[name].shape) > 32 else ():
            yield "scaling", name, scaling, scaled(name, scaling)
    for names in COMBINATIONS:
        if not set(names) <= set(blocks):
            continue
        rules = [("power", rule) for rule in WEIGHTS if has_effect(rule, names)]
        rules += [("one scale", "equal")] * any(name.startswith("musicnn") for name in names)
        for scaling, rule in rules:
            parts = {name: scaled(name, scaling if name.startswith("musicnn") else "power") for name in names}
            X = np.hstack([np.sqrt(w) * part for w, part in zip(WEIGHTS[rule](parts), parts.values(), strict=True)])
            yield "weights", " + ".join(names), rule if scaling == "power" else "one scale", X


def libraries(folder):
    """Yield the name, the blocks and the genres of each table."""
    models = ["descriptors", *installed_models()]
    songs = made_songs(folder, random_state=1)
    yield "made songs", compute_blocks(songs, models, folder, layers=POOLED), songs["genre"]
    tracks = labelled_folder("SKVAE_MUSIC_CHOICE")
    if tracks is not None:
        yield "labelled folder", compute_blocks(tracks, models, folder, layers=POOLED), tracks["genre"]
    features, genre = jamendo_table(1000, random_state=1)
    blocks = {"descriptors": features.filter(regex="^audio"), "lyrics": features.filter(regex="^lyrics")}
    yield "Jamendo", {name: block.to_numpy(np.float64) for name, block in blocks.items()}, genre


def summarize(cells):
    """Return one table per part: the mean over seeds and clusterers, by blocks, library and method."""
    texts = []
    for part, values in cells.groupby("part", sort=False):
        wide = values.pivot_table("mean", ["blocks", "library"], "method", sort=False)
        changes = wide.sub(wide[DEFAULTS[part]], axis=0)
        wide.loc[("mean change", ""), :] = changes.mean()
        wide.loc[("worst change", ""), :] = changes.min()
        wide = wide.rename_axis(index=[part, ""], columns=None)
        texts.append(wide.to_string(float_format="{:.3f}".format, na_rep="", sparsify=False) + "\n")
    return "\n".join(texts)


def main():
    rows, heads = [], []
    with cache_folder() as folder:
        for library, blocks, genre in libraries(folder):
            heads.append(f"{library}: {len(genre)} tracks, {genre.nunique()} genres")
            print(heads[-1], flush=True)
            for part, names, method, X in tables_of(blocks):
                for clusterer, cluster in CLUSTERERS.items():
                    for seed in SEEDS:
                        ami = adjusted_mutual_info_score(genre, cluster(genre.nunique(), seed, X))
                        rows.append((library, part, names, method, clusterer, seed, ami))
    rows = pd.DataFrame(rows, columns=["library", "part", "blocks", "method", "clusterer", "seed", "AMI"])
    cells = rows.groupby(["library", "part", "blocks", "method", "clusterer"], sort=False)["AMI"].agg(["mean", "std"])
    cells.to_csv(RESULTS / "ears_choice.csv", float_format="%.4f")
    text = "\n".join(heads) + f"\nmean AMI over {len(SEEDS)} seeds and the clusterers {', '.join(CLUSTERERS)}\n"
    text += f"standard deviation over the seeds of one clusterer: {cells['std'].mean():.3f} on average\n\n"
    text += summarize(cells.reset_index())
    (RESULTS / "ears_choice.txt").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
