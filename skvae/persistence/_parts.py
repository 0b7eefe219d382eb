"""The objects that a model is made of: where each stands, and which of them a file can hold."""

import os

import numpy as np
from sklearn.base import BaseEstimator

# What a model does not need in order to work, and a file should not tell: the last extraction's report with its paths,
# and a function that scikit-learn keeps between the steps of one fit.
LEFT_OUT = {"failed_", "_kmeans_single"}
# What whoever loads a model decides, and the value in a file: folders of one machine, of which a cache is full of
# pickles, and leave to run the code of a pretrained model.
OWN_DECISIONS = {"checkpoint_dir": None, "memory": None, "trust_remote_code": False}
# Lists of named parts, and what one of them is called.
_NAMED = {
    "estimators": "estimator",
    "modalities": "modality",
    "steps": "pipeline step",
    "transformer_list": "transformer",
    "transformers": "transformer",
    "transformers_": "transformer",
}
_HINTS = {
    "callbacks": "; they matter in training only: set_params(callbacks=None) before saving",
    "model": "; give the model by name or folder, and the file holds that",
}
_HOMES = {"builtins", "collections", "numpy", "scipy", "sklearn", "skvae"}


def portable(value):
    """Copy the estimators in `value`, not their arrays, in the form that a file holds.

    Parameters
    ----------
    value : object
        An estimator, or what one holds.

    Returns
    -------
    object
        Estimators as twins without what is in `LEFT_OUT` and with the values of `OWN_DECISIONS`. Paths are text, and
        the numbers of n-grams plain integers.
    """
    if isinstance(value, BaseEstimator):
        twin = object.__new__(type(value))
        for name, own in vars(value).items():
            if name == "vocabulary_" and isinstance(
                own, dict
            ):  # of NumPy integers, each of which would be a member of the archive
                own = {term: int(index) for term, index in own.items()}
            if name not in LEFT_OUT:
                twin.__dict__[name] = OWN_DECISIONS[name] if name in OWN_DECISIONS else portable(own)
        return twin
    if type(value) in (list, tuple):
        return type(value)(portable(item) for item in value)
    if type(value) is dict:
        return {key: portable(item) for key, item in value.items()}
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def walk(value, where=()):
    """Yield every object in `value`, itself first, with the labels that lead to it.

    Parameters
    ----------
    value : object
        Where to start.
    where : tuple of str, default=()
        Labels of `value`.

    Yields
    ------
    tuple of (tuple of str, object)
        Such as ``(("pipeline step 'vae'", "parameter 'network'"), MLP())``. Numbers and texts are passed over.
    """
    seen = {}
    ends = [(where, value)]
    while ends:
        where, value = ends.pop()
        if isinstance(value, str | bytes | int | float | complex | np.generic | None) or id(value) in seen:
            continue
        seen[id(value)] = value  # held, so that no other object gets its id
        if not isinstance(value, np.ndarray):
            yield where, value
        ends += [(where + label, part) for label, part in reversed(list(_parts(value)))]


def full_name(value):
    """Name of a class or function, or of the class of anything else, with its module.

    Parameters
    ----------
    value : object
        Any.

    Returns
    -------
    str
        Such as ``"sklearn.cluster._kmeans.KMeans"``.
    """
    value = value if _has_name(value) else type(value)
    return f"{value.__module__}.{value.__name__}"


def refuse(model, is_refused, reason):
    """Refuse to save a model that holds an object of a kind that no file holds.

    Parameters
    ----------
    model : estimator
        The model.
    is_refused : callable
        Of the full name of a class or function.
    reason : str
        Why, for the message.

    Raises
    ------
    TypeError
        On the first such object; it says where the object is.
    """
    for where, value in walk(model):
        if is_refused(full_name(value)):
            place = ", ".join(where) or "the estimator"
            hint = next((hint for name, hint in _HINTS.items() if where and f"'{name}'" in where[-1]), "")
            raise TypeError(f"{place} ({full_name(value)}) cannot be saved: {reason}{hint}.")


def is_foreign(name):
    """Whether a full name is of a library that no file holds objects of."""
    return name.split(".", 1)[0] not in _HOMES


def _has_name(value):
    """Whether it is a class or a function, of Python or of C."""
    return hasattr(value, "__name__") and hasattr(value, "__module__")


def _parts(value):
    """Pairs of labels and object of what `value` holds directly."""
    if _has_name(value) or is_foreign(full_name(value)):
        return
    if isinstance(value, dict):
        yield from (((), part) for part in value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (((), part) for part in value)
    elif isinstance(value, np.ndarray):
        yield from (((), part) for part in (value.ravel() if value.dtype.hasobject else ()))
    else:
        state = value.__getstate__() if hasattr(value, "__getstate__") else None
        for name, part in state.items() if isinstance(state, dict) else ():
            kind = _NAMED.get(name)
            if kind and isinstance(part, list):
                yield from _named(kind, part)
            else:
                label = "parameter" if _is_parameter(value, name) else "attribute"
                yield (f"{label} '{name}'",), part


def _named(kind, items):
    for item in items:
        if isinstance(item, tuple) and item and isinstance(item[0], str):
            yield from (((f"{kind} '{item[0]}'",), part) for part in item[1:])
        else:
            yield (), item


def _is_parameter(value, name):
    return isinstance(value, BaseEstimator) and name in value._get_param_names()
