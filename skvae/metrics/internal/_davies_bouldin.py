"""Davies-Bouldin index."""

from sklearn import metrics

from .._metric import Metric
from ._validation import score_complete_table


def davies_bouldin_score(X, labels_pred):
    r"""Compute the Davies-Bouldin index, the mean similarity of each cluster to its most similar cluster.

    .. math:: DB = \frac{1}{k} \sum_i \max_{j \ne i} \frac{s_i + s_j}{d_{ij}}

    where :math:`s_i` is the mean distance of the rows of cluster :math:`i` to the cluster mean. :math:`d_{ij}` is the
    distance between the means of clusters :math:`i` and :math:`j`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Table in which the distances are measured. Rows with only NaN are ignored.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score of at least 0. Lower is better. The score is NaN if `X` has missing values, with fewer than two clusters,
        or with as many clusters as rows.

    See Also
    --------
    silhouette_score : Supports missing values.

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
    return score_complete_table(metrics.davies_bouldin_score, X, labels_pred)


METRIC = Metric(davies_bouldin_score, "lower", needs_labels=False)
