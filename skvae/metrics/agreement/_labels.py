"""Validation and encoding of labels.

Rows with the label -1 (noise) form one additional cluster in every metric. A clusterer therefore gains nothing by
labeling rows as noise. If all rows are noise, the scores equal those of a single cluster. This score is 0 for
metrics that are adjusted for chance, and the fraction of the most frequent label for purity. Internal metrics are NaN.
"""

import numpy as np
import pandas as pd


def check_labels(labels_true, labels_pred):
    """Validate two labelings of the same rows and encode them as integers.

    Parameters
    ----------
    labels_true, labels_pred : array-like of shape (n_samples,)
        Strings, integers or a mixture of both.

    Returns
    -------
    true, pred : ndarray of shape (n_samples,), int
        Codes 0, 1, ...

    Raises
    ------
    ValueError
        If a labeling is not 1-dimensional, is empty or has missing values, or if the lengths differ.
    """
    true, _ = encode_labels(labels_true, "labels_true")
    pred, _ = encode_labels(labels_pred, "labels_pred")
    if len(true) != len(pred):
        raise ValueError(
            f"labels_true has {len(true)} rows, but labels_pred has {len(pred)} rows. Both must label the same rows."
        )
    return true, pred


def encode_labels(labels, name):
    """Encode a labeling as integers.

    Parameters
    ----------
    labels : array-like of shape (n_samples,)
        Strings, integers or a mixture of both.
    name : str
        Name of the parameter, for error messages.

    Returns
    -------
    codes : ndarray of shape (n_samples,), int
        Codes 0, 1, ...
    values : ndarray of shape (n_codes,)
        The label of each code.
    """
    values = _to_array(labels)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{name} must have shape (n_samples,) with at least one row, got shape {values.shape}.")
    missing = missing_labels(values)
    if missing.any():
        raise ValueError(
            f"{name} is missing in {missing.sum()} of {len(values)} rows (first: row {missing.argmax()}). "
            "Drop these rows from both labelings."
        )
    return pd.factorize(values)


def missing_labels(labels):
    """Return a mask of the labels that are None or NaN."""
    return np.asarray(pd.isna(_to_array(labels)))


def _to_array(labels):
    """Convert labels to an array in which "1" and 1 differ. Integer arrays keep their dtype, which is faster."""
    is_integer = isinstance(labels, np.ndarray) and labels.dtype.kind in "iu"
    return labels if is_integer else np.asarray(labels, dtype=object)
