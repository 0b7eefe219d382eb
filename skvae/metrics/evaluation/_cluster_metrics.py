"""All metrics of one clustering, and their chance levels."""

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from ..agreement._contingency import count_pairs
from ..agreement._labels import encode_labels, missing_labels
from ..internal._validation import SAMPLE_SIZE
from ._registry import METRICS, check_metric_names


def cluster_metrics(X, labels_pred, labels_true=None, *, names=None, sample_size=SAMPLE_SIZE, random_state=0):
    """Compute the metrics of a clustering.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or None
        Table in which the internal metrics are measured, may contain NaN. Rows with only NaN are ignored. If None,
        internal metrics are NaN.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster in every metric. Labeling rows as noise
        therefore never scores better than placing them in one cluster.
    labels_true : array-like of shape (n_samples,), default=None
        True labels. Rows with None or NaN are ignored by the metrics that need true labels.
    names : sequence of str or None, default=None
        Names of the metrics, from `METRICS`. If None, all metrics are computed.
    sample_size : int or None, default=5000
        Maximum number of rows for the silhouette. Larger tables are sampled at random. If None, all rows are used.
    random_state : int, RandomState instance or None, default=0
        Seed for the random sample.

    Returns
    -------
    values : dict of str to float
        One value for each name. A value is NaN if the metric is undefined. Internal metrics need at least two clusters
        and fewer clusters than rows. Calinski-Harabasz and Davies-Bouldin also need a table without missing values.
        Other metrics need true labels.

    Raises
    ------
    ValueError
        If a name is unknown, if a cluster label is missing, or if the lengths differ.

    See Also
    --------
    chance_metrics : The same metrics for random clusters.
    evaluate_clusters : Metrics with chance levels, intervals and leaks.

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
    names = check_metric_names(names)
    labels_pred, _ = encode_labels(labels_pred, "labels_pred")
    values = dict.fromkeys(names, np.nan)
    if X is not None:
        check_consistent_length(X, labels_pred)
        for name in names:
            metric = METRICS[name]
            if not metric.needs_labels:
                sampling = {} if metric.per_row is None else {"sample_size": sample_size, "random_state": random_state}
                values[name] = metric.function(X, labels_pred, **sampling)
    if labels_true is not None:
        known, true = _encode_known_labels(labels_true, len(labels_pred))
        if known.any():
            values |= compute_agreement(true, labels_pred[known], names)
    return values


def chance_metrics(
    X, labels_pred, labels_true=None, *, names=None, n_permutations=10, sample_size=1000, random_state=0
):
    """Compute the chance level of each metric: its mean over random permutations of the clusters.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or None
        Table in which the internal metrics are measured, as in `cluster_metrics`.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. They are shuffled over the rows, which keeps the sizes of the clusters.
    labels_true : array-like of shape (n_samples,), default=None
        True labels, as in `cluster_metrics`.
    names : sequence of str or None, default=None
        Names of the metrics, from `METRICS`. If None, all metrics are computed.
    n_permutations : int, default=10
        Number of permutations.
    sample_size : int or None, default=1000
        Maximum number of rows for the silhouette. Larger tables are sampled at random. If None, all rows are used.
    random_state : int, RandomState instance or None, default=0
        Seed for the permutations and the random samples.

    Returns
    -------
    values : dict of str to float
        One value for each name. A value is NaN if the metric is undefined.

    See Also
    --------
    cluster_metrics : The metrics of the clusters themselves.

    Examples
    --------
    >>> from skvae.metrics import chance_metrics
    >>> genres, clusters = ["rock", "jazz"] * 50, [0, 1] * 50
    >>> values = chance_metrics(None, clusters, genres)
    >>> 0.5 <= values["purity"] < 0.6  # the purity of two clusters is at least 0.5
    True
    """
    random_state, labels_pred = check_random_state(random_state), np.asarray(labels_pred, dtype=object)
    settings = {"names": names, "sample_size": sample_size, "random_state": random_state}
    shuffled = [
        cluster_metrics(X, random_state.permutation(labels_pred), labels_true, **settings)
        for _ in range(n_permutations)
    ]
    return {name: float(np.mean([values[name] for values in shuffled])) for name in check_metric_names(names)}


def compute_agreement(true, pred, names):
    """Compute the metrics that need true labels, among the given names, from two labelings encoded as integers."""
    counts = count_pairs(true, pred)
    values = {}
    for name in names:
        metric = METRICS[name]
        if metric.needs_labels:
            values[name] = metric.function(true, pred) if metric.of_counts is None else metric.of_counts(counts)
    return values


def _encode_known_labels(labels_true, n_rows):
    """Return the mask of the rows with a true label, and the codes of these labels."""
    labels_true = np.asarray(labels_true, dtype=object)
    if len(labels_true) != n_rows:
        raise ValueError(
            f"labels_true has {len(labels_true)} rows, but labels_pred has {n_rows} rows. "
            "Both must label the same rows."
        )
    known = ~missing_labels(labels_true)
    return known, encode_labels(labels_true[known], "labels_true")[0] if known.any() else np.empty(0, dtype=int)
