"""Detection of label leakage."""

import numpy as np
import pandas as pd

from ..agreement._contingency import count_pairs
from ..agreement._homogeneity import homogeneity
from ..agreement._labels import missing_labels

# Minimum homogeneity of a leak. A value below 1 also detects leaks with a few wrong rows.
MIN_HOMOGENEITY = 0.99
# Minimum number of rows outside the most frequent value. A match of fewer rows may be a coincidence, for example if a
# rare word occurs only in the single song of its genre.
MIN_ROWS = 3


def find_leaks(features, labels):
    """Find columns of the input that contain the true labels.

    A column leaks a label in two cases:

    - The column determines the label. Examples are an encoded genre, or the genre if the label is the language.
    - The label determines the column. An example is a one-hot column of the label.

    A few wrong rows are tolerated. Missing values are ignored. Columns and labels are also ignored if they have more
    distinct values than half the number of rows, or fewer than three rows outside their most frequent value. Use
    `check_missingness` to test whether the missing values themselves predict a label.

    Parameters
    ----------
    features : DataFrame or array-like of shape (n_samples, n_features)
        All input of the model, including its condition columns.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,)
        True labels by name. A single array gets the name "label".

    Returns
    -------
    leaks : dict of str to list
        Columns of `features` that leak each label: their names, or their positions if they have no names.

    Raises
    ------
    ValueError
        If the numbers of rows differ.

    See Also
    --------
    evaluate_clusters : Marks the scores of leaked labels.
    check_missingness : Tests whether missing blocks predict a label.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.metrics import find_leaks
    >>> features = pd.DataFrame({"tempo": range(90, 98), "language__en": [1, 1, 1, 1, 0, 0, 0, 0]})
    >>> find_leaks(features, {"language": list("eeeebbbb"), "genre": list("rjrjrjrj")})
    {'language': ['language__en'], 'genre': []}
    """
    features = features if isinstance(features, pd.DataFrame) else pd.DataFrame(np.asarray(features))
    columns = {name: pd.factorize(values.to_numpy())[0] for name, values in features.items()}
    leaks = {}
    for label, values in labels_to_dict(labels).items():
        if len(values) != len(features):
            raise ValueError(
                f"Label {label!r} has {len(values)} rows, but features has {len(features)} rows. "
                "Both must have the same number of rows."
            )
        true = pd.factorize(values)[0]
        leaks[label] = [name for name, codes in columns.items() if _is_leak(codes, true)]
    return leaks


def labels_to_dict(labels):
    """Convert labels to a dict of arrays of objects. Missing labels become None."""
    if labels is None:
        return {}
    if not isinstance(labels, (pd.DataFrame, dict)):
        labels = {"label": labels}
    converted = {}
    for name, values in labels.items():
        values = np.array(values, dtype=object)
        if values.ndim != 1:
            raise ValueError(f"Label {name!r} must have shape (n_samples,), got shape {values.shape}.")
        values[missing_labels(values)] = None
        converted[name] = values
    return converted


def _is_leak(column, true):
    """Return whether a column determines a label or a label determines a column. The code -1 is missing."""
    known = (column >= 0) & (true >= 0)
    column, true = column[known], true[known]
    if any(len(codes) - np.bincount(codes, minlength=1).max() < MIN_ROWS for codes in (column, true)):
        return False
    return _determines(column, true) or _determines(true, column)


def _determines(cause, effect):
    """Return whether rows with the same `cause` have the same `effect`, and values of `cause` are repeated."""
    if len(np.unique(cause)) > len(cause) / 2:
        return False
    return homogeneity(count_pairs(effect, cause)) >= MIN_HOMOGENEITY
