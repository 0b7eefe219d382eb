"""The selector grammar."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import make_column_selector

from skvae.features._columns import prefix_blocks, select_columns

NAMES = np.array(["audio__rms", "audio__flatness", "lyrics__0", "language__en", "audio"], dtype=object)
X = pd.DataFrame(np.zeros((2, 5)), columns=NAMES)


def select(selector, names=NAMES):
    return select_columns(selector, X, names, 5, parameter="condition").tolist()


@pytest.mark.parametrize(
    ("selector", "columns"),
    [
        ("lyrics", [2]),
        ("audio", [4]),  # the exact name comes before the prefix
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
def test_every_kind_of_selector(selector, columns):
    assert select(selector) == columns


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("genre", "no column and no block"),
        (7, "names column 7"),
        ([0, -6], "names column -6"),
        ([True, False], "mask of length 2"),
        ([], "selects no column"),
        (slice(5, 9), "selects no column"),
    ],
)
def test_what_finds_nothing_is_refused(selector, message):
    with pytest.raises(ValueError, match=message):
        select(selector)


@pytest.mark.parametrize("selector", [1.5, ["a", 1], [0.5], None, {"x": 1}])
def test_what_is_no_selector_is_refused(selector):
    with pytest.raises((TypeError, ValueError), match="condition"):
        select(selector)


def test_a_name_needs_names():
    with pytest.raises(ValueError, match="set_output"):
        select("audio", names=None)


@given(st.lists(st.integers(0, 19), min_size=1))
def test_indices_and_masks_agree(indices):
    mask = np.isin(np.arange(20), indices)
    by_index = select_columns(indices, None, None, 20, parameter="x")
    by_mask = select_columns(mask, None, None, 20, parameter="x")
    assert sorted(by_index) == by_mask.tolist()
    assert select_columns(np.array(indices) - 20, None, None, 20, parameter="x").tolist() == by_index.tolist()


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c__d"]), st.integers(0, 9)), min_size=1, unique=True))
def test_blocks_partition_the_columns(parts):
    names = [f"{block}__{column}" for block, column in parts]
    blocks = prefix_blocks(names)
    assert sorted(np.concatenate(list(blocks.values()))) == list(range(len(names)))
    for block, columns in blocks.items():
        assert all(names[column].startswith(f"{block}__") for column in columns)
