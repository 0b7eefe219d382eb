"""Alignment of cluster labels after a refit."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix
from sklearn.utils.validation import column_or_1d


@dataclass
class Alignment:
    """Result of `align_labels`.

    Attributes
    ----------
    labels : ndarray of int of shape (n_samples,)
        Renumbered labels of the new clustering.
    churn : float
        Fraction of the rows whose label changed, between 0 and 1.
    numbers : dict of int to int
        Mapping from the labels before the renumbering to the labels in `labels`.
    appeared : list of int
        Labels of new clusters without a matching old cluster.
    vanished : list of int
        Labels of old clusters without a matching new cluster.

    See Also
    --------
    align_labels : Align two clusterings.

    Examples
    --------
    >>> from skvae.cluster import align_labels
    >>> alignment = align_labels([0, 0, 1, 1], [1, 1, 1, 2])
    >>> alignment.numbers, alignment.appeared, alignment.churn
    ({1: 0, 2: 1}, [], 0.25)
    """

    labels: np.ndarray
    churn: float
    numbers: dict
    appeared: list
    vanished: list


def align_labels(labels_old, labels_new):
    r"""Renumber the clusters of a refit so that they agree best with the previous clusters.

    Old and new clusters are matched one to one, such that the number of rows with an unchanged label is maximal [1]_.
    If several matchings have this maximum, the matching with the most unchanged cluster numbers is used. The churn is
    the fraction of rows whose label changed:

    .. math:: \frac 1n \sum_{i=1}^n \left[\text{old}_i \ne \sigma(\text{new}_i)\right]

    where :math:`\sigma` is the renumbering.

    Parameters
    ----------
    labels_old : array-like of int of shape (n_samples,)
        Labels before the refit. -1 for rows without a cluster.
    labels_new : array-like of int of shape (n_samples,)
        Labels of the same rows after the refit. -1 for rows without a cluster.

    Returns
    -------
    Alignment
        Renumbered labels and churn. The number of a cluster without a matching old cluster is greater than all old
        numbers, so that no number changes its meaning. Rows with the label -1 keep it.

    Raises
    ------
    ValueError
        If the labels are not integers of at least -1, or the numbers of rows differ.

    See Also
    --------
    skvae.metrics.clustering_accuracy_score : Accuracy of the same matching with true labels.

    References
    ----------
    .. [1] H. W. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2, 1955.

    Examples
    --------
    >>> from skvae.cluster import align_labels
    >>> aligned = align_labels([0, 0, 0, 1, 1, 2], [1, 1, 0, 0, 0, 3])
    >>> aligned.labels, round(aligned.churn, 3)
    (array([0, 0, 1, 1, 1, 2]), 0.167)
    """
    old, new = _check_labels(labels_old, "labels_old"), _check_labels(labels_new, "labels_new")
    if len(old) != len(new):
        raise ValueError(f"labels_old and labels_new must have the same length, got {len(old)} and {len(new)}.")
    before, after = np.unique(old[old >= 0]), np.unique(new[new >= 0])
    both = (old >= 0) & (new >= 0)
    numbers = {}
    if both.any():
        rows, columns = np.unique(old[both]), np.unique(new[both])
        counts = contingency_matrix(old[both], new[both])
        # One row has a greater weight than all ties, so equal numbers only decide between equally good matchings.
        is_same_number = (counts > 0) & (rows[:, None] == columns)
        matched = zip(*linear_sum_assignment(counts * (len(rows) + 1) + is_same_number, maximize=True), strict=True)
        numbers = {int(columns[j]): int(rows[i]) for i, j in matched if counts[i, j]}
    vanished = sorted(set(before.tolist()) - set(numbers.values()))
    first = int(before[-1]) + 1 if len(before) else 0
    unmatched = [number for number in after.tolist() if number not in numbers]
    numbers |= {number: first + i for i, number in enumerate(unmatched)}
    labels = np.array([numbers.get(number, -1) for number in new.tolist()], dtype=int)
    appeared = [numbers[number] for number in unmatched]
    return Alignment(labels, float((labels != old).mean()), dict(sorted(numbers.items())), appeared, vanished)


def _check_labels(labels, name):
    """Return the labels as an array of integers of at least -1."""
    labels = column_or_1d(labels)
    if not len(labels):
        raise ValueError(f"{name} must contain at least one label, got an empty array.")
    if labels.dtype.kind not in "iu" or labels.min() < -1:
        raise ValueError(f"{name} must contain integers of at least -1, got {labels[:3].tolist()}.")
    return labels.astype(int)
