"""Cluster numbers that stay over a refit."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix
from sklearn.utils.validation import column_or_1d


@dataclass
class Alignment:
    """A new clustering in the numbers of an old one; made by `align_labels`.

    Attributes
    ----------
    labels : ndarray of int of shape (n_samples,)
        The new clustering, renumbered.
    churn : float
        Share of the rows that changed cluster, from 0 to 1.
    numbers : dict of int to int
        From each number of the new clustering to the one that it has in `labels`.
    appeared : list of int
        Numbers in `labels` of clusters that continue no old one.
    vanished : list of int
        Numbers of old clusters that no new one continues.
    """

    labels: np.ndarray
    churn: float
    numbers: dict
    appeared: list
    vanished: list


def align_labels(labels_old, labels_new):
    r"""Renumber the clusters of a refit so that they agree best with those before it.

    Clusters are matched one to one so that as many rows as possible keep their number [1]_; of equally good matchings,
    that which leaves most numbers as they are. The churn is the share of rows that do not:

    .. math:: \frac 1n \sum_{i=1}^n \left[\text{old}_i \ne \sigma(\text{new}_i)\right]

    with :math:`\sigma` the renumbering.

    Parameters
    ----------
    labels_old : array-like of int of shape (n_samples,)
        Clusters before; -1 for a row in none.
    labels_new : array-like of int of shape (n_samples,)
        Clusters of the same rows after; -1 for a row in none, which it stays.

    Returns
    -------
    Alignment
        The renumbered labels and the churn. A cluster that continues no old one gets a number above all old ones, so
        that no number changes its meaning.

    Raises
    ------
    ValueError
        If the labels are no whole numbers from -1, or not of the same rows.

    See Also
    --------
    skvae.metrics.clustering_accuracy_score : The same matching, with true labels.

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
    old, new = _numbers(labels_old, "labels_old"), _numbers(labels_new, "labels_new")
    if len(old) != len(new):
        raise ValueError(f"labels_old has {len(old)} rows and labels_new {len(new)}: both must label the same rows.")
    before, after = np.unique(old[old >= 0]), np.unique(new[new >= 0])
    both = (old >= 0) & (new >= 0)
    numbers = {}
    if both.any():
        rows, columns = np.unique(old[both]), np.unique(new[both])
        counts = contingency_matrix(old[both], new[both])
        # A row counts more than all ties together; equal numbers decide between matchings that keep as many rows.
        keeps = (counts > 0) & (rows[:, None] == columns)
        matched = zip(*linear_sum_assignment(counts * (len(rows) + 1) + keeps, maximize=True), strict=True)
        numbers = {int(columns[j]): int(rows[i]) for i, j in matched if counts[i, j]}
    vanished = sorted(set(before.tolist()) - set(numbers.values()))
    first = int(before[-1]) + 1 if len(before) else 0
    fresh = [number for number in after.tolist() if number not in numbers]
    numbers |= {number: first + i for i, number in enumerate(fresh)}
    labels = np.array([numbers.get(number, -1) for number in new.tolist()], dtype=int)
    appeared = [numbers[number] for number in fresh]
    return Alignment(labels, float((labels != old).mean()), dict(sorted(numbers.items())), appeared, vanished)


def _numbers(labels, name):
    """Labels as whole numbers from -1."""
    labels = column_or_1d(labels)
    if not len(labels):
        raise ValueError(f"{name} is empty: give a label for at least one row.")
    if labels.dtype.kind not in "iu" or labels.min() < -1:
        raise ValueError(f"{name} must be whole numbers from -1, as clusterers give them; got {labels[:3].tolist()}.")
    return labels.astype(int)
