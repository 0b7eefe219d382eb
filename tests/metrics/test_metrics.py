"""The same questions to every metric; then what is special to each."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.datasets import make_blobs

from skvae.metrics import (
    METRICS,
    chance_metrics,
    cluster_composition,
    cluster_metrics,
    clustering_accuracy_score,
    nmi_score,
    purity_score,
)

SUPERVISED = {name: metric.function for name, metric in METRICS.items() if metric.needs_labels}
INTERNAL = {name: metric.function for name, metric in METRICS.items() if not metric.needs_labels}
every_score = pytest.mark.parametrize("score", SUPERVISED.values(), ids=SUPERVISED)
every_internal = pytest.mark.parametrize("score", INTERNAL.values(), ids=INTERNAL)

pairs_of_labels = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, centers=3, cluster_std=0.5, random_state=0)


@every_score
@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pd.Categorical], ids=lambda kind: kind.__name__)
def test_perfect(score, kind):
    assert score(kind(["rock", "jazz", "jazz", "folk"]), kind([7, 3, 3, 0])) == pytest.approx(1)


@every_score
def test_one_cluster(score):
    name = next(name for name, function in SUPERVISED.items() if function is score)
    expected = {"purity": 1 / 2, "accuracy": 1 / 2, "completeness": 1, "fowlkes_mallows": np.sqrt(1 / 6)}.get(name, 0)
    assert score(["rock", "rock", "jazz", "folk"], [0, 0, 0, 0]) == pytest.approx(expected)


@every_score
def test_everything_called_noise_is_one_cluster(score):
    true = ["rock"] * 5 + ["jazz"] * 3 + ["folk"]
    assert score(true, [-1] * 9) == score(true, [0] * 9)


@every_score
@settings(deadline=None, max_examples=40)
@given(labels=pairs_of_labels, data=st.data())
def test_bounds_names_and_order(score, labels, data):
    true, pred = map(np.array, labels)
    value = score(true, pred)
    assert isinstance(value, float)
    assert -1 <= value <= 1 + 1e-12
    names = np.array(data.draw(st.permutations(["rock", "jazz", "folk", "রবীন্দ্রসঙ্গীত", 5])), dtype=object)
    clusters = np.array(data.draw(st.permutations(range(5))))
    order = np.array(data.draw(st.permutations(range(len(true)))))
    assert score(names[true], clusters[pred]) == pytest.approx(value, abs=1e-9)
    assert score(true[order], pred[order]) == pytest.approx(value, abs=1e-9)


@every_score
@pytest.mark.parametrize(
    ("labels_true", "labels_pred", "message"),
    [
        ([], [], "at least one row"),
        ([[0, 1]], [[0, 1]], r"labels_true has shape \(1, 2\)"),
        ([0, 1, 2], [0, 1], "labels_true has 3 rows and labels_pred 2"),
        (["rock", None, None], [0, 1, 1], "labels_true is missing in 2 of 3 rows, the first at position 1; drop"),
        ([0, 1, np.nan], [0, 1, 1], "labels_true is missing in 1 of 3 rows"),
        ([0, 1, 2], [0, 1, np.nan], "labels_pred is missing in 1 of 3 rows"),
    ],
)
def test_invalid_labels_are_named(score, labels_true, labels_pred, message):
    with pytest.raises(ValueError, match=message):
        score(labels_true, labels_pred)


@settings(deadline=None, max_examples=100)
@given(pairs_of_labels)
def test_agreement_with_scikit_learn(labels):
    true, pred = labels
    table = metrics.cluster.contingency_matrix(true, pred)
    assert purity_score(true, pred) == pytest.approx(table.max(axis=0).sum() / len(true))
    for average in ("geometric", "min", "max"):
        expected = metrics.normalized_mutual_info_score(true, pred, average_method=average)
        assert SUPERVISED[f"nmi_{average}"](true, pred) == pytest.approx(expected, abs=1e-9)
    for name, function in (
        ("nmi", metrics.normalized_mutual_info_score),
        ("ami", metrics.adjusted_mutual_info_score),
        ("ari", metrics.adjusted_rand_score),
        ("homogeneity", metrics.homogeneity_score),
        ("completeness", metrics.completeness_score),
        ("v_measure", metrics.v_measure_score),
        ("fowlkes_mallows", metrics.fowlkes_mallows_score),
    ):
        assert SUPERVISED[name](true, pred) == pytest.approx(function(true, pred), abs=1e-9)


def entropy(*labels):
    _, counts = np.unique(np.stack(labels), axis=1, return_counts=True)
    shares = counts / counts.sum()
    return -np.sum(shares * np.log(shares))


@settings(deadline=None, max_examples=60)
@given(pairs_of_labels)
def test_information_by_closed_form(labels):
    true, pred = labels
    of_true, of_pred, of_both = entropy(true), entropy(pred), entropy(true, pred)
    shared = of_true + of_pred - of_both

    def share(whole):
        return shared / whole if whole > 1e-12 else None

    expected = {
        "nmi": share((of_true + of_pred) / 2),
        "nmi_geometric": share(np.sqrt(of_true * of_pred)),
        "nmi_min": share(min(of_true, of_pred)),
        "nmi_max": share(max(of_true, of_pred)),
        "homogeneity": share(of_true),
        "completeness": share(of_pred),
    }
    for name, value in expected.items():
        if value is not None:
            assert SUPERVISED[name](true, pred) == pytest.approx(value, abs=1e-9)
    assert SUPERVISED["v_measure"](true, pred) == pytest.approx(SUPERVISED["nmi"](true, pred), abs=1e-9)
    assert SUPERVISED["nmi_max"](true, pred) <= SUPERVISED["nmi_min"](true, pred) + 1e-9


@settings(deadline=None, max_examples=60)
@given(pairs_of_labels)
def test_pairs_by_counting_them(labels):
    true, pred = map(np.array, labels)
    upper = np.triu_indices(len(true), 1)
    in_true, in_pred = (np.equal.outer(found, found)[upper] for found in (true, pred))
    both = np.sum(in_true & in_pred)
    fowlkes_mallows = both / np.sqrt(in_true.sum() * in_pred.sum()) if both else 0
    assert SUPERVISED["fowlkes_mallows"](true, pred) == pytest.approx(fowlkes_mallows)
    n = len(upper[0])
    by_chance = in_true.sum() * in_pred.sum() / n if n else 0
    most = (in_true.sum() + in_pred.sum()) / 2
    if most - by_chance > 1e-12:
        assert SUPERVISED["ari"](true, pred) == pytest.approx((both - by_chance) / (most - by_chance))


@settings(deadline=None, max_examples=60)
@given(pairs_of_labels)
def test_accuracy_is_the_best_of_all_matchings(labels):
    true, pred = map(np.array, labels)
    best = max(np.mean(np.array(names)[pred] == true) for names in permutations(range(5)))
    accuracy = clustering_accuracy_score(true, pred)
    assert accuracy == pytest.approx(best)
    commonest = np.bincount(true).max() / len(true)
    assert accuracy <= purity_score(true, pred) + 1e-12
    assert purity_score(true, pred) >= commonest - 1e-12


@every_score
@settings(deadline=None, max_examples=20)
@given(labels=pairs_of_labels, noise=st.integers(0, 4))
def test_noise_is_one_more_cluster(score, labels, noise):
    true, pred = map(np.array, labels)
    assert score(true, np.where(pred == noise, -1, pred)) == pytest.approx(score(true, pred), abs=1e-12)
    assert score(np.where(true == noise, -1, true), pred) == pytest.approx(score(true, pred), abs=1e-12)


def test_hiding_hard_rows_as_noise_gains_nothing_over_a_cluster_of_them(blobs):
    """Left out, the rows that are hard to place would leave a perfect score and a better silhouette."""
    X, y = blobs
    hard = np.arange(60) % 3 == 0
    true = np.where(hard, y[::-1], y)
    hidden = np.where(hard, -1, y)
    values = cluster_metrics(X, hidden, true)
    assert values == cluster_metrics(X, np.where(hard, 3, y), true)
    assert values["ari"] < cluster_metrics(X[~hard], y[~hard], true[~hard])["ari"] == pytest.approx(1)
    assert values["silhouette"] < cluster_metrics(X, y)["silhouette"]


def test_numbers_and_names_that_look_alike_are_different_labels():
    assert purity_score(["1", 1], [0, 0]) == 0.5


@every_internal
def test_internal_agreement_with_scikit_learn(score, blobs):
    X, y = blobs
    name = next(name for name, function in INTERNAL.items() if function is score)
    expected = getattr(metrics, f"{name}_score")(X, y)
    assert score(X, y) == pytest.approx(expected)
    assert score(X, [f"cluster {label}" for label in y]) == pytest.approx(expected)


@every_internal
def test_internal_scores_count_noise_as_a_cluster_and_leave_out_rows_without_values(score, blobs):
    X, y = blobs
    some = np.arange(60) % 5 == 0
    assert score(X, np.where(some, -1, y)) == pytest.approx(score(X, np.where(some, 3, y)))
    gaps = np.where(some[:, None], np.nan, X)
    assert score(gaps, y) == pytest.approx(score(X[~some], y[~some]))


@every_internal
@pytest.mark.parametrize("labels", [[0] * 60, [-1] * 60, range(60)], ids=["one", "noise", "each"])
def test_internal_scores_are_nan_where_undefined(score, labels, blobs):
    assert np.isnan(score(blobs[0], labels))


@every_internal
def test_internal_scores_name_wrong_input(score, blobs):
    X, y = blobs
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        score(X, y[:-1])
    with pytest.raises(ValueError, match="labels_pred is missing"):
        score(X, [None, *y[1:]])
    with pytest.raises(ValueError, match="infinity"):
        score(np.where(X[0] == X, np.inf, X), y)


def test_silhouette_with_gaps_by_hand():
    # Two blocks; the distance over one of two columns counts twice (squared), and rows 2 and 4 share none.
    X = np.array([[0, 0], [0, 1], [3, np.nan], [3, 3], [np.nan, 4]], dtype=float)
    labels = [0, 0, 1, 1, 1]
    distances = np.array(
        [
            [0, 1, np.sqrt(18), np.sqrt(18), np.sqrt(32)],
            [1, 0, np.sqrt(18), np.sqrt(13), np.sqrt(18)],
            [np.sqrt(18), np.sqrt(18), 0, 0, np.nan],
            [np.sqrt(18), np.sqrt(13), 0, 0, np.sqrt(2)],
            [np.sqrt(32), np.sqrt(18), np.nan, np.sqrt(2), 0],
        ]
    )
    known = distances[np.triu_indices(5, 1)]
    distances[np.isnan(distances)] = known[~np.isnan(known)].mean()
    expected = metrics.silhouette_score(distances, labels, metric="precomputed")
    assert INTERNAL["silhouette"](X, labels) == pytest.approx(expected)


def test_silhouette_of_a_sample_is_near_and_repeats():
    X, y = make_blobs(1500, centers=4, cluster_std=2.0, random_state=1)
    silhouette = INTERNAL["silhouette"]
    sampled = silhouette(X, y, sample_size=500)
    assert sampled == silhouette(X, y, sample_size=500)
    assert sampled != silhouette(X, y, sample_size=500, random_state=1)
    assert sampled == pytest.approx(silhouette(X, y, sample_size=None), abs=0.03)


def test_table_of_a_clustering(blobs):
    X, y = blobs
    values = cluster_metrics(X, y, np.array(["rock", "jazz", "folk"])[y])
    assert list(values) == list(METRICS)
    assert all(isinstance(value, float) for value in values.values())
    for name in SUPERVISED:
        assert values[name] == pytest.approx(1)
    assert values["silhouette"] > 0.5
    assert cluster_metrics(X, y, y, names=["ami", "silhouette"]) == {
        "ami": pytest.approx(1),
        "silhouette": values["silhouette"],
    }
    assert list(chance_metrics(X, y, y, names=["purity"])) == ["purity"]
    with pytest.raises(ValueError, match="no metric 'arj' in names; known are silhouette"):
        cluster_metrics(X, y, names=["arj"])


def test_table_is_nan_where_undefined(blobs):
    X, y = blobs
    gaps = np.where(np.arange(120).reshape(60, 2) % 11 == 0, np.nan, X)

    def undefined(values):
        return {name for name, value in values.items() if np.isnan(value)}

    assert undefined(cluster_metrics(X, y)) == set(METRICS) - set(INTERNAL)
    assert undefined(cluster_metrics(X, y, [None] * 60)) == set(METRICS) - set(INTERNAL)
    assert undefined(cluster_metrics(None, y, y)) == set(INTERNAL)
    assert undefined(cluster_metrics(X, [0] * 60, y)) == set(INTERNAL)
    assert undefined(cluster_metrics(gaps, y, y)) == {"calinski_harabasz", "davies_bouldin"}


def test_table_leaves_rows_without_a_true_label_to_the_internal_metrics(blobs):
    X, y = blobs
    genres = np.array(["rock", "jazz", "folk"], dtype=object)[y]
    genres[::2] = None
    values = cluster_metrics(X, y, pd.Series(genres))
    assert values["ami"] == pytest.approx(1)
    assert values["silhouette"] == cluster_metrics(X, y)["silhouette"]
    with pytest.raises(ValueError, match="labels_true has 59 rows and labels_pred 60"):
        cluster_metrics(X, y, genres[:-1])


def test_directions(blobs):
    X, y = blobs
    good, bad = cluster_metrics(X, y, y), chance_metrics(X, y, y)
    for name, metric in METRICS.items():
        assert (good[name] > bad[name]) == (metric.direction == "higher")
        assert metric.direction in ("higher", "lower")


def test_chance(blobs):
    X, y = blobs
    values = chance_metrics(X, y, y, n_permutations=20)
    assert values == chance_metrics(X, y, y, n_permutations=20)
    assert abs(values["ari"]) < 0.05
    assert abs(values["ami"]) < 0.05
    assert 1 / 3 < values["purity"] < 0.55
    assert abs(values["silhouette"]) < 0.1


def test_composition():
    table = cluster_composition(["rock", "jazz", "jazz", "folk", "rock"], ["b", "b", "b", 7, -1])
    assert table.columns.tolist() == ["cluster", "label", "n_rows", "share", "coverage", "lift"]
    assert table["cluster"].tolist() == [-1, 7, "b", "b"]
    assert table["label"].tolist() == ["rock", "folk", "jazz", "rock"]
    assert table["n_rows"].tolist() == [1, 1, 2, 1]
    assert table["share"].tolist() == pytest.approx([1, 1, 2 / 3, 1 / 3])
    assert table["coverage"].tolist() == pytest.approx([1 / 2, 1, 1, 1 / 2])
    assert table["lift"].tolist() == pytest.approx([5 / 2, 5, 5 / 3, 5 / 6])


@settings(deadline=None, max_examples=30)
@given(pairs_of_labels)
def test_composition_holds_every_row_and_the_purity(labels):
    true, pred = labels
    table = cluster_composition(true, pred)
    assert table["n_rows"].sum() == len(true)
    assert table.groupby("cluster")["share"].sum().tolist() == pytest.approx([1] * len(set(pred)))
    assert table.groupby("label")["coverage"].sum().tolist() == pytest.approx([1] * len(set(true)))
    commonest = table.drop_duplicates("cluster")
    assert commonest["n_rows"].sum() / len(true) == pytest.approx(purity_score(true, pred))


def test_unknown_average():
    with pytest.raises(ValueError, match="average is 'mean'; known are arithmetic"):
        nmi_score([0, 1], [0, 1], average="mean")
