"""Number of clusters that each criterion selects for GTZAN (1,000 tracks, ten genres) and for digits.

K-means with 2 to 20 clusters runs on the latent space of VAETransformer() and on the scaled columns, three seeds. The
agreement of the clusters with the labels is measured for each number. "bic, full" uses mixtures with full covariances,
the other criteria use diagonal ones. Writes results/n_clusters.csv (the selected numbers), n_clusters_curve.csv,
n_clusters.txt and .png.
"""

import time

import numpy as np
import pandas as pd
from _tables import RESULTS, digits_table, gtzan_table, raw_columns
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from sklearn.mixture import GaussianMixture

from skvae import VAETransformer
from skvae.model_selection import select_n_clusters
from skvae.plots import NClustersDisplay

SEEDS = range(3)
CANDIDATES = range(2, 21)
SCORES = {
    "NMI": normalized_mutual_info_score,
    "AMI": adjusted_mutual_info_score,
    "ARI": adjusted_rand_score,
}


def main():
    choices, curves = [], []
    for name, (features, labels) in {"GTZAN": gtzan_table("eng")[:2], "digits": digits_table()}.items():
        for space in ("latent", "columns"):
            for seed in SEEDS:
                start = time.perf_counter()
                Z = raw_columns(features)
                if space == "latent":
                    Z = VAETransformer(random_state=seed).fit_transform(features)
                found = select_n_clusters(KMeans(n_init=3), Z, CANDIDATES, random_state=seed)
                key = {"table": name, "space": space, "seed": seed}
                overall = pd.DataFrame(
                    {"n_clusters": found.n_clusters, "low": found.low, "high": found.high}, index=["overall"]
                )
                mixture = GaussianMixture(n_init=5, max_iter=500, reg_covar=1e-3 * float(np.var(Z, axis=0).mean()))
                full = select_n_clusters(mixture, Z, CANDIDATES, criteria=["bic"], random_state=seed)
                chosen = pd.concat([found.choices, overall, full.choices.rename({"bic": "bic, full"})])
                choices.append(chosen.rename_axis("criterion").reset_index().assign(**key))
                curves += [found.curve.assign(**key), full.curve.assign(criterion="bic, full", **key)]
                for k in CANDIDATES:
                    clusters = KMeans(k, n_init=3, random_state=seed).fit_predict(Z)
                    agreement = {score: function(labels, clusters) for score, function in SCORES.items()}
                    curves.append(
                        pd.DataFrame({"criterion": agreement.keys(), "value": agreement.values()}).assign(
                            n_clusters=k, **key
                        )
                    )
                if (name, space, seed) == ("GTZAN", "latent", 0):
                    NClustersDisplay.from_selection(found).figure_.savefig(RESULTS / "n_clusters.png", dpi=100)
                print(name, space, seed, found.choices["n_clusters"].to_dict(), found.n_clusters, end=" ")
                print(f"{time.perf_counter() - start:.0f} s", flush=True)
    write(pd.concat(choices), pd.concat(curves))


def write(choices, curves):
    order = ["table", "space", "seed", "criterion", "n_clusters"]
    choices[[*order, "low", "high"]].to_csv(RESULTS / "n_clusters.csv", index=False)
    curves[[*order, "value", "error"]].to_csv(RESULTS / "n_clusters_curve.csv", index=False, float_format="%.4f")
    said = (
        choices["n_clusters"].astype(str) + " (" + choices["low"].astype(str) + "-" + choices["high"].astype(str) + ")"
    )
    wide = choices.assign(said=said).pivot_table(
        index=["table", "space", "seed"], columns="criterion", values="said", aggfunc="first", sort=False
    )
    agreement = (
        curves[curves["criterion"].isin(SCORES)]
        .pivot_table(index=["table", "space", "criterion"], columns="n_clusters", values="value", sort=False)
        .round(3)[[2, 4, 6, 8, 10, 12, 15, 20]]
    )
    text = "selected number of clusters (its range) from 2 to 20, by criterion and seed\n\n" + wide.to_string()
    text += "\n\nagreement of K-means with the labels, by number of clusters, mean over seeds\n\n"
    (RESULTS / "n_clusters.txt").write_text(text + agreement.to_string() + "\n")


if __name__ == "__main__":
    main()
