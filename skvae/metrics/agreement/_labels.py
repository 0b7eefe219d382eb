"""Labels of any kind as whole numbers.

One rule for rows in no cluster, labelled -1: in every metric they are together one more cluster. Calling rows noise
then gains a clusterer nothing over putting them into a cluster. All rows called noise score as all rows in one cluster
do: 0 where a metric is adjusted for chance, the share of the commonest label for purity, undefined within a table.
"""

import numpy as np
import pandas as pd


def check_labels(labels_true, labels_pred):
    """Return both labellings as codes 0, 1, ...

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
    true, _ = encode_labels(labels_true, "labels_true")
    pred, _ = encode_labels(labels_pred, "labels_pred")
    if len(true) != len(pred):
        raise ValueError(f"labels_true has {len(true)} rows and labels_pred {len(pred)}; both must label the same rows")
    return true, pred


def encode_labels(labels, name):
    """Return one labelling as codes 0, 1, ..., and the label of each code; `name` is for the error."""
    values = _values(labels)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{name} has shape {values.shape}; expected (n_samples,) with at least one row")
    missing = missing_labels(values)
    if missing.any():
        raise ValueError(
            f"{name} is missing in {missing.sum()} of {len(values)} rows, the first at position {missing.argmax()}; "
            "drop these rows from both labellings"
        )
    return pd.factorize(values)


def missing_labels(labels):
    """Return the mask of the labels that are None or NaN."""
    return np.asarray(pd.isna(_values(labels)))


def _values(labels):
    """Return an array in which "1" and 1 stay apart; whole numbers stay numbers, which are quicker."""
    plain = isinstance(labels, np.ndarray) and labels.dtype.kind in "iu"
    return labels if plain else np.asarray(labels, dtype=object)
