"""Validation, normalization and division of texts."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.lyrics._text import check_texts, normalize_text, split_windows

CONTAINERS = {
    "list": list,
    "array": lambda texts: np.array(texts, dtype=object),
    "column": lambda texts: np.array(texts, dtype=object)[:, None],
    "Series": lambda texts: pd.Series(texts, index=[7, 3, 5]),
    "string Series": lambda texts: pd.Series(texts, dtype="string"),
    "DataFrame": lambda texts: pd.DataFrame({"lyrics": texts}),
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_single_columns_of_any_type_are_accepted(container):
    assert check_texts(container(["la la", None, "কত গান"])) == ["la la", None, "কত গান"]


@pytest.mark.parametrize("value", [None, np.nan, float("nan"), pd.NA, pd.NaT, "", " \n\t", "...", "♪ ♫", "\ufeff"])
def test_texts_without_words_are_missing(value):
    assert check_texts(["la", value]) == ["la", None]


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("la la", ValueError, "single text"),
        ([], ValueError, "0 rows"),
        ([["a", "b"], ["c", "d"]], ValueError, r"shape \(2, 2\)"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), ValueError, "one column"),
        (["la", 3], TypeError, "row 1 of X must be a string, .* got int"),
        (["la", b"la"], TypeError, "row 1 of X must be a string, .* got bytes"),
        (["la", ["la", "lo"], None], TypeError, "row 1 of X must be a string, .* got list"),
    ],
)
def test_invalid_input_raises_errors(X, error, message):
    with pytest.raises(error, match=message):
        check_texts(X)


def test_normalization_unifies_spellings():
    assert normalize_text("É") == normalize_text("e\u0301") == "é"
    assert normalize_text("ΣΊΣΥΦΟΣ") == normalize_text("σίσυφος")
    assert normalize_text("La\u00a0 Mer\r\n", casefold=False) == "La Mer"


@settings(deadline=None, max_examples=100)
@given(st.text())
def test_normalization_is_idempotent(text):
    once = normalize_text(text, casefold=False)
    assert normalize_text(once, casefold=False) == once
    assert unicodedata.is_normalized("NFC", normalize_text(text))


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab ক歌", max_size=60), st.integers(1, 20))
def test_windows_contain_every_letter_once_and_are_not_too_long(text, size):
    text = " ".join(text.split())
    windows = split_windows(text, [(i, i + 1) for i in range(len(text))], size)
    assert "".join(window for window, _ in windows).replace(" ", "") == text.replace(" ", "")
    assert all(len(window) <= n <= size for window, n in windows)
    if len(text) <= size:
        assert [window for window, _ in windows] == ([text] if text else [])
    if max(map(len, text.split()), default=0) < size:
        assert [word for window, _ in windows for word in window.split()] == text.split()
