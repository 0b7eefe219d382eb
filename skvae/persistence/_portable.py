"""Copies of models without content that a model file must not contain."""

import os

from sklearn.base import BaseEstimator

from ._traversal import get_full_name, walk

# Attributes that a fitted model does not need. `failed_` is the report of the last extraction and contains paths of
# recordings. `_kmeans_single` is a function that scikit-learn stores during `fit`.
EXCLUDED_ATTRIBUTES = {"failed_", "_kmeans_single"}
# Parameters that the person who loads a model must set, and their value in a file. The first two are folders of one
# machine, and a cache folder contains pickles. The last one permits running the code of a pretrained model.
LOCAL_PARAMETERS = {"checkpoint_dir": None, "memory": None, "trust_remote_code": False}
_HINTS = {
    "callbacks": "Callbacks are only used in training. Call set_params(callbacks=None) before saving.",
    "model": "Set the parameter to the name or folder of the model, which can be saved.",
}


def make_portable(value):
    """Copy the estimators in `value`, without their arrays, in the form that a file contains.

    Parameters
    ----------
    value : object
        Estimator, or an attribute of an estimator.

    Returns
    -------
    object
        Copy. Estimators have no `EXCLUDED_ATTRIBUTES`, and `LOCAL_PARAMETERS` have their values in a file. Paths are
        strings, and the positions in a vocabulary are plain integers.
    """
    if isinstance(value, BaseEstimator):
        copy = object.__new__(type(value))
        for name, attribute in vars(value).items():
            if name == "vocabulary_" and isinstance(attribute, dict):
                # skops would write each NumPy integer as a separate member of the archive.
                attribute = {term: int(index) for term, index in attribute.items()}
            if name not in EXCLUDED_ATTRIBUTES:
                is_local = name in LOCAL_PARAMETERS
                copy.__dict__[name] = LOCAL_PARAMETERS[name] if is_local else make_portable(attribute)
        return copy
    if type(value) in (list, tuple):
        return type(value)(make_portable(item) for item in value)
    if type(value) is dict:
        return {key: make_portable(item) for key, item in value.items()}
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def reject_objects(model, is_rejected, reason):
    """Raise an error if a model contains an object that cannot be saved.

    Parameters
    ----------
    model : estimator
        Model.
    is_rejected : callable
        Returns whether a full name of a class or function is rejected.
    reason : str
        Reason for the error message.

    Raises
    ------
    TypeError
        If an object is rejected. The message contains the position of the first such object in the model.
    """
    for labels, value in walk(model):
        if is_rejected(get_full_name(value)):
            place = ", ".join(labels) or "the estimator"
            hint = next((f" {hint}" for name, hint in _HINTS.items() if labels and f"'{name}'" in labels[-1]), "")
            raise TypeError(f"{place} ({get_full_name(value)}) cannot be saved: {reason}.{hint}")
