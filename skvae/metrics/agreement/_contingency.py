"""How many rows each pair of true label and cluster has: all that agreement with labels depends on.

The formulas stand here once, on counts, so that a resample or a permutation costs microseconds; the public functions,
which check labels of any kind, call them.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from sklearn.metrics.cluster import expected_mutual_information


class Counts(NamedTuple):
    """Rows of each pair of true label and cluster that occurs, and of each true label and cluster."""

    n_rows: np.ndarray  # (n_pairs,)
    true: np.ndarray  # (n_pairs,), label of the pair
    pred: np.ndarray  # (n_pairs,), its cluster
    in_true: np.ndarray  # (n_labels,)
    in_pred: np.ndarray  # (n_clusters,)


def count(true, pred):
    """Count the rows of two labellings in codes 0, 1, ..., of which some may not occur."""
    n_pred = int(pred.max()) + 1
    pairs, n_rows = np.unique(true.astype(np.int64) * n_pred + pred, return_counts=True)
    in_true, in_pred = np.bincount(true), np.bincount(pred)
    return Counts(n_rows, pairs // n_pred, pairs % n_pred, in_true, in_pred)


def purity(counts):
    """Compute purity; see `purity_score`."""
    commonest = np.zeros(len(counts.in_pred), dtype=int)
    np.maximum.at(commonest, counts.pred, counts.n_rows)
    return float(commonest.sum() / counts.n_rows.sum())


def accuracy(counts):
    """Compute clustering accuracy; see `clustering_accuracy_score`."""
    table = np.zeros((len(counts.in_true), len(counts.in_pred)), dtype=int)
    table[counts.true, counts.pred] = counts.n_rows
    return float(table[linear_sum_assignment(table, maximize=True)].sum() / counts.n_rows.sum())


def entropies(counts):
    """Return entropy of the true labels, that of the clusters, and their mutual information, in nats."""
    n = counts.n_rows.sum()
    of_true, of_pred, of_pairs = (_entropy(rows, n) for rows in (counts.in_true, counts.in_pred, counts.n_rows))
    shared = of_true + of_pred - of_pairs
    # What is left of a difference of equal numbers is no information.
    return of_true, of_pred, 0.0 if shared < 1e-12 * max(1.0, of_pairs) else min(shared, of_true, of_pred)


def _entropy(rows, n):
    shares = rows[rows > 0] / n
    return float(max(-np.sum(shares * np.log(shares)), 0.0))


MEANS = {
    "arithmetic": lambda a, b: (a + b) / 2,
    "geometric": lambda a, b: np.sqrt(a * b),
    "min": min,
    "max": max,
}


def nmi(counts, average="arithmetic"):
    """Compute normalised mutual information; see `nmi_score`."""
    of_true, of_pred, shared = entropies(counts)
    if of_true == of_pred == 0:
        return 1.0
    return float(shared / MEANS[average](of_true, of_pred)) if shared else 0.0


def ami(counts):
    """Compute adjusted mutual information; see `ami_score`."""
    of_true, of_pred, shared = entropies(counts)
    if of_true == 0 or of_pred == 0:
        return float(of_true == of_pred)
    by_chance = _information_by_chance(*(tuple(np.sort(rows[rows > 0]).tolist()) for rows in counts[3:]))
    most = (of_true + of_pred) / 2
    # Where chance reaches everything, as with a cluster for every row, there is nothing to find beyond it.
    if most - by_chance < 1e-12 * max(1.0, most):
        return float(shared >= most * (1 - 1e-12))
    return float((shared - by_chance) / (most - by_chance))


@lru_cache(maxsize=32)
def _information_by_chance(in_true, in_pred):
    """Mean mutual information over all ways of dealing clusters of some sizes out to labels of some sizes."""
    n = sum(in_true)
    # Only the sums of a table count; this one has them, the rows in order dealt to both sides.
    cuts_true, cuts_pred = np.repeat(np.arange(len(in_true)), in_true), np.repeat(np.arange(len(in_pred)), in_pred)
    table = csr_array((np.ones(n, dtype=np.int64), (cuts_true, cuts_pred)), shape=(len(in_true), len(in_pred)))
    return float(expected_mutual_information(table, n))


def homogeneity(counts):
    """Compute homogeneity; see `homogeneity_score`."""
    of_true, _, shared = entropies(counts)
    return shared / of_true if of_true else 1.0


def completeness(counts):
    """Compute completeness; see `completeness_score`."""
    _, of_pred, shared = entropies(counts)
    return shared / of_pred if of_pred else 1.0


def _pairs(rows):
    """Count the pairs of rows that are in one group; Python's integers do not overflow when multiplied."""
    rows = rows.astype(np.int64)
    return int(np.sum(rows * (rows - 1) // 2))


def ari(counts):
    """Compute the adjusted Rand index; see `ari_score`."""
    n = int(counts.n_rows.sum())
    in_true, in_pred, in_both = (_pairs(rows) for rows in (counts.in_true, counts.in_pred, counts.n_rows))
    if in_true == in_pred == in_both:
        return 1.0
    by_chance = in_true * in_pred / (n * (n - 1) // 2)
    return float((in_both - by_chance) / ((in_true + in_pred) / 2 - by_chance))


def fowlkes_mallows(counts):
    """Compute the Fowlkes-Mallows index; see `fowlkes_mallows_score`."""
    in_true, in_pred, in_both = (_pairs(rows) for rows in (counts.in_true, counts.in_pred, counts.n_rows))
    return float(in_both / np.sqrt(in_true) / np.sqrt(in_pred)) if in_both else 0.0
