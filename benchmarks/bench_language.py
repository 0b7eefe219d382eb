"""Language in the latent space: clusters, a linear probe and nearest neighbors, with and without the condition.

Two tables: the four genres that GTZAN and BanglaBeats share, and generated songs. Source and language coincide in GTZAN
and BanglaBeats (codec, loudness), so the results name them source/language. Generated songs have every genre in every
language, and one synthesizer. K-means uses the number of genres as number of clusters. Results are means
and standard deviations over ten seeds. Writes results/language.csv and language.txt.
"""

import pandas as pd
from _tables import RESULTS, gtzan_table, raw_columns, songs_table, without
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.features import OneHotCondition

SEEDS = range(10)
BETAS = (1.0, 2.0, 4.0)


def probe(classifier, Z, language, seed):
    """Return the balanced accuracy of predicting the language from the latent space, on held-out rows."""
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    pipeline = make_pipeline(StandardScaler(), classifier)
    return cross_val_score(pipeline, Z, language, cv=folds, scoring="balanced_accuracy").mean()


def shared_genres():
    """Return the rows of the four genres of both sources, with one-hot source/language."""
    features, genre, language = gtzan_table()
    genre = genre.str.lower()
    both = set(genre[language == "eng"]) & set(genre[language == "bng"])
    rows = genre.isin(both)
    one_hot = OneHotCondition().set_output(transform="pandas").fit_transform(language[rows]).add_prefix("language__")
    return pd.concat([features[rows], one_hot], axis=1), genre[rows], language[rows]


def measure(name, features, genre, language):
    blocks = without(features, "language")
    rows = []
    for seed in SEEDS:
        spaces = {"raw columns": raw_columns(blocks)}
        spaces["VAE"] = VAETransformer(modalities="auto", random_state=seed).fit_transform(blocks)
        for beta in BETAS:
            conditional = VAETransformer(modalities="auto", condition="language", beta=beta, random_state=seed)
            spaces[f"VAE given the language, beta {beta:g}"] = conditional.fit_transform(features)
        for space, Z in spaces.items():
            labels = KMeans(genre.nunique(), n_init=10, random_state=seed).fit_predict(Z)
            rows.append(
                {
                    "table": name,
                    "space": space,
                    "seed": seed,
                    "genre AMI": adjusted_mutual_info_score(genre, labels),
                    "language AMI": adjusted_mutual_info_score(language, labels),
                    "linear probe": probe(LogisticRegression(max_iter=2000), Z, language, seed),
                    "nearest neighbours": probe(KNeighborsClassifier(15), Z, language, seed),
                }
            )
    print(name, "done", flush=True)
    return rows


def main():
    features, songs = songs_table()
    rows = measure("made songs (language)", features, songs["genre"], songs["language"])
    rows += measure("GTZAN + BanglaBeats (source/language)", *shared_genres())
    table = pd.DataFrame(rows)
    table.to_csv(RESULTS / "language.csv", index=False, float_format="%.4f")
    summary = table.drop(columns="seed").groupby(["table", "space"], sort=False).agg(["mean", "std"])
    plain = summary.xs("VAE", level="space")[("genre AMI", "mean")]
    summary[("share of the plain VAE's", "genre AMI")] = (
        summary[("genre AMI", "mean")] / plain.reindex(summary.index.get_level_values("table")).to_numpy()
    )
    text = "\n\n".join(
        f"{name}; the probes are balanced accuracies, chance {1 / n:.2f}\n\n"
        + summary.loc[name].to_string(float_format="{:.3f}".format)
        for name, n in (("made songs (language)", songs["language"].nunique()), (rows[-1]["table"], 2))
    )
    (RESULTS / "language.txt").write_text(f"K-means, {len(SEEDS)} seeds\n\n{text}\n")
    print(text)


if __name__ == "__main__":
    main()
