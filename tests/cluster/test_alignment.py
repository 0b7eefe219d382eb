"""Alignment of cluster labels."""

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
def test_alignment_reverses_a_permutation(old, order):
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
def test_churn_is_the_minimum_over_all_renumberings(rows):
    old, new = map(np.array, zip(*rows, strict=True))
    least = min((old != np.array(order)[new]).mean() for order in permutations(range(4)))
    assert align_labels(old, new).churn == pytest.approx(least)


def test_new_clusters_do_not_reuse_old_numbers():
    aligned = align_labels([0, 0, 1, 1, 7, 7, -1], [5, 5, 2, 2, -1, -1, 0])
    assert aligned.labels.tolist() == [0, 0, 1, 1, -1, -1, 8]
    assert aligned.appeared == [8]
    assert aligned.vanished == [7]
    assert aligned.churn == pytest.approx(3 / 7)
    assert aligned.numbers == {0: 8, 2: 1, 5: 0}


def test_numbers_are_kept_in_a_tie():
    assert align_labels([0, 1, 0, 1], [1, 1, 0, 0]).labels.tolist() == [1, 1, 0, 0]


def test_rows_without_a_cluster():
    assert align_labels([-1, -1], [-1, -1]).churn == 0
    assert align_labels([-1, -1], [3, 4]).labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ([0, 1], [0], "must have the same length, got 2 and 1"),
        ([0, 1], ["a", "b"], "labels_new must contain integers"),
        ([0.5, 1], [0, 1], "labels_old must contain integers"),
        ([0, -2], [0, 1], "labels_old must contain integers of at least -1"),
        ([], [], "labels_old must contain at least one label"),
    ],
)
def test_invalid_labels_raise_an_error(old, new, match):
    with pytest.raises(ValueError, match=match):
        align_labels(old, new)
