"""Selection of the columns of a table for modalities, conditions and blocks."""

from numbers import Integral

import numpy as np


def group_into_blocks(names):
    """Group columns into blocks by the prefix before the first ``__`` of their names.

    Parameters
    ----------
    names : sequence of str
        Column names, as in the output of `ColumnTransformer`. A column without ``__`` is a separate block with the name
        of the column.

    Returns
    -------
    dict of str to ndarray of int
        Column positions of each block. Blocks are in the order of their first column.
    """
    blocks = {}
    for position, name in enumerate(names):
        blocks.setdefault(str(name).split("__", 1)[0], []).append(position)
    return {name: np.asarray(positions) for name, positions in blocks.items()}


def select_columns(selector, X, names, n_features, *, parameter):
    """Return the positions of the selected columns.

    Parameters
    ----------
    selector : str, int, slice, array-like of str, int or bool, or callable
        A string selects the column with this name. If there is no such column, it selects the block, that is, all
        columns ``name__*``. A callable is called with `X` and returns any of the other types, like
        `sklearn.compose.make_column_selector`.
    X : array-like or DataFrame of shape (n_samples, n_features)
        Table that the user passed. Only used by a callable.
    names : ndarray of str, or None
        Column names. None if the table has no column names.
    n_features : int
        Number of columns of the table.
    parameter : str
        Name of the parameter for error messages.

    Returns
    -------
    ndarray of int
        Unique positions in the order of the selector.

    Raises
    ------
    ValueError
        If a column or block does not exist, the table has no column names, a position is out of range, a mask has the
        wrong length, or no column is selected.
    TypeError
        If the selector has another type.
    """
    if callable(selector):
        return select_columns(selector(X), X, names, n_features, parameter=parameter)
    if isinstance(selector, slice):
        found = np.arange(n_features)[selector]
    elif isinstance(selector, str):
        found = _find_by_name(selector, names, parameter)
    elif isinstance(selector, Integral) and not isinstance(selector, bool):
        found = _check_positions(np.array([selector]), n_features, parameter)
    else:
        found = _find_by_list(selector, names, n_features, parameter)
    if found.size == 0:
        raise ValueError(f"{parameter}={selector!r} selects no column. Select at least one column.")
    # dict.fromkeys removes duplicates and keeps the order.
    return np.asarray(list(dict.fromkeys(found.tolist())))


def _find_by_list(selector, names, n_features, parameter):
    items = list(selector) if np.iterable(selector) else None
    if items is None:
        raise TypeError(
            f"{parameter} must be a column name, a position, a slice, a list, a mask or a callable, got "
            f"{type(selector).__name__}."
        )
    if all(isinstance(item, str) for item in items):
        return np.concatenate([_find_by_name(item, names, parameter) for item in items]) if items else np.array([], int)
    array = np.asarray(items)
    if array.ndim != 1 or array.dtype.kind not in "biu":
        raise TypeError(f"{parameter} must be a list of column names, a list of positions or a mask, got {selector!r}.")
    if array.dtype.kind == "b":
        if array.size != n_features:
            raise ValueError(f"{parameter} is a mask of length {array.size}, but the table has {n_features} columns.")
        return np.flatnonzero(array)
    return _check_positions(array, n_features, parameter)


def _find_by_name(name, names, parameter):
    if names is None:
        raise ValueError(
            f"{parameter}={name!r} is a column name, but the table has no column names. Pass a DataFrame, call "
            "set_output(transform='pandas') on the previous step, or use column positions."
        )
    exact = np.flatnonzero(names == name)
    if exact.size:
        return exact
    block = np.flatnonzero([str(column).startswith(f"{name}__") for column in names])
    if block.size == 0:
        shown = ", ".join(map(repr, list(group_into_blocks(names))[:10]))
        raise ValueError(
            f"{parameter}={name!r} is neither a column nor a block of the table. The table has the blocks {shown}."
        )
    return block


def _check_positions(array, n_features, parameter):
    outside = array[(array < -n_features) | (array >= n_features)]
    if outside.size:
        raise ValueError(f"{parameter} contains position {outside[0]}, but the table has {n_features} columns.")
    return array % n_features
