"""Texts as they come from a table: which are missing, one spelling for each, and windows of the long ones."""

import unicodedata

import numpy as np
import pandas as pd


def check_texts(X):
    """Return a column of texts as a list, with None for each missing one.

    Missing are None, NaN, `pandas.NA`, and a text without a single letter or digit of any script: blank lines, an
    ellipsis or a musical note sign hold no words.

    Parameters
    ----------
    X : array-like of shape (n_samples,) or (n_samples, 1)
        Strings or missing values: a list, array, Series or DataFrame of one column.

    Returns
    -------
    texts : list of str or None

    Raises
    ------
    ValueError
        If `X` is one string, is not a single column or has no rows.
    TypeError
        If a row is neither a string nor missing.
    """
    if isinstance(X, str | bytes):
        raise ValueError("X is a single text, not a column of texts; wrap it in a list")
    values = np.asarray(X, dtype=object)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(f"X has shape {values.shape}; expected one column of texts, (n_samples,) or (n_samples, 1)")
    if not len(values):
        raise ValueError("X has 0 rows; at least one text is needed")
    return [_check_text(value, row) for row, value in enumerate(values)]


def _check_text(value, row):
    if isinstance(value, str):
        return str(value) if any(character.isalnum() for character in value) else None
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    raise TypeError(f"row {row} of X is of type {type(value).__name__}; expected a string, or None for a missing text")


def normalize_text(text, *, casefold=True):
    r"""Bring a text to one spelling: composed (NFC), with single spaces, and case-folded if asked.

    Examples
    --------
    >>> from skvae.lyrics._text import normalize_text
    >>> normalize_text("  Die STRASSE,\n die Straße ")
    'die strasse, die strasse'
    """
    # Folding can decompose a letter (Turkish dotted I), so that composing comes last.
    if casefold:
        text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", text).split())


def split_windows(text, spans, size):
    """Split a text into windows of at most `size` units that end between words where they can.

    Parameters
    ----------
    text : str
    spans : sequence of (int, int)
        First character and the one after the last, of each unit (token or character) in order.
    size : int
        Most units in a window.

    Returns
    -------
    windows : list of (str, int)
        Each window's text and its number of units; none where there are no units.

    Examples
    --------
    >>> from skvae.lyrics._text import split_windows
    >>> text = "row row row your boat"
    >>> split_windows(text, [(i, i + 1) for i in range(len(text))], size=12)
    [('row row row', 12), ('your boat', 9)]
    """
    windows, start = [], 0
    while start < len(spans):
        stop = min(start + size, len(spans))
        if stop < len(spans):
            # A word longer than a window, and scripts that write no spaces, are cut where the window is full.
            stop = next((cut for cut in range(stop, start, -1) if _between_words(text, spans, cut)), stop)
        windows.append((text[spans[start][0] : spans[stop - 1][1]].strip(), stop - start))
        start = stop
    return [window for window in windows if window[0]]


def _between_words(text, spans, cut):
    """Tell whether white space stands around the boundary before unit `cut`; tokens may include it or leave it out."""
    return any(character.isspace() for character in text[spans[cut - 1][1] - 1 : spans[cut][0] + 1])
