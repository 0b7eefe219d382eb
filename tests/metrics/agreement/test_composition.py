"""Composition of clusters by true label."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.metrics import cluster_composition, purity_score

pairs_of_labels = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


def test_composition_of_a_small_example():
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
def test_composition_contains_each_row_and_is_consistent_with_purity(labels):
    true, pred = labels
    table = cluster_composition(true, pred)
    assert table["n_rows"].sum() == len(true)
    assert table.groupby("cluster")["share"].sum().tolist() == pytest.approx([1] * len(set(pred)))
    assert table.groupby("label")["coverage"].sum().tolist() == pytest.approx([1] * len(set(true)))
    commonest = table.drop_duplicates("cluster")
    assert commonest["n_rows"].sum() / len(true) == pytest.approx(purity_score(true, pred))
