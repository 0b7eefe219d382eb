"""Cluster numbers over a refit."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.cluster import align_labels

pairs = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-1, 5), min_size=n, max_size=n) for _ in range(2)])
)


@settings(deadline=None, max_examples=50)
@given(pairs.map(lambda pair: pair[0]), st.permutations(range(6)))
def test_a_permutation_is_undone(old, order):
    new = [order[label] if label >= 0 else -1 for label in old]
    aligned = align_labels(old, new)
    assert aligned.labels.tolist() == old
    assert aligned.churn == 0
    assert not aligned.appeared
    assert not aligned.vanished


@settings(deadline=None, max_examples=100)
@given(pairs)
def test_alignment_is_idempotent_and_keeps_the_partition(pair):
    old, new = map(np.array, pair)
    aligned = align_labels(old, new)
    assert np.array_equal(align_labels(old, aligned.labels).labels, aligned.labels)
    assert np.array_equal(aligned.labels == -1, new == -1)
    assert np.array_equal(aligned.labels[:, None] == aligned.labels, new[:, None] == new)
    assert [aligned.numbers.get(label, -1) for label in new.tolist()] == aligned.labels.tolist()
    assert aligned.churn == (aligned.labels != old).mean()


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_no_renumbering_keeps_more_rows(rows):
    old, new = map(np.array, zip(*rows, strict=True))
    least = min((old != np.array(order)[new]).mean() for order in permutations(range(4)))
    assert align_labels(old, new).churn == pytest.approx(least)


def test_new_and_vanished_clusters_take_no_number_over():
    aligned = align_labels([0, 0, 1, 1, 7, 7, -1], [5, 5, 2, 2, -1, -1, 0])
    assert aligned.labels.tolist() == [0, 0, 1, 1, -1, -1, 8]
    assert aligned.appeared == [8]
    assert aligned.vanished == [7]
    assert aligned.churn == pytest.approx(3 / 7)
    assert aligned.numbers == {0: 8, 2: 1, 5: 0}


def test_a_tie_keeps_the_number():
    assert align_labels([0, 1, 0, 1], [1, 1, 0, 0]).labels.tolist() == [1, 1, 0, 0]


def test_rows_in_no_cluster():
    assert align_labels([-1, -1], [-1, -1]).churn == 0
    assert align_labels([-1, -1], [3, 4]).labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ([0, 1], [0], "labels_old has 2 rows and labels_new 1"),
        ([0, 1], ["a", "b"], "labels_new must be whole numbers"),
        ([0.5, 1], [0, 1], "labels_old must be whole numbers"),
        ([0, -2], [0, 1], "labels_old must be whole numbers from -1"),
        ([], [], "labels_old is empty"),
    ],
)
def test_what_are_no_labels_is_refused(old, new, match):
    with pytest.raises(ValueError, match=match):
        align_labels(old, new)
