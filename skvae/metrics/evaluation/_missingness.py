"""Whether which blocks a row lacks gives its label away."""

import warnings
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from ..agreement._contingency import ami, count
from ..agreement._labels import encode_labels
from ._cluster_metrics import METRICS, agreement, check_names
from ._leaks import named_labels

# AMI from which presence is said to predict a label, if it is above chance too. Of many rows every trifle is.
PREDICTS = 0.05


class MissingnessWarning(UserWarning):
    """Which blocks a row lacks predicts its label, so that a score may come from the gaps."""


@validate_params(
    {
        "metric": [str],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def check_missingness(present, labels, labels_pred=None, *, metric="ami", n_permutations=100, random_state=0):
    """Tell how well the presence of blocks alone predicts each label, and warn where it does.

    In a collection made of two sources, one of which has no lyrics, "has lyrics" may be the language; a model that
    learned nothing but that would score well on it. What remains of a score when the gaps are masked is measured among
    rows that lack the same blocks: the mean over these groups, each by its rows.

    Parameters
    ----------
    present : DataFrame, dict of array-like of bool of shape (n_samples,), or array-like of shape (n_samples, n_blocks)
        Whether each row has each block, such as ``{"lyrics": ~X.filter(like="lyrics__").isna().all(axis=1)}``.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,)
        Labels by name; an array alone is named "label". Rows where one is None or NaN do not take part in it.
    labels_pred : array-like of shape (n_samples,), default=None
        Clusters to score with and without mask.
    metric : str, default="ami"
        Name of the score, one of `METRICS` that needs labels.
    n_permutations : int, default=100
        Shuffles behind the levels of chance.
    random_state : int, RandomState instance or None, default=0
        Governs the shuffles.

    Returns
    -------
    DataFrame
        A row for each label:

        - ``n_rows``, ``n_patterns`` : rows with a label, and different patterns of present blocks among them.
        - ``ami``, ``ami_chance`` : adjusted mutual information of pattern and label, and what 95 % of shuffles stay
          below.
        - ``balanced_accuracy``, ``balanced_accuracy_chance`` : mean over labels of the share of their rows that the
          best guess from the pattern gets right, and the same of shuffles.
        - ``predicts`` : whether the AMI is above chance and at least 0.05.
        - ``value``, ``masked`` : with `labels_pred`, the score on all rows and that among rows of one pattern. The
          latter is NaN where each pattern has one label only: nothing is left to be found.
        - ``n_masked`` : rows behind ``masked``.

    Raises
    ------
    ValueError
        If lengths differ, `present` is not of ones and zeros, or `metric` is no metric that needs labels.

    Warns
    -----
    MissingnessWarning
        If the presence of blocks predicts a label.

    See Also
    --------
    find_leaks : Columns that give a label away by their values.
    evaluate_clusters : Takes `present` too.

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
    which of the blocks lyrics a row has predicts language (AMI 1.00, balanced accuracy 1.00); ...
    """
    if not METRICS[check_names([metric])[0]].needs_labels:
        raise ValueError(f"metric={metric!r} needs no labels; take one that does, such as 'ami'")
    patterns, blocks = block_patterns(present)
    rng, rows = check_random_state(random_state), {}
    pred = None if labels_pred is None else encode_labels(labels_pred, "labels_pred")[0]
    if pred is not None and len(pred) != len(patterns):
        raise ValueError(f"labels_pred has {len(pred)} rows and present {len(patterns)}; both need the same")
    for label, values in named_labels(labels).items():
        if len(values) != len(patterns):
            raise ValueError(f"label {label!r} has {len(values)} rows and present {len(patterns)}; both need the same")
        groups = pd.factorize(values)[0]
        known = groups >= 0
        rows[label] = _predictability(patterns[known], groups[known], n_permutations, rng)
        if pred is not None and known.any():
            rows[label]["value"] = agreement(groups[known], pred[known], [metric])[metric]
            masked, rows[label]["n_masked"] = within_patterns(groups[known], pred[known], patterns[known], [metric])
            rows[label]["masked"] = masked[metric]
    columns = ["n_rows", "n_patterns", "ami", "ami_chance", "balanced_accuracy", "balanced_accuracy_chance", "predicts"]
    columns += ["value", "masked", "n_masked"] * (pred is not None)
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)
    for label, row in table[table["predicts"].astype(bool)].iterrows():
        warnings.warn(
            f"which of the blocks {', '.join(blocks)} a row has predicts {label} (AMI {row['ami']:.2f}, balanced "
            f"accuracy {row['balanced_accuracy']:.2f}); give scores on it among rows that have the same blocks",
            MissingnessWarning,
            stacklevel=3,
        )
    return table


def block_patterns(present):
    """Return for each row the code of its pattern of present blocks, and the blocks' names."""
    if isinstance(present, dict):
        present = pd.DataFrame({name: np.asarray(values) for name, values in present.items()})
    table = present if isinstance(present, pd.DataFrame) else pd.DataFrame(np.asarray(present))
    values = table.to_numpy()
    if not np.isin(values, [0, 1]).all():
        raise ValueError("present must hold True and False, for each row and block")
    return np.unique(values.astype(bool), axis=0, return_inverse=True)[1].ravel(), [str(name) for name in table.columns]


def within_patterns(true, pred, patterns, names):
    """Return the mean of some metrics over the patterns with more than one label, by their rows, and these rows."""
    parts = [patterns == pattern for pattern in np.unique(patterns)]
    parts = [rows for rows in parts if len(np.unique(true[rows])) > 1]
    sizes = [int(rows.sum()) for rows in parts]
    scores = [agreement(*(np.unique(of[rows], return_inverse=True)[1] for of in (true, pred)), names) for rows in parts]
    mean = {name: np.average([s[name] for s in scores], weights=sizes) if parts else np.nan for name in names}
    return {name: float(value) for name, value in mean.items()}, sum(sizes)


def _predictability(patterns, groups, n_permutations, rng):
    """Measure how much better than chance a pattern tells the label."""
    row = {"n_rows": len(groups), "n_patterns": len(np.unique(patterns)), "predicts": False}
    if row["n_patterns"] < 2 or len(np.unique(groups)) < 2:
        return row
    counts = count(groups, patterns)
    shuffled = [count(groups, rng.permutation(patterns)) for _ in range(n_permutations)]
    row["ami"], row["ami_chance"] = ami(counts), float(np.quantile([ami(found) for found in shuffled], 0.95))
    row["balanced_accuracy"] = _balanced_accuracy(counts)
    row["balanced_accuracy_chance"] = float(np.quantile([_balanced_accuracy(found) for found in shuffled], 0.95))
    row["predicts"] = row["ami"] > max(PREDICTS, row["ami_chance"])
    return row


def _balanced_accuracy(counts):
    """Compute the recall of the guess with the best: for each pattern the label of which it has the greatest share."""
    shares = counts.n_rows / counts.in_true[counts.true]
    best = np.zeros(len(counts.in_pred))
    np.maximum.at(best, counts.pred, shares)
    return float(best.sum() / np.count_nonzero(counts.in_true))
