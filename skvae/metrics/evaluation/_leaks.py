"""Labels that a model was given."""

import numpy as np
import pandas as pd

from ..agreement._contingency import count, homogeneity
from ..agreement._labels import missing_labels

# Share of a label's entropy that a column explains, from which the column is the label: a few slips hide no leak.
EXPLAINED = 0.99
# Rows outside the commonest value, below which a match may be luck: a word sung once, in the one song of its genre.
ENOUGH = 3


def find_leaks(features, labels):
    """Find the columns that tell what they should be compared with.

    A column leaks a label if rows alike in the column are alike in the label, as in a code of the genre or in the genre
    where the label is the language; or if the column says nothing but the label, as one of its one-hot columns does. A
    handful of slips do not matter. Columns and labels that are different in more than half of the rows prove nothing
    and are passed over, and so are missing values: that values are missing at all is what `check_missingness` looks at.

    Parameters
    ----------
    features : DataFrame or array-like of shape (n_samples, n_features)
        All that the model was given, its condition columns too.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,)
        Labels by name; an array alone is named "label".

    Returns
    -------
    leaks : dict of str to list
        For each label the columns of `features` that leak it, by name, or by position where they have no names.

    Raises
    ------
    ValueError
        If the lengths differ.

    See Also
    --------
    evaluate_clusters : Marks the scores on such labels.
    check_missingness : Whether gaps leak a label.

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
    for label, values in named_labels(labels).items():
        if len(values) != len(features):
            raise ValueError(f"label {label!r} has {len(values)} rows and features {len(features)}; both need the same")
        groups = pd.factorize(values)[0]
        leaks[label] = [name for name, codes in columns.items() if _tells(codes, groups)]
    return leaks


def named_labels(labels):
    """Return labels as a dict from name to array of objects, missing ones as None."""
    if labels is None:
        return {}
    if not isinstance(labels, (pd.DataFrame, dict)):
        labels = {"label": labels}
    found = {}
    for name, values in labels.items():
        values = np.array(values, dtype=object)
        if values.ndim != 1:
            raise ValueError(f"label {name!r} has shape {values.shape}; expected (n_samples,)")
        values[missing_labels(values)] = None
        found[name] = values
    return found


def _tells(codes, groups):
    """Whether a column determines a label, or a label a column; -1 is missing."""
    known = (codes >= 0) & (groups >= 0)
    codes, groups = codes[known], groups[known]
    if any(len(found) - np.bincount(found, minlength=1).max() < ENOUGH for found in (codes, groups)):
        return False
    return any(
        len(np.unique(by)) <= len(by) / 2 and homogeneity(count(of, by)) >= EXPLAINED
        for of, by in ((groups, codes), (codes, groups))
    )
