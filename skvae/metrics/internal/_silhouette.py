"""Scores of clusters within a table, without true labels.

One rule for all: rows labelled -1, in no cluster, are together one more cluster; rows that are all NaN are left out;
a score that is not defined, with less than two clusters or as many clusters as rows, is NaN.
"""

import numpy as np
from sklearn import metrics
from sklearn.metrics.pairwise import nan_euclidean_distances
from sklearn.utils import check_array, check_consistent_length, check_random_state

from ..agreement._labels import encode_labels

SAMPLE_SIZE = 5000  # rows; the distances of 5000 rows with gaps take about 0.5 GB and 3 s


def silhouette_score(X, labels_pred, *, sample_size=SAMPLE_SIZE, random_state=0):
    r"""Mean silhouette of the clusters of a table that may have gaps.

    .. math:: s = \frac{1}{n} \sum_i \frac{b_i - a_i}{\max(a_i, b_i)}

    with :math:`a_i` the mean distance of row :math:`i` to the others of its cluster, and :math:`b_i` that to the rows
    of the nearest other cluster. It says something of the clusters in this table alone: silhouettes of different tables
    must not be compared.

    Where values are missing, the distance of two rows is that over the columns which both have, scaled to all columns
    (`sklearn.metrics.pairwise.nan_euclidean_distances`); two rows without a column in common are as far apart as the
    mean of the other pairs.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        May contain NaN. Rows that are all NaN do not take part.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.
    sample_size : int or None, default=5000
        Of more rows than this, a random sample is measured; None measures all.
    random_state : int, RandomState instance or None, default=0
        Draws the sample.

    Returns
    -------
    score : float
        Between -1 and 1, higher is better; NaN with less than two clusters, or as many clusters as rows.

    See Also
    --------
    calinski_harabasz_score : Quicker, for tables without gaps.
    davies_bouldin_score : Quicker, for tables without gaps.

    References
    ----------
    P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", Journal of
    Computational and Applied Mathematics 20, 1987.

    Examples
    --------
    >>> from skvae.metrics import silhouette_score
    >>> round(silhouette_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1]), 2)
    0.9
    """
    silhouettes = silhouette_rows(X, labels_pred, sample_size=sample_size, random_state=random_state)
    return float(np.mean(silhouettes)) if len(silhouettes) else np.nan


def silhouette_rows(X, labels_pred, *, sample_size=SAMPLE_SIZE, random_state=0):
    """Return the silhouette of every row that `silhouette_score` measures; none where it is not defined."""
    X, labels = _measured_rows(X, labels_pred)
    if sample_size is not None and len(X) > sample_size:
        sample = np.sort(check_random_state(random_state).choice(len(X), sample_size, replace=False))
        X, labels = X[sample], labels[sample]
    if not _is_defined(labels):
        return np.empty(0)
    if not np.isnan(X).any():
        return metrics.silhouette_samples(X, labels)
    return metrics.silhouette_samples(distances(X), labels, metric="precomputed")


def distances(X):
    """Return the distances of all pairs of rows of a table that may have gaps."""
    if not np.isnan(X).any():
        return metrics.pairwise_distances(X)
    found = nan_euclidean_distances(X)
    unknown = np.isnan(found)
    if unknown.any():
        found[unknown] = found[~unknown & ~np.eye(len(X), dtype=bool)].mean()
    return found


def calinski_harabasz_score(X, labels_pred):
    r"""Scatter between clusters over scatter within them, each by its degrees of freedom.

    .. math:: CH = \frac{\operatorname{tr} B / (k - 1)}{\operatorname{tr} W / (n - k)}

    with :math:`B` and :math:`W` the scatter of :math:`k` cluster means about the mean and of :math:`n` rows about their
    cluster's mean. It grows with the number of rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows that are all NaN do not take part.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        0 and above, higher is better; NaN where `X` has gaps, with less than two clusters, or as many as rows.

    References
    ----------
    T. Caliński and J. Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3, 1974.

    Examples
    --------
    >>> from skvae.metrics import calinski_harabasz_score
    >>> calinski_harabasz_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    200.0
    """
    return _within(metrics.calinski_harabasz_score, X, labels_pred)


def davies_bouldin_score(X, labels_pred):
    r"""Mean likeness of each cluster to the one most like it.

    .. math:: DB = \frac{1}{k} \sum_i \max_{j \ne i} \frac{s_i + s_j}{d_{ij}}

    with :math:`s_i` the mean distance of the rows of cluster :math:`i` to its mean, and :math:`d_{ij}` the distance of
    two means.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows that are all NaN do not take part.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        0 and above, lower is better; NaN where `X` has gaps, with less than two clusters, or as many as rows.

    References
    ----------
    D. L. Davies and D. W. Bouldin, "A cluster separation measure", IEEE Transactions on Pattern Analysis and Machine
    Intelligence 1, 1979.

    Examples
    --------
    >>> from skvae.metrics import davies_bouldin_score
    >>> davies_bouldin_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    0.1
    """
    return _within(metrics.davies_bouldin_score, X, labels_pred)


def _within(score, X, labels_pred):
    X, labels = _measured_rows(X, labels_pred)
    return float(score(X, labels)) if _is_defined(labels) and not np.isnan(X).any() else np.nan


def _measured_rows(X, labels_pred):
    X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="X")
    labels, _ = encode_labels(labels_pred, "labels_pred")
    check_consistent_length(X, labels)
    kept = ~np.isnan(X).all(axis=1)
    return X[kept], labels[kept]


def _is_defined(labels):
    return 2 <= len(np.unique(labels)) <= len(labels) - 1
