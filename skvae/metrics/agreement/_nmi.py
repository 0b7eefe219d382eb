"""Information that clusters and true labels share."""

from . import _contingency as _counts
from ._contingency import count
from ._labels import check_labels


def nmi_score(labels_true, labels_pred, *, average="arithmetic"):
    r"""Mutual information of clusters and true labels, as a share of the mean of their entropies.

    .. math:: NMI = \frac{I(C; K)}{\operatorname{mean}(H(C), H(K))}

    with :math:`C` the true labels and :math:`K` the clusters. It grows with the number of clusters, also where they
    mean nothing.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.
    average : {"arithmetic", "geometric", "min", "max"}, default="arithmetic"
        Mean of the two entropies. "arithmetic" is the V-measure; "min" gives 1 to a cluster for every row.

    Returns
    -------
    score : float
        Between 0 and 1, higher is better.

    Raises
    ------
    ValueError
        If a label is missing, the labellings do not label the same rows, or there is no such `average`.

    See Also
    --------
    ami_score : Adjusted for chance.

    References
    ----------
    A. Strehl and J. Ghosh, "Cluster ensembles: a knowledge reuse framework for combining multiple partitions", Journal
    of Machine Learning Research 3, 2002 (geometric).

    T. O. Kvålseth, "Entropy and correlation: some comments", IEEE Transactions on Systems, Man, and Cybernetics 17,
    1987 (arithmetic, min, max).

    Examples
    --------
    >>> from skvae.metrics import nmi_score
    >>> genres, clusters = ["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]
    >>> [round(nmi_score(genres, clusters, average=name), 2) for name in ("arithmetic", "geometric", "min", "max")]
    [0.8, 0.82, 1.0, 0.67]
    """
    true, pred = check_labels(labels_true, labels_pred)
    if average not in _counts.MEANS:
        raise ValueError(f"average is {average!r}; known are {', '.join(_counts.MEANS)}")
    return _counts.nmi(count(true, pred), average)


def ami_score(labels_true, labels_pred):
    r"""Mutual information of clusters and true labels, adjusted for chance.

    .. math:: AMI = \frac{I(C; K) - E[I(C; K)]}{\frac{1}{2} (H(C) + H(K)) - E[I(C; K)]}

    with :math:`C` the true labels, :math:`K` the clusters, and :math:`E` the mean over clusters of these sizes, dealt
    out at random.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        0 on average for clusters dealt out at random, at most 1; higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    ari_score : Counts pairs of rows, and so gives large clusters more weight.

    References
    ----------
    N. X. Vinh, J. Epps and J. Bailey, "Information theoretic measures for clusterings comparison: variants, properties,
    normalization and correction for chance", Journal of Machine Learning Research 11, 2010.

    Examples
    --------
    >>> from skvae.metrics import ami_score
    >>> ami_score(["rock", "rock", "jazz", "jazz"], [1, 1, 0, 0])
    1.0
    >>> round(ami_score(["rock", "rock", "jazz", "jazz"], [0, 1, 2, 3]), 2)
    0.0
    """
    return _counts.ami(count(*check_labels(labels_true, labels_pred)))


def homogeneity_score(labels_true, labels_pred):
    r"""How far each cluster holds a single true label.

    .. math:: h = 1 - \frac{H(C \mid K)}{H(C)}

    with :math:`C` the true labels and :math:`K` the clusters. A cluster for every row has homogeneity 1.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        Between 0 and 1, higher is better; 1 where there is a single true label.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    completeness_score : The reverse.
    v_measure_score : Both.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL, 2007.

    Examples
    --------
    >>> from skvae.metrics import homogeneity_score
    >>> round(homogeneity_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    1.0
    """
    return _counts.homogeneity(count(*check_labels(labels_true, labels_pred)))


def completeness_score(labels_true, labels_pred):
    r"""How far the rows of each true label lie in a single cluster.

    .. math:: c = 1 - \frac{H(K \mid C)}{H(K)}

    with :math:`C` the true labels and :math:`K` the clusters. One cluster for all rows has completeness 1,
    and so have rows that are all called noise.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        Between 0 and 1, higher is better; 1 where there is a single cluster.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    homogeneity_score : The reverse.
    v_measure_score : Both.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL, 2007.

    Examples
    --------
    >>> from skvae.metrics import completeness_score
    >>> round(completeness_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    0.67
    """
    return _counts.completeness(count(*check_labels(labels_true, labels_pred)))


def v_measure_score(labels_true, labels_pred):
    r"""Harmonic mean of homogeneity and completeness.

    .. math:: V = \frac{2 h c}{h + c}

    It is the NMI with the arithmetic mean.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster.

    Returns
    -------
    score : float
        Between 0 and 1, higher is better.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    nmi_score : The same, and with other means.
    homogeneity_score : One half.
    completeness_score : The other half.

    References
    ----------
    A. Rosenberg and J. Hirschberg, "V-measure: a conditional entropy-based external cluster evaluation measure",
    EMNLP-CoNLL, 2007.

    Examples
    --------
    >>> from skvae.metrics import v_measure_score
    >>> round(v_measure_score(["rock", "rock", "jazz", "jazz"], [0, 0, 1, 2]), 2)
    0.8
    """
    return _counts.nmi(count(*check_labels(labels_true, labels_pred)))
