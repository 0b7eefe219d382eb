"""The report of a clustering: what stands beside each score, and what a table of scores refuses."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score, rand_score, silhouette_samples

from skvae.metrics import (
    METRICS,
    Metric,
    MissingnessWarning,
    ScoreTable,
    SpaceError,
    cluster_metrics,
    evaluate_baselines,
    evaluate_clusters,
    get_scorer,
    stability_score,
    trustworthiness_score,
)

FEW = {"n_permutations": 30, "n_resamples": 60}
LABELLED = [name for name, metric in METRICS.items() if metric.needs_labels]
INTERNAL = [name for name in METRICS if name not in LABELLED]


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs(150, n_features=4, centers=3, cluster_std=2.5, random_state=3)
    return X, y, KMeans(3, n_init=3, random_state=0).fit_predict(X)


@pytest.fixture(scope="module")
def table(blobs):
    X, y, pred = blobs
    labels = {"genre": np.array(["rock", "jazz", "folk"])[y], "coin": np.random.default_rng(0).integers(2, size=150)}
    return evaluate_clusters(pred, labels, {"input": X, "halved": X[:, :2]}, **FEW)


def row(table, metric, **where):
    rows = table[table["metric"] == metric]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_row_for_each_label_and_metric_and_each_space_and_metric(table, blobs):
    X, y, pred = blobs
    assert isinstance(table, pd.DataFrame)
    assert list(zip(table["label"], table["space"], table["metric"], strict=True)) == [
        *(("genre", "", name) for name in LABELLED),
        *(("coin", "", name) for name in LABELLED),
        *(("", "input", name) for name in INTERNAL),
        *(("", "halved", name) for name in INTERNAL),
    ]
    values = cluster_metrics(X, pred, y)
    for name in LABELLED:
        assert row(table, name, label="genre")["value"] == values[name]
    for name in INTERNAL:
        assert row(table, name, space="input")["value"] == pytest.approx(values[name])
    assert (table["n_rows"] == 150).all()
    assert (table["n_clusters"] == 3).all()
    assert (table["n_noise"] == 0).all()
    assert not table["leaked"].any()
    assert table["space_id"][table["label"] != ""].eq("").all()
    assert table.loc[table["space"] != "", "space_id"].nunique() == 2


def test_chance_and_interval_stand_on_the_right_sides(table):
    real, luck = table[table["label"] != "coin"], table[table["label"] == "coin"]
    sign = np.where(real["direction"] == "higher", 1, -1)
    assert (sign * (real["value"] - real["chance_95"]) > 0).all()
    assert (sign * (real["chance_95"] - real["chance"]) >= 0).all()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert (luck["value"] - luck["chance"]).abs().max() < 0.1
    assert row(table, "purity", label="coin")["chance"] > 0.5  # what purity reaches with nothing
    assert abs(row(table, "ami", label="coin")["chance"]) < 0.02


def test_same_seed_same_table(blobs):
    X, y, pred = blobs
    first, second, third = (
        evaluate_clusters(pred, y, {"input": X}, random_state=seed, names=["ami", "silhouette"], **FEW)
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, second)
    assert first["chance"].tolist() != third["chance"].tolist()
    assert first["value"].tolist() == third["value"].tolist()


def test_interval_covers_the_agreement_in_the_population():
    rng, covered = np.random.default_rng(0), 0
    for _ in range(60):
        true = rng.integers(3, size=200)
        pred = np.where(rng.random(200) < 0.7, true, rng.integers(3, size=200))
        table = evaluate_clusters(pred, true, names=["accuracy"], n_permutations=1, n_resamples=100, random_state=0)
        covered += table["low"].iloc[0] <= 0.8 <= table["high"].iloc[0]
    assert 0.88 <= covered / 60 <= 1


def test_interval_of_the_silhouette_is_that_of_a_mean(blobs):
    X, _, pred = blobs
    values = silhouette_samples(X, pred)
    table = evaluate_clusters(pred, None, {"input": X}, names=["silhouette"], n_permutations=2, n_resamples=2000)
    found = row(table, "silhouette")
    half = 1.96 * values.std() / np.sqrt(len(X))
    assert found["high"] - found["low"] == pytest.approx(2 * half, rel=0.1)


def test_unknown_labels_noise_and_rows_without_values(blobs):
    X, y, pred = blobs
    genre = np.array(["rock", "jazz", "folk"], dtype=object)[y]
    genre[:50] = None
    gaps = X.copy()
    gaps[:20] = np.nan
    noisy = np.where(np.arange(150) < 10, -1, pred)
    table = evaluate_clusters(noisy, {"genre": genre, "none": [None] * 150}, {"input": gaps}, **FEW)
    assert row(table, "ami", label="genre")["n_rows"] == 100
    assert row(table, "silhouette")["n_rows"] == 130
    assert (table["n_noise"] == 10).all()
    assert (table["n_clusters"] == 3).all()
    assert row(table, "ami", label="none")[["value", "chance", "low"]].isna().all()
    assert row(table, "ami", label="none")["n_rows"] == 0


def test_everything_called_noise_scores_nothing(blobs):
    X, y, _ = blobs
    noise = DBSCAN(eps=1e-6).fit_predict(X)
    table = evaluate_clusters(noise, y, {"input": X}, **FEW)
    assert (table["n_clusters"] == 0).all()
    assert table[table["space"] == "input"]["value"].isna().all()
    against = table[table["label"] != ""]
    assert (against["value"] <= against["chance"] + 1e-12).all()  # nothing is above its chance level


def test_leaks_are_marked(blobs):
    X, y, pred = blobs
    genre, language = np.array(["rock", "jazz", "folk"])[y], np.where(y == 0, "bn", "en")
    labels = {"genre": genre, "language": language, "coin": np.arange(150) % 2}
    few = {"names": ["ami"], **FEW}

    def leaked(table):
        return set(table["label"][table["leaked"]])

    assert leaked(evaluate_clusters(pred, labels, **few)) == set()
    assert leaked(evaluate_clusters(pred, labels, given=["language"], **few)) == {"language", "genre"}
    one_hot = pd.get_dummies(pd.Series(genre)).to_numpy(dtype=float)
    condition = np.column_stack([X, (one_hot - one_hot.mean(axis=0)) / one_hot.std(axis=0)])
    assert leaked(evaluate_clusters(pred, labels, features=condition, **few)) == {"genre", "language"}
    assert leaked(evaluate_clusters(pred, labels, {"input": condition}, **few)) == {"genre", "language"}
    assert leaked(evaluate_clusters(pred, labels, {"input": condition}, features=X, **few)) == set()
    with pytest.raises(ValueError, match="given names 'mood', which is none of the labels genre, language, coin"):
        evaluate_clusters(pred, labels, given=["mood"])


def test_masked_scores(blobs):
    _, y, pred = blobs
    language = np.array(["en", "bn"])[np.arange(150) % 2]
    labels = {"genre": y, "language": language}
    with pytest.warns(MissingnessWarning, match="lyrics a row has predicts language"):
        table = evaluate_clusters(pred, labels, present={"lyrics": language == "en"}, names=["ami"], **FEW)
    halves = [adjusted_mutual_info_score(y[language == name], pred[language == name]) for name in ("en", "bn")]
    assert row(table, "ami", label="genre")["masked"] == pytest.approx(np.mean(halves))
    assert np.isnan(row(table, "ami", label="language")["masked"])


def test_wrong_input_is_named(blobs):
    X, y, pred = blobs
    with pytest.raises(ValueError, match="label 'genre' has 149 rows and labels_pred 150"):
        evaluate_clusters(pred, {"genre": y[1:]})
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        evaluate_clusters(pred, y, {"input": X[1:]})
    with pytest.raises(ValueError, match="no metric 'amy'"):
        evaluate_clusters(pred, y, names=["amy"])
    with pytest.raises(ValueError, match="spaces"):
        evaluate_clusters(pred, y, X)


def test_stability_and_trustworthiness_are_rows_too(blobs):
    X, _, pred = blobs
    kmeans, plane = KMeans(3, n_init=2), PCA(2).fit_transform(X)
    table = evaluate_clusters(
        pred, None, {"input": X, "halved": X[:, :2]}, clusterer=kmeans, embedding=plane, names=["silhouette"], **FEW
    )
    assert table["metric"].tolist() == ["silhouette", "trustworthiness", "stability"] * 2
    stable, true = (row(table, name, space="input") for name in ("stability", "trustworthiness"))
    assert true["value"] == pytest.approx(trustworthiness_score(X, plane))
    assert 0.45 < true["chance"] < 0.55
    assert abs(stable["chance"]) < 0.05
    for found in (stable, true):
        assert found["low"] <= found["value"] <= found["high"]
        assert found["value"] > found["chance_95"]
    assert stable["value"] == pytest.approx(stability_score(X, kmeans), abs=0.2)


def test_baselines_stand_beside(blobs):
    X, y, pred = blobs
    gaps = X.copy()
    gaps[::5, :2] = np.nan
    gaps[0] = np.nan
    settings = {"spaces": {"input": X}, "names": ["ami", "silhouette"], **FEW}
    table = pd.concat(
        [
            evaluate_clusters(pred, y, method="model", **settings),
            evaluate_baselines(gaps, y, KMeans(3, n_init=3, random_state=0), n_components=2, **settings),
        ]
    )
    assert table["method"].unique().tolist() == ["model", "raw", "pca"]
    assert table["n_noise"].unique().tolist() == [0, 1]
    assert (table["n_clusters"] == 3).all()
    ranking = table.ranking("ami")
    assert ranking["rank"].notna().all()
    assert ranking["value"].is_monotonic_decreasing
    assert (ranking["value"] > 0.2).all()
    assert table.ranking("silhouette")["rank"].notna().all()


@pytest.fixture(scope="module")
def two_latents(blobs):
    X, y, pred = blobs
    return pd.concat(
        [
            evaluate_clusters(pred, y, {"latent": Z, "input": X}, method=method, names=["ami", *INTERNAL], **FEW)
            for method, Z in (("vae", X[:, :2]), ("pca", X[:, 2:]))
        ],
        ignore_index=True,
    )


def test_latents_of_two_models_are_not_ranked_even_under_one_name(two_latents):
    table = two_latents
    assert isinstance(table, ScoreTable)
    for metric in INTERNAL:
        with pytest.raises(SpaceError, match="scores of 3 spaces"):
            table.ranking(metric)
    latent = table[table["space"] == "latent"]
    silhouettes = latent[latent["metric"] == "silhouette"]
    for refused in (
        lambda: latent.ranking("silhouette"),
        lambda: silhouettes.sort_values("value"),
        lambda: silhouettes.sort_values(["metric", "space", "value"]),
        lambda: silhouettes.nlargest(1, "value"),
        lambda: silhouettes.nsmallest(1, ["value"]),
    ):
        with pytest.raises(SpaceError, match=r"scores of 2 spaces \(latent #\w{8}, latent #\w{8}\) do not compare"):
            refused()
    kept = silhouettes.sort_values(["space_id", "value"])
    assert len(kept) == 2
    assert latent.sort_values("method")["method"].is_monotonic_increasing


def test_scores_in_one_space_and_against_labels_are_ranked(two_latents):
    table = two_latents
    here = table[table["space"] == "input"]
    for metric in INTERNAL:
        ranking = here.ranking(metric)
        assert ranking["rank"].tolist() == [1, 1]  # the same clusters
    assert table.ranking("ami", label="label")["rank"].tolist() == [1, 1]
    assert len(here[here["metric"] == "silhouette"].nlargest(1, "value")) == 1


def test_single_precision_makes_no_other_space():
    X, names = np.array([[0.1], [1.7], [5.3]]), ["silhouette"]
    tables = [evaluate_clusters([0, 0, 1], None, {"input": X.astype(kind)}, names=names) for kind in ("f4", "f8")]
    assert len(pd.concat(tables).ranking("silhouette")) == 2


def test_ranking_heeds_direction_and_leaks(blobs):
    X, y, pred = blobs
    worse = np.random.default_rng(0).permutation(pred)
    names = ["ami", "davies_bouldin"]
    table = pd.concat(
        [
            evaluate_clusters(worse, y, {"input": X}, method="worse", names=names, **FEW),
            evaluate_clusters(pred, y, {"input": X}, method="better", names=names, **FEW),
            evaluate_clusters(y, y, {"input": X}, method="told", names=names, given=["label"], **FEW),
        ]
    )
    ranking = table.ranking("ami")
    assert ranking["method"].tolist() == ["better", "worse", "told"]
    assert ranking["rank"].tolist()[:2] == [1, 2]
    assert np.isnan(ranking["rank"].iloc[2])
    assert table.ranking("davies_bouldin")["method"].iloc[-1] == "worse"


def test_ranking_names_what_is_missing(table):
    with pytest.raises(ValueError, match="several labels; give label, one of genre, coin"):
        table.ranking("ami")
    with pytest.raises(ValueError, match="no row with metric 'amy'"):
        table.ranking("amy")
    with pytest.raises(ValueError, match="no row with metric 'ami' and label 'mood'"):
        table.ranking("ami", label="mood")


def test_a_table_of_scores_is_a_dataframe(table, tmp_path):
    table.to_csv(tmp_path / "scores.csv", index=False)
    read = ScoreTable(pd.read_csv(tmp_path / "scores.csv", keep_default_na=True).fillna({"label": "", "space": ""}))
    assert read["value"].tolist() == pytest.approx(table["value"].tolist())
    assert isinstance(pickle.loads(pickle.dumps(table)), ScoreTable)
    assert isinstance(table[["label", "value"]].sort_values("value"), pd.DataFrame)
    assert isinstance(table.groupby("metric")["value"].mean(), pd.Series)


def test_a_new_metric_is_one_entry(blobs, monkeypatch):
    X, y, pred = blobs
    monkeypatch.setitem(METRICS, "rand", Metric(rand_score, "higher", needs_labels=True))
    monkeypatch.setitem(METRICS, "width", Metric(lambda X, labels_pred: float(np.ptp(X)), "lower", needs_labels=False))
    assert cluster_metrics(X, pred, y)["rand"] == rand_score(y, pred)
    table = evaluate_clusters(pred, y, {"input": X}, names=["rand", "width"], **FEW)
    assert table["metric"].tolist() == ["rand", "width"]
    assert table["value"].tolist() == [rand_score(y, pred), np.ptp(X)]
    assert table["low"].notna().all()
    model = KMeans(3, n_init=1, random_state=0).fit(X)
    assert pickle.loads(pickle.dumps(get_scorer("rand")))(model, X, y) == rand_score(y, model.labels_)
