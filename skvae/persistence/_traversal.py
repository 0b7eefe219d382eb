"""Traversal of the objects in a model."""

import inspect

import numpy as np
from sklearn.base import BaseEstimator

# Attributes that contain lists of named objects, and the term for one of these objects in messages.
_NAMED_LISTS = {
    "estimators": "estimator",
    "modalities": "modality",
    "steps": "pipeline step",
    "transformer_list": "transformer",
    "transformers": "transformer",
    "transformers_": "transformer",
}
_SUPPORTED_PACKAGES = {"builtins", "collections", "numpy", "scipy", "sklearn", "skvae"}


def walk(value, labels=()):
    """Yield `value` and every object in it, with the labels that lead to the object.

    Parameters
    ----------
    value : object
        Start of the traversal.
    labels : tuple of str, default=()
        Labels of `value`.

    Yields
    ------
    tuple of (tuple of str, object)
        For example ``(("pipeline step 'vae'", "parameter 'network'"), MLP())``. Numbers, strings and arrays are
        skipped.
    """
    seen = {}
    stack = [(labels, value)]
    while stack:
        labels, value = stack.pop()
        if isinstance(value, str | bytes | int | float | complex | np.generic | None) or id(value) in seen:
            continue
        seen[id(value)] = value  # The reference keeps the id from being reused.
        if not isinstance(value, np.ndarray):
            yield labels, value
        stack += [(labels + label, child) for label, child in reversed(list(_get_children(value)))]


def get_full_name(value):
    """Return the name of a class or function, or of the class of another object, with its module.

    Parameters
    ----------
    value : object
        Any object.

    Returns
    -------
    str
        Such as ``"sklearn.cluster._kmeans.KMeans"``.
    """
    value = value if _is_class_or_function(value) else type(value)
    return f"{value.__module__}.{value.__name__}"


def is_external(name):
    """Return whether a full name belongs to a package whose objects are never saved."""
    return name.split(".", 1)[0] not in _SUPPORTED_PACKAGES


def _is_class_or_function(value):
    """Return whether an object is a class or function, implemented in Python or in C."""
    return hasattr(value, "__name__") and hasattr(value, "__module__")


def _get_children(value):
    """Yield pairs of labels and object for the objects that `value` directly contains."""
    if _is_class_or_function(value) or is_external(get_full_name(value)):
        return
    if isinstance(value, dict):
        yield from (((), child) for child in value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (((), child) for child in value)
    elif isinstance(value, np.ndarray):
        yield from (((), child) for child in (value.ravel() if value.dtype.hasobject else ()))
    else:
        state = value.__getstate__() if hasattr(value, "__getstate__") else None
        for name, child in state.items() if isinstance(state, dict) else ():
            term = _NAMED_LISTS.get(name)
            if term and isinstance(child, list):
                yield from _get_named_children(term, child)
            else:
                label = "parameter" if _is_parameter(value, name) else "attribute"
                yield (f"{label} '{name}'",), child


def _get_named_children(term, items):
    for item in items:
        if isinstance(item, tuple) and item and isinstance(item[0], str):
            yield from (((f"{term} '{item[0]}'",), child) for child in item[1:])
        else:
            yield (), item


def _is_parameter(value, name):
    return isinstance(value, BaseEstimator) and name in inspect.signature(type(value)).parameters
