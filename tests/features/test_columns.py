"""Selection of columns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import make_column_selector

from skvae.features._columns import group_into_blocks, select_columns

NAMES = np.array(["audio__rms", "audio__flatness", "lyrics__0", "language__en", "audio"], dtype=object)
X = pd.DataFrame(np.zeros((2, 5)), columns=NAMES)


def select(selector, names=NAMES):
    return select_columns(selector, X, names, 5, parameter="condition").tolist()


@pytest.mark.parametrize(
    ("selector", "columns"),
    [
        ("lyrics", [2]),
        ("audio", [4]),  # A column name has priority over the name of a block.
        ("audio__rms", [0]),
        (["language", "lyrics"], [3, 2]),
        (1, [1]),
        (-1, [4]),
        ([0, -1, 0], [0, 4]),
        (slice(1, 3), [1, 2]),
        ([True, False, False, True, False], [0, 3]),
        (np.array([False, True, False, False, False]), [1]),
        (make_column_selector("^audio__"), [0, 1]),
    ],
)
def test_selector_types(selector, columns):
    assert select(selector) == columns


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("genre", "neither a column nor a block"),
        (7, "contains position 7"),
        ([0, -6], "contains position -6"),
        ([True, False], "mask of length 2"),
        ([], "selects no column"),
        (slice(5, 9), "selects no column"),
    ],
)
def test_selector_without_a_matching_column_raises_an_error(selector, message):
    with pytest.raises(ValueError, match=message):
        select(selector)


@pytest.mark.parametrize("selector", [1.5, ["a", 1], [0.5], None, {"x": 1}])
def test_invalid_selector_type_raises_an_error(selector):
    with pytest.raises((TypeError, ValueError), match="condition"):
        select(selector)


def test_name_selector_requires_column_names():
    with pytest.raises(ValueError, match="set_output"):
        select("audio", names=None)


@given(st.lists(st.integers(0, 19), min_size=1))
def test_positions_and_masks_select_the_same_columns(indices):
    mask = np.isin(np.arange(20), indices)
    by_index = select_columns(indices, None, None, 20, parameter="x")
    by_mask = select_columns(mask, None, None, 20, parameter="x")
    assert sorted(by_index) == by_mask.tolist()
    assert select_columns(np.array(indices) - 20, None, None, 20, parameter="x").tolist() == by_index.tolist()


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c__d"]), st.integers(0, 9)), min_size=1, unique=True))
def test_each_column_is_in_exactly_one_block(parts):
    names = [f"{block}__{column}" for block, column in parts]
    blocks = group_into_blocks(names)
    assert sorted(np.concatenate(list(blocks.values()))) == list(range(len(names)))
    for block, columns in blocks.items():
        assert all(names[column].startswith(f"{block}__") for column in columns)
