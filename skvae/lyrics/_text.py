"""Validation, normalization and division of texts."""

import unicodedata

import numpy as np
import pandas as pd


def check_texts(X):
    """Validate a column of texts and return it as a list, with None for missing texts.

    None, NaN and `pandas.NA` are missing. Texts without a letter or digit of any script are also missing, since they
    contain no words. Examples are blank lines, an ellipsis or a musical note sign.

    Parameters
    ----------
    X : array-like of shape (n_samples,) or (n_samples, 1)
        Strings or missing values: a list, array, Series or DataFrame of one column.

    Returns
    -------
    texts : list of str or None
        Texts.

    Raises
    ------
    ValueError
        If `X` is a single string, has several columns or has no rows.
    TypeError
        If a row is neither a string nor missing.
    """
    if isinstance(X, str | bytes):
        raise ValueError("X must be a column of texts, got a single text. Pass a list with one item.")
    values = np.asarray(X, dtype=object)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(
            f"X must be one column of texts with shape (n_samples,) or (n_samples, 1), got shape {values.shape}."
        )
    if not len(values):
        raise ValueError("X has 0 rows. At least one text is required.")
    return [_check_text(value, row) for row, value in enumerate(values)]


def _check_text(value, row):
    if isinstance(value, str):
        return str(value) if any(character.isalnum() for character in value) else None
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    raise TypeError(f"row {row} of X must be a string, or None for a missing text, got {type(value).__name__}.")


def normalize_text(text, *, casefold=True):
    r"""Normalize a text: compose characters (NFC), collapse white space, and optionally fold the case.

    Examples
    --------
    >>> from skvae.lyrics._text import normalize_text
    >>> normalize_text("  Die STRASSE,\n die Straße ")
    'die strasse, die strasse'
    """
    # Composition is the last step, since case folding can decompose a letter (the dotted I of Turkish).
    if casefold:
        text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", text).split())


def split_windows(text, spans, size):
    """Divide a text into windows of at most `size` units, between words if possible.

    Parameters
    ----------
    text : str
        Text.
    spans : sequence of (int, int)
        Start and end of each unit (token or character) in the text, in order.
    size : int
        Maximum number of units per window.

    Returns
    -------
    windows : list of (str, int)
        Text and number of units of each window. Empty if there are no units.

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
            # Words longer than a window, and scripts without spaces, are divided at the end of the window.
            stop = next((cut for cut in range(stop, start, -1) if _is_between_words(text, spans, cut)), stop)
        windows.append((text[spans[start][0] : spans[stop - 1][1]].strip(), stop - start))
        start = stop
    return [window for window in windows if window[0]]


def _is_between_words(text, spans, cut):
    """Return whether there is white space next to the start of unit `cut`. Tokens may or may not include it."""
    return any(character.isspace() for character in text[spans[cut - 1][1] - 1 : spans[cut][0] + 1])
