"""Clustering accuracy."""

from ._contingency import accuracy, count
from ._labels import check_labels


def clustering_accuracy_score(labels_true, labels_pred):
    r"""Share of the rows whose cluster is matched with their true label, under the best one-to-one matching.

    .. math:: accuracy = \frac{1}{n} \max_m \sum_k |C_{m(k)} \cap K_k|

    with :math:`C` the true labels, :math:`K` the clusters and :math:`m` one-to-one, found by the Hungarian method.
    Where there are more clusters than true labels, or fewer, what is left over counts as an error.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    accuracy : float
        Between 0 and 1, higher is better; never above the purity.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    purity_score : Clusters may share a true label.

    References
    ----------
    Yang, Xu, Nie, Yan and Zhuang (2010). Image clustering using local discriminant models and global integration.
    IEEE Transactions on Image Processing 19(10).

    Examples
    --------
    >>> from skvae.metrics import clustering_accuracy_score
    >>> clustering_accuracy_score(["rock", "rock", "jazz", "jazz"], [1, 1, 0, 0])
    1.0
    >>> clustering_accuracy_score(["rock", "rock", "jazz", "jazz"], [1, 2, 0, 0])
    0.75
    """
    return accuracy(count(*check_labels(labels_true, labels_pred)))
