"""Labels of any kind as whole numbers."""

import numpy as np
import pandas as pd


def check_labels(labels_true, labels_pred):
    """Return both labellings as codes 0, 1, ...; the predicted label -1, a row in no cluster, stays -1.

    Parameters
    ----------
    labels_true, labels_pred : array-like of shape (n_samples,)
        Strings, whole numbers or a mixture.

    Returns
    -------
    true, pred : ndarray of shape (n_samples,), int

    Raises
    ------
    ValueError
        If a labelling is not 1-D, is empty or has missing values, or if their lengths differ.
    """
    true = _codes(labels_true, "labels_true")
    pred = encode_clusters(labels_pred)
    if len(true) != len(pred):
        raise ValueError(f"labels_true has {len(true)} rows and labels_pred {len(pred)}; both must label the same rows")
    return true, pred


def encode_clusters(labels_pred):
    """Return predicted labels as codes 0, 1, ..., and -1 for the rows in no cluster."""
    codes = _codes(labels_pred, "labels_pred")
    codes[np.asarray(labels_pred, dtype=object) == -1] = -1
    return codes


def missing_labels(labels):
    """Return the mask of the labels that are None or NaN."""
    return np.asarray(pd.isna(np.asarray(labels, dtype=object)))


def _codes(labels, name):
    values = np.asarray(labels, dtype=object)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{name} has shape {values.shape}; expected (n_samples,) with at least one row")
    missing = missing_labels(values)
    if missing.any():
        raise ValueError(
            f"{name} is missing in {missing.sum()} of {len(values)} rows, the first at position {missing.argmax()}; "
            "drop these rows from both labellings"
        )
    return pd.factorize(values)[0]
