"""All metrics of one clustering at once, and what chance would reach."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from ..agreement import _contingency as _counts
from ..agreement._accuracy import clustering_accuracy_score
from ..agreement._ari import ari_score, fowlkes_mallows_score
from ..agreement._labels import encode_labels, missing_labels
from ..agreement._nmi import ami_score, completeness_score, homogeneity_score, nmi_score, v_measure_score
from ..agreement._purity import purity_score
from ..internal._silhouette import (
    SAMPLE_SIZE,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_rows,
    silhouette_score,
)


class Metric(NamedTuple):
    """A metric of clusters.

    Parameters
    ----------
    function : callable
        `function(labels_true, labels_pred)` where true labels are needed, else `function(X, labels_pred)`.
    direction : {"higher", "lower"}
        Which values are better.
    needs_labels : bool
        Whether true labels are needed.
    per_row : callable or None, default=None
        For a metric that compares all pairs of rows, and is a mean over rows: `per_row(X, labels_pred, *, sample_size,
        random_state)` returns what it is the mean of. `function` then takes the same keywords.
    of_counts : callable or None, default=None
        For a metric that needs labels: the same as `function`, from the counts of pairs of true label and cluster.
        Where it is None, resamples and permutations call `function`, which takes longer.

    Examples
    --------
    >>> from skvae.metrics import METRICS
    >>> metric = METRICS["purity"]
    >>> metric.direction, metric.needs_labels
    ('higher', True)
    >>> metric.function(["rock", "rock", "rock", "jazz"], [0, 0, 1, 1])
    0.75
    """

    function: Callable
    direction: str
    needs_labels: bool
    per_row: Callable | None = None
    of_counts: Callable | None = None


METRICS = {
    "silhouette": Metric(silhouette_score, "higher", needs_labels=False, per_row=silhouette_rows),
    "calinski_harabasz": Metric(calinski_harabasz_score, "higher", needs_labels=False),
    "davies_bouldin": Metric(davies_bouldin_score, "lower", needs_labels=False),
    "ari": Metric(ari_score, "higher", needs_labels=True, of_counts=_counts.ari),
    "nmi": Metric(nmi_score, "higher", needs_labels=True, of_counts=_counts.nmi),
    "ami": Metric(ami_score, "higher", needs_labels=True, of_counts=_counts.ami),
    "purity": Metric(purity_score, "higher", needs_labels=True, of_counts=_counts.purity),
    "accuracy": Metric(clustering_accuracy_score, "higher", needs_labels=True, of_counts=_counts.accuracy),
    "homogeneity": Metric(homogeneity_score, "higher", needs_labels=True, of_counts=_counts.homogeneity),
    "completeness": Metric(completeness_score, "higher", needs_labels=True, of_counts=_counts.completeness),
    "v_measure": Metric(v_measure_score, "higher", needs_labels=True, of_counts=_counts.nmi),
    "fowlkes_mallows": Metric(fowlkes_mallows_score, "higher", needs_labels=True, of_counts=_counts.fowlkes_mallows),
} | {
    f"nmi_{average}": Metric(
        partial(nmi_score, average=average),
        "higher",
        needs_labels=True,
        of_counts=partial(_counts.nmi, average=average),
    )
    for average in ("geometric", "min", "max")
}


def agreement(true, pred, names):
    """Measure clusters against labels, both in codes, by those of some metrics that need labels."""
    counts = _counts.count(true, pred)
    values = {}
    for name in names:
        metric = METRICS[name]
        if metric.needs_labels:
            values[name] = metric.function(true, pred) if metric.of_counts is None else metric.of_counts(counts)
    return values


def cluster_metrics(X, labels_pred, labels_true=None, *, names=None, sample_size=SAMPLE_SIZE, random_state=0):
    """Measure a clustering by the metrics of `METRICS`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or None
        Table that the metrics which need no labels are measured in, which may have gaps (NaN); None leaves them out.
        Rows that are all NaN do not take part.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster, in every metric: calling rows
        noise gains nothing over putting them into a cluster.
    labels_true : array-like of shape (n_samples,), default=None
        True labels. Rows where it is None or NaN do not take part in the metrics that need it.
    names : sequence of str or None, default=None
        Which metrics; None takes all.
    sample_size : int or None, default=5000
        Of more rows than this, the silhouette takes a random sample; None takes all.
    random_state : int, RandomState instance or None, default=0
        Draws the sample.

    Returns
    -------
    values : dict of str to float
        A value for each of the names; NaN where a metric is not defined: with a single cluster, as many clusters as
        rows, no true labels, or, for Calinski-Harabasz and Davies-Bouldin, gaps in `X`.

    Raises
    ------
    ValueError
        If there is no metric of a name, a cluster is missing, or lengths differ.

    See Also
    --------
    chance_metrics : The same for labels dealt out at random.

    Examples
    --------
    >>> from skvae.metrics import METRICS, cluster_metrics
    >>> X, clusters, genres = [[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1], ["rock", "rock", "jazz", "rock"]
    >>> values = cluster_metrics(X, clusters, genres, names=["silhouette", "davies_bouldin", "ami", "nmi", "purity"])
    >>> for name, value in values.items():
    ...     print(f"{name:14} {value:5.2f}  {METRICS[name].direction} is better")
    silhouette      0.90  higher is better
    davies_bouldin  0.10  lower is better
    ami             0.00  higher is better
    nmi             0.34  higher is better
    purity          0.75  higher is better
    """
    names = check_names(names)
    labels_pred, _ = encode_labels(labels_pred, "labels_pred")
    values = dict.fromkeys(names, np.nan)
    if X is not None:
        check_consistent_length(X, labels_pred)
        for name in names:
            metric = METRICS[name]
            if not metric.needs_labels:
                sampled = {} if metric.per_row is None else {"sample_size": sample_size, "random_state": random_state}
                values[name] = metric.function(X, labels_pred, **sampled)
    if labels_true is not None:
        known, true = known_labels(labels_true, len(labels_pred))
        if known.any():
            values |= agreement(true, labels_pred[known], names)
    return values


def check_names(names):
    """Return the names of metrics as a list: all of `METRICS` for None."""
    if names is None:
        return list(METRICS)
    for name in names:
        if name not in METRICS:
            raise ValueError(f"there is no metric {name!r} in names; known are {', '.join(METRICS)}")
    return list(names)


def known_labels(labels_true, n_rows):
    """Return the mask of the rows whose true label is known, and the codes of these."""
    labels_true = np.asarray(labels_true, dtype=object)
    if len(labels_true) != n_rows:
        raise ValueError(f"labels_true has {len(labels_true)} rows and labels_pred {n_rows}; both must label the same")
    known = ~missing_labels(labels_true)
    return known, encode_labels(labels_true[known], "labels_true")[0] if known.any() else np.empty(0, dtype=int)


def chance_metrics(
    X, labels_pred, labels_true=None, *, names=None, n_permutations=10, sample_size=1000, random_state=0
):
    """Measure what the same clusters, dealt out at random, would reach: the mean of `cluster_metrics`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or None
        As for `cluster_metrics`.
    labels_pred : array-like of shape (n_samples,)
        Clusters, which are shuffled over the rows: their sizes stay.
    labels_true : array-like of shape (n_samples,), default=None
        As for `cluster_metrics`.
    names : sequence of str or None, default=None
        Which metrics; None takes all.
    n_permutations : int, default=10
        Number of shuffles.
    sample_size : int or None, default=1000
        Of more rows than this, the silhouette takes a random sample; None takes all.
    random_state : int, RandomState instance or None, default=0
        Governs shuffles and samples.

    Returns
    -------
    values : dict of str to float
        A value for each of the names; NaN where a metric is not defined.

    Examples
    --------
    >>> from skvae.metrics import chance_metrics
    >>> genres, clusters = ["rock", "jazz"] * 50, [0, 1] * 50
    >>> values = chance_metrics(None, clusters, genres)
    >>> 0.5 <= values["purity"] < 0.6  # two clusters always reach a half
    True
    """
    random_state, labels_pred = check_random_state(random_state), np.asarray(labels_pred, dtype=object)
    settings = {"names": names, "sample_size": sample_size, "random_state": random_state}
    shuffled = [
        cluster_metrics(X, random_state.permutation(labels_pred), labels_true, **settings)
        for _ in range(n_permutations)
    ]
    return {name: float(np.mean([values[name] for values in shuffled])) for name in check_names(names)}
