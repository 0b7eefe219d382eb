"""Silhouette coefficient."""

import numpy as np
from sklearn import metrics
from sklearn.utils import check_random_state

from .._metric import Metric
from ._validation import SAMPLE_SIZE, check_clustering, is_defined, pairwise_distances


def silhouette_score(X, labels_pred, *, sample_size=SAMPLE_SIZE, random_state=0):
    r"""Compute the mean silhouette coefficient of all rows. Missing values are supported.

    .. math:: s = \frac{1}{n} \sum_i \frac{b_i - a_i}{\max(a_i, b_i)}

    where :math:`a_i` is the mean distance of row :math:`i` to the other rows of its cluster. :math:`b_i` is the mean
    distance to the rows of the nearest other cluster. Silhouettes measured in different tables are not comparable.

    If values are missing, the distance of two rows uses the columns that both rows have, scaled to all columns
    (`sklearn.metrics.pairwise.nan_euclidean_distances`). Pairs of rows without a common column get the mean distance of
    the other pairs.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Table in which the distances are measured, may contain NaN. Rows with only NaN are ignored.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.
    sample_size : int or None, default=5000
        Maximum number of rows. Larger tables are sampled at random. If None, all rows are used.
    random_state : int, RandomState instance or None, default=0
        Seed for the random sample.

    Returns
    -------
    score : float
        Score between -1 and 1. Higher is better. The score is NaN with fewer than two clusters, or with as many
        clusters as rows.

    See Also
    --------
    calinski_harabasz_score : Faster, for tables without missing values.
    davies_bouldin_score : Faster, for tables without missing values.

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
    silhouettes = silhouette_per_row(X, labels_pred, sample_size=sample_size, random_state=random_state)
    return float(np.mean(silhouettes)) if len(silhouettes) else np.nan


def silhouette_per_row(X, labels_pred, *, sample_size=SAMPLE_SIZE, random_state=0):
    """Return the silhouette coefficient of each sampled row, or an empty array if the silhouette is undefined."""
    X, labels = check_clustering(X, labels_pred)
    if sample_size is not None and len(X) > sample_size:
        sample = np.sort(check_random_state(random_state).choice(len(X), sample_size, replace=False))
        X, labels = X[sample], labels[sample]
    if not is_defined(labels):
        return np.empty(0)
    if not np.isnan(X).any():
        return metrics.silhouette_samples(X, labels)
    return metrics.silhouette_samples(pairwise_distances(X), labels, metric="precomputed")


METRIC = Metric(silhouette_score, "higher", needs_labels=False, per_row=silhouette_per_row)
