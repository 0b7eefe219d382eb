"""Detection of labels that are predicted by missing blocks."""

import warnings
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from ..agreement._ami import ami
from ..agreement._contingency import count_pairs
from ..agreement._labels import encode_labels
from ._cluster_metrics import compute_agreement
from ._leaks import labels_to_dict
from ._registry import METRICS, check_metric_names

# Minimum AMI of a warning. A negligible AMI may be above the chance level in large tables.
MIN_AMI = 0.05


class MissingnessWarning(UserWarning):
    """Warning that missing blocks predict a label.

    Scores for this label may then result from the missing blocks alone. `check_missingness` and `evaluate_clusters`
    issue the warning.

    Examples
    --------
    >>> import warnings
    >>> from skvae.metrics import MissingnessWarning, check_missingness
    >>> language = ["en"] * 20 + ["bn"] * 20
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore", MissingnessWarning)
    ...     table = check_missingness({"lyrics": [0] * 20 + [1] * 20}, {"language": language})
    >>> bool(table.loc["language", "predicts"])
    True
    """


@validate_params(
    {
        "metric": [str],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def check_missingness(present, labels, labels_pred=None, *, metric="ami", n_permutations=100, random_state=0):
    """Test whether the presence of blocks alone predicts a label, and warn if it does.

    A collection may consist of two sources, one of which has no lyrics. The presence of lyrics then indicates the
    source, and possibly the language. A model that detects only whether lyrics are missing would have a good score
    for the language.

    The masked score excludes this effect. It is the mean score within groups of rows that have the same blocks,
    weighted by the number of rows.

    Parameters
    ----------
    present : DataFrame, dict of array-like of bool of shape (n_samples,), or array-like of shape (n_samples, n_blocks)
        Whether each row has each block, such as ``{"lyrics": ~X.filter(like="lyrics__").isna().all(axis=1)}``.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,)
        True labels by name. A single array gets the name "label". Rows with None or NaN are ignored for this label.
    labels_pred : array-like of shape (n_samples,), default=None
        Cluster labels. If given, the table also contains their score and their masked score.
    metric : str, default="ami"
        Name of a metric in `METRICS` that compares clusters with true labels.
    n_permutations : int, default=100
        Number of permutations for the chance levels.
    random_state : int, RandomState instance or None, default=0
        Seed for the permutations.

    Returns
    -------
    table : DataFrame
        One row for each label:

        - ``n_rows``, ``n_patterns`` : number of rows with a label, and number of different combinations of present
          blocks among them.
        - ``ami``, ``ami_chance`` : adjusted mutual information of combination and label, and the 95 % quantile of the
          permutations.
        - ``balanced_accuracy``, ``balanced_accuracy_chance`` : mean recall over the labels of the best prediction from
          the combination, and the 95 % quantile of the permutations.
        - ``predicts`` : whether the AMI is above its chance level and above 0.05.
        - ``value``, ``masked`` : score of `labels_pred` on all rows and its masked score. The masked score is NaN if
          all rows with the same blocks have the same label.
        - ``n_masked`` : number of rows of the masked score.

    Raises
    ------
    ValueError
        If lengths differ, if `present` contains values other than 0 and 1, or if `metric` does not use true labels.

    Warns
    -----
    MissingnessWarning
        If the presence of blocks predicts a label.

    See Also
    --------
    find_leaks : Finds columns whose values contain a label.
    evaluate_clusters : Also has a parameter `present`.

    Examples
    --------
    >>> import warnings
    >>> from skvae.metrics import check_missingness
    >>> language, genre = ["en"] * 20 + ["bn"] * 20, ["rock", "folk"] * 20
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     table = check_missingness({"lyrics": [0] * 20 + [1] * 20}, {"language": language, "genre": genre}, language)
    >>> table[["balanced_accuracy", "predicts", "value", "masked"]].round(2)
              balanced_accuracy  predicts  value  masked
    language                1.0      True   1.00     NaN
    genre                   0.5     False  -0.02     0.0
    >>> print(caught[0].message)
    The presence of blocks (lyrics) predicts 'language' (AMI 1.00, balanced accuracy 1.00). ...
    """
    if not METRICS[check_metric_names([metric])[0]].needs_labels:
        raise ValueError(f"metric={metric!r} does not use true labels. Use a metric that does, such as 'ami'.")
    patterns, blocks = encode_block_patterns(present)
    rng, rows = check_random_state(random_state), {}
    pred = None if labels_pred is None else encode_labels(labels_pred, "labels_pred")[0]
    if pred is not None:
        _check_length("labels_pred", pred, patterns)
    for label, values in labels_to_dict(labels).items():
        _check_length(f"Label {label!r}", values, patterns)
        true = pd.factorize(values)[0]
        known = true >= 0
        rows[label] = _measure_predictability(patterns[known], true[known], n_permutations, rng)
        if pred is not None and known.any():
            rows[label]["value"] = compute_agreement(true[known], pred[known], [metric])[metric]
            masked, n_masked = score_within_patterns(true[known], pred[known], patterns[known], [metric])
            rows[label] |= {"masked": masked[metric], "n_masked": n_masked}
    columns = ["n_rows", "n_patterns", "ami", "ami_chance", "balanced_accuracy", "balanced_accuracy_chance", "predicts"]
    columns += ["value", "masked", "n_masked"] * (pred is not None)
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)
    for label, row in table[table["predicts"].astype(bool)].iterrows():
        warnings.warn(
            f"The presence of blocks ({', '.join(blocks)}) predicts {label!r} (AMI {row['ami']:.2f}, balanced accuracy "
            f"{row['balanced_accuracy']:.2f}). Compare scores for {label!r} only among rows that have the same blocks.",
            MissingnessWarning,
            stacklevel=3,
        )
    return table


def encode_block_patterns(present):
    """Return a code for the combination of present blocks of each row, and the names of the blocks."""
    if isinstance(present, dict):
        present = pd.DataFrame({name: np.asarray(values) for name, values in present.items()})
    table = present if isinstance(present, pd.DataFrame) else pd.DataFrame(np.asarray(present))
    values = table.to_numpy()
    valid = np.isin(values, [0, 1])
    if not valid.all():
        raise ValueError(f"present must contain only True and False, got {values[~valid][0]!r}.")
    return np.unique(values.astype(bool), axis=0, return_inverse=True)[1].ravel(), [str(name) for name in table.columns]


def score_within_patterns(true, pred, patterns, names):
    """Score clusters within groups of rows that have the same blocks.

    Parameters
    ----------
    true, pred : ndarray of shape (n_samples,), int
        Codes of true labels and clusters.
    patterns : ndarray of shape (n_samples,), int
        Combination of present blocks of each row.
    names : list of str
        Names of metrics that need true labels.

    Returns
    -------
    scores : dict of str to float
        Mean of each metric over the groups with at least two labels, weighted by their numbers of rows. NaN without
        such groups.
    n_rows : int
        Number of rows in these groups.
    """
    groups = [patterns == pattern for pattern in np.unique(patterns)]
    groups = [rows for rows in groups if len(np.unique(true[rows])) > 1]
    if not groups:
        return dict.fromkeys(names, np.nan), 0
    sizes = [int(rows.sum()) for rows in groups]
    scores = [compute_agreement(_recode(true[rows]), _recode(pred[rows]), names) for rows in groups]
    return {name: float(np.average([s[name] for s in scores], weights=sizes)) for name in names}, sum(sizes)


def _recode(codes):
    return np.unique(codes, return_inverse=True)[1]


def _measure_predictability(patterns, true, n_permutations, rng):
    """Measure how well the combination of blocks predicts the label, and the chance level."""
    row = {"n_rows": len(true), "n_patterns": len(np.unique(patterns)), "predicts": False}
    if row["n_patterns"] < 2 or len(np.unique(true)) < 2:
        return row
    counts = count_pairs(true, patterns)
    shuffled = [count_pairs(true, rng.permutation(patterns)) for _ in range(n_permutations)]
    row["ami"], row["ami_chance"] = ami(counts), float(np.quantile([ami(each) for each in shuffled], 0.95))
    row["balanced_accuracy"] = _balanced_accuracy(counts)
    row["balanced_accuracy_chance"] = float(np.quantile([_balanced_accuracy(each) for each in shuffled], 0.95))
    row["predicts"] = row["ami"] > max(MIN_AMI, row["ami_chance"])
    return row


def _balanced_accuracy(counts):
    """Compute the balanced accuracy of the best prediction.

    The best prediction for each combination is the label of which it contains the largest fraction.
    """
    recalls = counts.n_rows / counts.in_true[counts.true]
    best = np.zeros(len(counts.in_pred))
    np.maximum.at(best, counts.pred, recalls)
    return float(best.sum() / np.count_nonzero(counts.in_true))


def _check_length(name, values, patterns):
    if len(values) != len(patterns):
        raise ValueError(
            f"{name} has {len(values)} rows, but present has {len(patterns)} rows. "
            "Both must have the same number of rows."
        )
