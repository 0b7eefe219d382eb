"""Evaluation of a clustering: chance levels, intervals, leaks and masked scores."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score, silhouette_samples

from skvae.metrics import (
    METRICS,
    MissingnessWarning,
    cluster_metrics,
    evaluate_clusters,
    stability_score,
    trustworthiness_score,
)

FEW = {"n_permutations": 30, "n_resamples": 60}
WITH_LABELS = [name for name, metric in METRICS.items() if metric.needs_labels]
INTERNAL = [name for name in METRICS if name not in WITH_LABELS]


def row(table, metric, **where):
    rows = table[table["metric"] == metric]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_table_has_a_row_for_each_label_and_each_space(table, blobs):
    X, y, pred = blobs
    assert isinstance(table, pd.DataFrame)
    assert list(zip(table["label"], table["space"], table["metric"], strict=True)) == [
        *(("genre", "", name) for name in WITH_LABELS),
        *(("coin", "", name) for name in WITH_LABELS),
        *(("", "input", name) for name in INTERNAL),
        *(("", "halved", name) for name in INTERNAL),
    ]
    values = cluster_metrics(X, pred, y)
    for name in WITH_LABELS:
        assert row(table, name, label="genre")["value"] == values[name]
    for name in INTERNAL:
        assert row(table, name, space="input")["value"] == pytest.approx(values[name])
    assert (table["n_rows"] == 150).all()
    assert (table["n_clusters"] == 3).all()
    assert (table["n_noise"] == 0).all()
    assert not table["leaked"].any()
    assert table["space_id"][table["label"] != ""].eq("").all()
    assert table.loc[table["space"] != "", "space_id"].nunique() == 2


def test_scores_are_above_chance_and_inside_their_interval(table):
    informative, random = table[table["label"] != "coin"], table[table["label"] == "coin"]
    sign = np.where(informative["direction"] == "higher", 1, -1)
    assert (sign * (informative["value"] - informative["chance_95"]) > 0).all()
    assert (sign * (informative["chance_95"] - informative["chance"]) >= 0).all()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert (random["value"] - random["chance"]).abs().max() < 0.1
    assert row(table, "purity", label="coin")["chance"] > 0.5  # the purity is not adjusted for chance
    assert abs(row(table, "ami", label="coin")["chance"]) < 0.02


def test_equal_seeds_give_equal_tables(blobs):
    X, y, pred = blobs
    first, second, third = (
        evaluate_clusters(pred, y, {"input": X}, random_state=seed, names=["ami", "silhouette"], **FEW)
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, second)
    assert first["chance"].tolist() != third["chance"].tolist()
    assert first["value"].tolist() == third["value"].tolist()


def test_interval_covers_the_true_agreement():
    rng, covered = np.random.default_rng(0), 0
    for _ in range(60):
        true = rng.integers(3, size=200)
        pred = np.where(rng.random(200) < 0.7, true, rng.integers(3, size=200))
        table = evaluate_clusters(pred, true, names=["accuracy"], n_permutations=1, n_resamples=100, random_state=0)
        covered += table["low"].iloc[0] <= 0.8 <= table["high"].iloc[0]
    assert 0.88 <= covered / 60 <= 1


def test_silhouette_interval_equals_that_of_a_mean(blobs):
    X, _, pred = blobs
    values = silhouette_samples(X, pred)
    table = evaluate_clusters(pred, None, {"input": X}, names=["silhouette"], n_permutations=2, n_resamples=2000)
    found = row(table, "silhouette")
    half = 1.96 * values.std() / np.sqrt(len(X))
    assert found["high"] - found["low"] == pytest.approx(2 * half, rel=0.1)


def test_missing_labels_noise_and_empty_rows_are_counted(blobs):
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


def test_all_noise_is_not_above_chance(blobs):
    X, y, _ = blobs
    noise = DBSCAN(eps=1e-6).fit_predict(X)
    table = evaluate_clusters(noise, y, {"input": X}, **FEW)
    assert (table["n_clusters"] == 0).all()
    assert table[table["space"] == "input"]["value"].isna().all()
    with_labels = table[table["label"] != ""]
    assert (with_labels["value"] <= with_labels["chance"] + 1e-12).all()


def test_leaked_labels_are_marked(blobs):
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
    with pytest.raises(ValueError, match=r"given contains 'mood', which is not a label. Labels: genre, language, coin"):
        evaluate_clusters(pred, labels, given=["mood"])


def test_masked_score_is_the_mean_within_equal_blocks(blobs):
    _, y, pred = blobs
    language = np.array(["en", "bn"])[np.arange(150) % 2]
    labels = {"genre": y, "language": language}
    with pytest.warns(MissingnessWarning, match="presence of blocks .lyrics. predicts 'language'"):
        table = evaluate_clusters(pred, labels, present={"lyrics": language == "en"}, names=["ami"], **FEW)
    halves = [adjusted_mutual_info_score(y[language == name], pred[language == name]) for name in ("en", "bn")]
    assert row(table, "ami", label="genre")["masked"] == pytest.approx(np.mean(halves))
    assert np.isnan(row(table, "ami", label="language")["masked"])


def test_invalid_input_raises(blobs):
    X, y, pred = blobs
    with pytest.raises(ValueError, match="Label 'genre' has 149 rows, but labels_pred has 150 rows"):
        evaluate_clusters(pred, {"genre": y[1:]})
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        evaluate_clusters(pred, y, {"input": X[1:]})
    with pytest.raises(ValueError, match="unknown metric: 'amy'"):
        evaluate_clusters(pred, y, names=["amy"])
    with pytest.raises(ValueError, match="spaces"):
        evaluate_clusters(pred, y, X)


def test_stability_and_trustworthiness_have_rows(blobs):
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
