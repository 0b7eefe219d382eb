"""Metrics of agreement: common properties of all metrics, then properties of single metrics."""

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
    clustering_accuracy_score,
    nmi_score,
    purity_score,
)

SCORES = {name: metric.function for name, metric in METRICS.items() if metric.needs_labels}
every_score = pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)

pairs_of_labels = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, centers=3, cluster_std=0.5, random_state=0)


@every_score
@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pd.Categorical], ids=lambda kind: kind.__name__)
def test_perfect_clusters_score_one(score, kind):
    assert score(kind(["rock", "jazz", "jazz", "folk"]), kind([7, 3, 3, 0])) == pytest.approx(1)


@every_score
def test_single_cluster_scores_zero_except_for_unadjusted_metrics(score):
    name = next(name for name, function in SCORES.items() if function is score)
    expected = {"purity": 1 / 2, "accuracy": 1 / 2, "completeness": 1, "fowlkes_mallows": np.sqrt(1 / 6)}.get(name, 0)
    assert score(["rock", "rock", "jazz", "folk"], [0, 0, 0, 0]) == pytest.approx(expected)


@every_score
def test_all_noise_scores_like_a_single_cluster(score):
    true = ["rock"] * 5 + ["jazz"] * 3 + ["folk"]
    assert score(true, [-1] * 9) == score(true, [0] * 9)


@every_score
@settings(deadline=None, max_examples=40)
@given(labels=pairs_of_labels, data=st.data())
def test_scores_are_bounded_and_independent_of_names_and_order(score, labels, data):
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
@settings(deadline=None, max_examples=20)
@given(labels=pairs_of_labels, noise=st.integers(0, 4))
def test_noise_scores_like_one_additional_cluster(score, labels, noise):
    true, pred = map(np.array, labels)
    assert score(true, np.where(pred == noise, -1, pred)) == pytest.approx(score(true, pred), abs=1e-12)
    assert score(np.where(true == noise, -1, true), pred) == pytest.approx(score(true, pred), abs=1e-12)


@every_score
@pytest.mark.parametrize(
    ("labels_true", "labels_pred", "message"),
    [
        ([], [], "at least one row"),
        ([[0, 1]], [[0, 1]], r"labels_true must have shape .*, got shape \(1, 2\)"),
        ([0, 1, 2], [0, 1], "labels_true has 3 rows, but labels_pred has 2 rows"),
        (["rock", None, None], [0, 1, 1], "labels_true is missing in 2 of 3 rows \\(first: row 1\\). Drop"),
        ([0, 1, np.nan], [0, 1, 1], "labels_true is missing in 1 of 3 rows"),
        ([0, 1, 2], [0, 1, np.nan], "labels_pred is missing in 1 of 3 rows"),
    ],
)
def test_invalid_labels_raise(score, labels_true, labels_pred, message):
    with pytest.raises(ValueError, match=message):
        score(labels_true, labels_pred)


@settings(deadline=None, max_examples=50)
@given(pairs_of_labels)
def test_scores_equal_those_of_scikit_learn(labels):
    true, pred = labels
    table = metrics.cluster.contingency_matrix(true, pred)
    assert purity_score(true, pred) == pytest.approx(table.max(axis=0).sum() / len(true))
    for average in ("geometric", "min", "max"):
        expected = metrics.normalized_mutual_info_score(true, pred, average_method=average)
        assert SCORES[f"nmi_{average}"](true, pred) == pytest.approx(expected, abs=1e-9)
    for name, function in (
        ("nmi", metrics.normalized_mutual_info_score),
        ("ami", metrics.adjusted_mutual_info_score),
        ("ari", metrics.adjusted_rand_score),
        ("homogeneity", metrics.homogeneity_score),
        ("completeness", metrics.completeness_score),
        ("v_measure", metrics.v_measure_score),
        ("fowlkes_mallows", metrics.fowlkes_mallows_score),
    ):
        assert SCORES[name](true, pred) == pytest.approx(function(true, pred), abs=1e-9)


def entropy_of(*labels):
    _, counts = np.unique(np.stack(labels), axis=1, return_counts=True)
    shares = counts / counts.sum()
    return -np.sum(shares * np.log(shares))


@settings(deadline=None, max_examples=60)
@given(pairs_of_labels)
def test_information_scores_equal_their_closed_form(labels):
    true, pred = labels
    of_true, of_pred, of_both = entropy_of(true), entropy_of(pred), entropy_of(true, pred)
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
            assert SCORES[name](true, pred) == pytest.approx(value, abs=1e-9)
    assert SCORES["v_measure"](true, pred) == pytest.approx(SCORES["nmi"](true, pred), abs=1e-9)
    assert SCORES["nmi_max"](true, pred) <= SCORES["nmi_min"](true, pred) + 1e-9


@settings(deadline=None, max_examples=60)
@given(pairs_of_labels)
def test_pair_scores_equal_counted_pairs(labels):
    true, pred = map(np.array, labels)
    upper = np.triu_indices(len(true), 1)
    in_true, in_pred = (np.equal.outer(found, found)[upper] for found in (true, pred))
    both = np.sum(in_true & in_pred)
    fowlkes_mallows = both / np.sqrt(in_true.sum() * in_pred.sum()) if both else 0
    assert SCORES["fowlkes_mallows"](true, pred) == pytest.approx(fowlkes_mallows)
    n = len(upper[0])
    by_chance = in_true.sum() * in_pred.sum() / n if n else 0
    most = (in_true.sum() + in_pred.sum()) / 2
    if most - by_chance > 1e-12:
        assert SCORES["ari"](true, pred) == pytest.approx((both - by_chance) / (most - by_chance))


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


def test_number_and_equal_looking_string_are_different_labels():
    assert purity_score(["1", 1], [0, 0]) == 0.5


def test_unknown_average_raises():
    with pytest.raises(ValueError, match=r"average must be one of arithmetic, .*, got 'mean'"):
        nmi_score([0, 1], [0, 1], average="mean")
