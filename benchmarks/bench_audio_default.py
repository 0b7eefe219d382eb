"""Selection of the default descriptors: clusters of several descriptor sets compared with genres and albums.

Libraries: generated songs (label: genre); the published table of GTZAN features (genre), whose columns allow some of
the comparisons; and a folder of real music, if SKVAE_MUSIC is set. This folder has one subfolder per album or style,
which is the label. At most 20 recordings per subfolder are used, with three excerpts of 10 s. K-means and a Gaussian
mixture run on the columns, scaled like `VAETransformer` does, and on 16 principal components. The score is the AMI,
mean and standard deviation over five seeds. Labels are used only for the score. Writes
benchmarks/results/audio_default.csv and .txt.
"""

import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from _tables import RESULTS, gtzan_table, raw_columns
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.mixture import GaussianMixture

from skvae import AudioFeatureExtractor
from skvae.datasets import make_songs

SEEDS = range(5)
REST = ("contrast", "centroid", "bandwidth", "rolloff", "flatness", "zero_crossing_rate", "rms")
PLAIN = ("mfcc", "chroma", *REST)
CQT = ("mfcc", "chroma_cqt", *REST)
CENS = ("mfcc", "chroma_cens", *REST)
RHYTHM = ("onset", "tempo")
PARTS = ("harmonic", "percussive")
SETS = {
    "mfcc": ("mfcc",),
    "plain: chroma": PLAIN,
    "plain without chroma": ("mfcc", *REST),
    "plain + flux": (*PLAIN, "flux"),
    "plain + tempo": (*PLAIN, "tempo"),
    "plain + local tempo": (*PLAIN, "local_tempo"),
    "plain + onset, tempo": (*PLAIN, *RHYTHM),
    "plain + harmonic, percussive": (*PLAIN, *PARTS),
    "plain + onset, tempo, parts": (*PLAIN, *RHYTHM, *PARTS),
    "plain + tempogram ratio": (*PLAIN, "tempogram_ratio"),
    "plain + tonnetz": (*PLAIN, "tonnetz"),
    "plain + mfcc_delta": (*PLAIN, "mfcc_delta"),
    "chroma_cqt for chroma": CQT,
    "chroma_cens for chroma": CENS,
    "cqt + onset, tempo, parts": (*CQT, *RHYTHM, *PARTS),
    "cqt + flux, onset, tempo, parts": (*CQT, "flux", *RHYTHM, *PARTS),
    "cqt + flux, onset, tempo, parts, ratio": (*CQT, "flux", *RHYTHM, *PARTS, "tempogram_ratio"),
    "cens + onset, tempo, parts": (*CENS, *RHYTHM, *PARTS),
    "cens + flux, onset, tempo, parts": (*CENS, "flux", *RHYTHM, *PARTS),
    "cens + flux, onset, tempo, parts, ratio": (*CENS, "flux", *RHYTHM, *PARTS, "tempogram_ratio"),
    "cens + flux, onset, tempo, parts, delta": (*CENS, "flux", *RHYTHM, *PARTS, "mfcc_delta"),
}
GTZAN_SETS = {
    "plain": "chroma|rms|spectral|rolloff|zero|mfcc",
    "plain + tempo": "chroma|rms|spectral|rolloff|zero|mfcc|tempo",
    "plain + harmonic, percussive": "chroma|rms|spectral|rolloff|zero|mfcc|harmony|perceptr",
    "plain + tempo, parts": "",
}


def described(paths, **settings):
    """Return all columns of the sets and of the preset mfcc52, one row per recording."""
    features = sorted({name for names in SETS.values() for name in names})
    table, cepstra = (
        AudioFeatureExtractor(names, n_jobs=2, **settings).extract(paths).table for names in (features, "mfcc52")
    )
    return pd.concat([table, cepstra.add_prefix("mfcc52|")], axis=1)


def columns_of(features):
    """Return the column names of a list of descriptors."""
    return AudioFeatureExtractor(list(features)).get_feature_names_out()


def libraries():
    """Yield name, table and labels of each library."""
    with tempfile.TemporaryDirectory() as folder:
        songs = make_songs(200, out_dir=Path(folder) / "songs", random_state=0, n_jobs=2)
        yield "made songs", described(songs["audio"]), songs["genre"]
    root = os.environ.get("SKVAE_MUSIC")
    if root is None:
        print("The real music is skipped. Set SKVAE_MUSIC to a folder of music.")
        return
    paths, labels = [], []
    for album in sorted(path for path in Path(root).iterdir() if path.is_dir()):
        files = [path for path in album.rglob("*") if path.suffix in {".ogg", ".mp3", ".opus", ".flac", ".wav"}]
        files = np.random.default_rng(0).permutation(sorted(files))[:20]
        paths += files.tolist()
        labels += [album.name] * len(files)
    table = described(paths, excerpts=3)
    kept = table.notna().all(axis=1)
    yield "real music", table[kept].reset_index(drop=True), pd.Series(labels)[kept].reset_index(drop=True)


def scores(library, name, table, labels):
    """Yield one row per clusterer and seed."""
    k = labels.nunique()
    X = raw_columns(table.add_prefix("audio__"))
    for seed in SEEDS:
        Z = PCA(min(16, X.shape[1]), random_state=seed).fit_transform(X)
        fits = {
            "K-means": KMeans(k, n_init=10, random_state=seed).fit_predict(X),
            "PCA, K-means": KMeans(k, n_init=10, random_state=seed).fit_predict(Z),
            "PCA, GMM": GaussianMixture(k, covariance_type="diag", n_init=5, random_state=seed).fit_predict(Z),
        }
        for clusterer, found in fits.items():
            ami = adjusted_mutual_info_score(labels, found)
            yield {"library": library, "features": name, "columns": X.shape[1], "clusterer": clusterer, "AMI": ami}


def main():
    rows, heads = [], []
    for library, table, labels in libraries():
        heads.append(f"{library}: {len(labels)} recordings of {labels.nunique()} kinds")
        for name, features in SETS.items():
            rows += scores(library, name, table[columns_of(features)], labels)
        rows += scores(library, "preset mfcc52", table.filter(regex=r"^mfcc52\|"), labels)
    features, genre, _ = gtzan_table("eng")
    heads.append(f"GTZAN table: {len(genre)} clips of {genre.nunique()} genres")
    for name, columns in GTZAN_SETS.items():
        rows += scores("GTZAN table", name, features.filter(regex=columns or "."), genre)
    table = pd.DataFrame(rows)
    summary = table.groupby(["library", "features", "columns", "clusterer"], sort=False)["AMI"].agg(["mean", "std"])
    summary.to_csv(RESULTS / "audio_default.csv", float_format="%.4f")
    means = summary["mean"].reset_index()
    means = means.pivot_table("mean", ["library", "features", "columns"], "clusterer", sort=False)
    means["all three"] = means.mean(axis=1)
    text = "; ".join(heads) + "\n\n" + means.to_string(float_format="{:.3f}".format)
    (RESULTS / "audio_default.txt").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
