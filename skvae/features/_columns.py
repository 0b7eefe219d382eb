"""One grammar for naming columns of a table, shared by modalities, conditions and blocks."""

from numbers import Integral

import numpy as np


def prefix_blocks(names):
    """Group columns by what stands before the first ``__`` of their name.

    Parameters
    ----------
    names : sequence of str
        Column names, as `ColumnTransformer` makes them. A name without ``__`` is a block of its own name.

    Returns
    -------
    dict of str to ndarray of int
        Column positions of each block, blocks in the order of their first column.
    """
    blocks = {}
    for position, name in enumerate(names):
        blocks.setdefault(str(name).split("__", 1)[0], []).append(position)
    return {name: np.asarray(positions) for name, positions in blocks.items()}


def select_columns(selector, X, names, n_features, *, parameter):
    """Positions of the columns that a selector names.

    Parameters
    ----------
    selector : str, int, slice, array-like of str, int or bool, or callable
        A name stands for the column of exactly that name, else for every column ``name__*``. A callable is handed `X`
        and returns any of the others, as `sklearn.compose.make_column_selector` does.
    X : array-like or DataFrame of shape (n_samples, n_features)
        The table as the user gave it; only a callable reads it.
    names : ndarray of str, or None
        Column names, None where the table has none.
    n_features : int
        Width of the table.
    parameter : str
        Name of the parameter, for messages.

    Returns
    -------
    ndarray of int
        Distinct positions, in the order of the selector.

    Raises
    ------
    ValueError
        If a name is not there, the table has no names, a position lies outside the table, a mask has another length
        than the table has columns, or nothing is selected.
    TypeError
        If the selector is of none of these kinds.
    """
    if callable(selector):
        return select_columns(selector(X), X, names, n_features, parameter=parameter)
    if isinstance(selector, slice):
        found = np.arange(n_features)[selector]
    elif isinstance(selector, str):
        found = _named(selector, names, parameter)
    elif isinstance(selector, Integral) and not isinstance(selector, bool):
        found = _positions(np.array([selector]), n_features, parameter)
    else:
        found = _many(selector, names, n_features, parameter)
    if found.size == 0:
        raise ValueError(f"{parameter}={selector!r} selects no column.")
    # dict.fromkeys keeps the first of each and their order
    return np.asarray(list(dict.fromkeys(found.tolist())))


def _many(selector, names, n_features, parameter):
    items = list(selector) if np.iterable(selector) else None
    if items is None:
        raise TypeError(
            f"{parameter} must be a column name, index, slice, list, mask or callable, got {type(selector).__name__}."
        )
    if all(isinstance(item, str) for item in items):
        return np.concatenate([_named(item, names, parameter) for item in items]) if items else np.array([], int)
    array = np.asarray(items)
    if array.ndim != 1 or array.dtype.kind not in "biu":
        raise TypeError(f"{parameter} must list column names, or indices, or be a mask, got {selector!r}.")
    if array.dtype.kind == "b":
        if array.size != n_features:
            raise ValueError(f"{parameter} is a mask of length {array.size}, the table has {n_features} columns.")
        return np.flatnonzero(array)
    return _positions(array, n_features, parameter)


def _named(name, names, parameter):
    if names is None:
        raise ValueError(
            f"{parameter}={name!r} names a column, but the table has no column names: hand a DataFrame, let the step "
            "before emit one with set_output(transform='pandas'), or give indices."
        )
    exact = np.flatnonzero(names == name)
    if exact.size:
        return exact
    block = np.flatnonzero([str(column).startswith(f"{name}__") for column in names])
    if block.size == 0:
        shown = ", ".join(map(repr, list(prefix_blocks(names))[:10]))
        raise ValueError(f"{parameter}={name!r} is no column and no block of the table; it has {shown}.")
    return block


def _positions(array, n_features, parameter):
    outside = array[(array < -n_features) | (array >= n_features)]
    if outside.size:
        raise ValueError(f"{parameter} names column {outside[0]}, the table has {n_features} columns.")
    return array % n_features
