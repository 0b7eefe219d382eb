"""All metrics of one clustering at once, and what chance would reach."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from sklearn import metrics
from sklearn.utils import check_consistent_length, check_random_state

from ._internal import SAMPLE_SIZE, calinski_harabasz_score, davies_bouldin_score, silhouette_score
from ._labels import check_labels, missing_labels
from ._purity import purity_score


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


def nmi_score(labels_true, labels_pred):
    """Normalised mutual information (0 to 1); rows labelled -1 are one more cluster."""
    return float(metrics.normalized_mutual_info_score(*check_labels(labels_true, labels_pred)))


def ami_score(labels_true, labels_pred):
    """Mutual information adjusted for chance (0 for chance, at most 1); rows labelled -1 are one more cluster."""
    return float(metrics.adjusted_mutual_info_score(*check_labels(labels_true, labels_pred)))


def ari_score(labels_true, labels_pred):
    """Rand index adjusted for chance (0 for chance, at most 1); rows labelled -1 are one more cluster."""
    return float(metrics.adjusted_rand_score(*check_labels(labels_true, labels_pred)))


METRICS = {
    "silhouette": Metric(silhouette_score, "higher", needs_labels=False),
    "calinski_harabasz": Metric(calinski_harabasz_score, "higher", needs_labels=False),
    "davies_bouldin": Metric(davies_bouldin_score, "lower", needs_labels=False),
    "ari": Metric(ari_score, "higher", needs_labels=True),
    "nmi": Metric(nmi_score, "higher", needs_labels=True),
    "ami": Metric(ami_score, "higher", needs_labels=True),
    "purity": Metric(purity_score, "higher", needs_labels=True),
}


def cluster_metrics(X, labels_pred, labels_true=None, *, sample_size=SAMPLE_SIZE, random_state=0):
    """Measure a clustering by every metric of `METRICS`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or None
        Table that silhouette, Calinski-Harabasz and Davies-Bouldin are measured in, which may have gaps (NaN); None
        leaves them out. Rows labelled -1 and rows that are all NaN do not take part.
    labels_pred : array-like of shape (n_samples,)
        Clusters; -1 marks a row in no cluster: an error for purity, and one more cluster for ARI, NMI and AMI.
    labels_true : array-like of shape (n_samples,), default=None
        True labels. Rows where it is None or NaN do not take part in the metrics that need it.
    sample_size : int or None, default=5000
        Of more rows than this, the silhouette takes a random sample; None takes all.
    random_state : int, RandomState instance or None, default=0
        Draws the sample.

    Returns
    -------
    values : dict of str to float
        One value for each name of `METRICS`; NaN where a metric is not defined: with a single cluster, as many
        clusters as rows, no true labels, or, for Calinski-Harabasz and Davies-Bouldin, gaps in `X`.

    See Also
    --------
    chance_metrics : The same for labels dealt out at random.

    Examples
    --------
    >>> from skvae.metrics import METRICS, cluster_metrics
    >>> values = cluster_metrics([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1], ["rock", "rock", "jazz", "rock"])
    >>> for name, value in values.items():
    ...     print(f"{name:17} {value:6.2f}  {METRICS[name].direction} is better")
    silhouette          0.90  higher is better
    calinski_harabasz 200.00  higher is better
    davies_bouldin      0.10  lower is better
    ari                 0.00  higher is better
    nmi                 0.34  higher is better
    ami                 0.00  higher is better
    purity              0.75  higher is better
    """
    labels_pred = np.asarray(labels_pred, dtype=object)
    values = dict.fromkeys(METRICS, np.nan)
    if X is not None:
        values["silhouette"] = silhouette_score(X, labels_pred, sample_size=sample_size, random_state=random_state)
        values["calinski_harabasz"] = calinski_harabasz_score(X, labels_pred)
        values["davies_bouldin"] = davies_bouldin_score(X, labels_pred)
    if labels_true is not None:
        labels_true = np.asarray(labels_true, dtype=object)
        check_consistent_length(labels_pred, labels_true)
        known = ~missing_labels(labels_true)
        if known.any():
            for name, metric in METRICS.items():
                if metric.needs_labels:
                    values[name] = metric.function(labels_true[known], labels_pred[known])
    return values


def chance_metrics(X, labels_pred, labels_true=None, *, n_permutations=10, sample_size=1000, random_state=0):
    """Measure what the same clusters, dealt out at random, would reach: the mean of `cluster_metrics`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or None
        As for `cluster_metrics`.
    labels_pred : array-like of shape (n_samples,)
        Clusters, which are shuffled over the rows: their sizes stay.
    labels_true : array-like of shape (n_samples,), default=None
        As for `cluster_metrics`.
    n_permutations : int, default=10
        Number of shuffles.
    sample_size : int or None, default=1000
        Of more rows than this, the silhouette takes a random sample; None takes all.
    random_state : int, RandomState instance or None, default=0
        Governs shuffles and samples.

    Returns
    -------
    values : dict of str to float
        One value for each name of `METRICS`; NaN where a metric is not defined.

    Examples
    --------
    >>> from skvae.metrics import chance_metrics
    >>> genres, clusters = ["rock", "jazz"] * 50, [0, 1] * 50
    >>> values = chance_metrics(None, clusters, genres)
    >>> 0.5 <= values["purity"] < 0.6  # two clusters always reach a half
    True
    """
    random_state = check_random_state(random_state)
    labels_pred = np.asarray(labels_pred, dtype=object)
    shuffled = [
        cluster_metrics(
            X, random_state.permutation(labels_pred), labels_true, sample_size=sample_size, random_state=random_state
        )
        for _ in range(n_permutations)
    ]
    return {name: float(np.mean([values[name] for values in shuffled])) for name in METRICS}
