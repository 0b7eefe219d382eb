"""Calinski-Harabasz index."""

from sklearn import metrics

from .._metric import Metric
from ._validation import score_complete_table


def calinski_harabasz_score(X, labels_pred):
    r"""Compute the Calinski-Harabasz index, the ratio of the scatter between and within clusters.

    .. math:: CH = \frac{\operatorname{tr} B / (k - 1)}{\operatorname{tr} W / (n - k)}

    where :math:`B` is the scatter of the :math:`k` cluster means around the overall mean. :math:`W` is the scatter of
    the :math:`n` rows around the means of their clusters. The index increases with the number of rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Table in which the scatter is measured. Rows with only NaN are ignored.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster.

    Returns
    -------
    score : float
        Score of at least 0. Higher is better. The score is NaN if `X` has missing values, with fewer than two clusters,
        or with as many clusters as rows.

    See Also
    --------
    silhouette_score : Supports missing values.

    References
    ----------
    T. Caliński and J. Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3, 1974.

    Examples
    --------
    >>> from skvae.metrics import calinski_harabasz_score
    >>> calinski_harabasz_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    200.0
    """
    return score_complete_table(metrics.calinski_harabasz_score, X, labels_pred)


METRIC = Metric(calinski_harabasz_score, "higher", needs_labels=False)
