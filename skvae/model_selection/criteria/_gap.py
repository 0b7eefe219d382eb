"""Gap statistic."""

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from ._curve import Curve


def compute_gap(Z, candidates, make_clusterer, seeds, n_jobs):
    r"""Compute the gap statistic.

    The statistic is :math:`E^*[\log W_k] - \log W_k`. :math:`W_k` is the sum of the squared distances of the rows to
    the mean of their cluster. :math:`E^*` is the mean over reference tables, which are uniform in the box along the
    principal axes. The chosen candidate is the smallest one with a gap of at least the gap of the next candidate minus
    its error.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_latent)
        Latent representation.
    candidates : list of int
        Numbers of clusters.
    make_clusterer : callable
        Returns a clusterer of `Z` for a number of clusters and a seed.
    seeds : list of int
        Random seed of `Z`, followed by one random seed for each reference table.
    n_jobs : int or None
        Number of parallel jobs.

    Returns
    -------
    Curve
        Higher is better. The range contains the candidates from the chosen one to the one with the largest gap.
    """
    center = Z.mean(axis=0)
    _, _, axes = np.linalg.svd(Z - center, full_matrices=False)
    rotated = (Z - center) @ axes.T
    box = rotated.min(axis=0), rotated.max(axis=0)
    references = [np.random.default_rng(seed).uniform(*box, rotated.shape) @ axes + center for seed in seeds[1:]]
    scatter = np.array(
        Parallel(n_jobs=n_jobs)(
            delayed(_compute_log_scatter)(table, candidates, make_clusterer, seed)
            for table, seed in zip([Z, *references], seeds, strict=True)
        )
    )
    values = scatter[1:].mean(axis=0) - scatter[0]
    errors = scatter[1:].std(axis=0) * np.sqrt(1 + 1 / len(references))
    is_large_enough = np.append(values[:-1] >= values[1:] - errors[1:], True)
    chosen, largest = int(is_large_enough.argmax()), int(values.argmax())
    inside = np.zeros(len(candidates), dtype=bool)
    inside[chosen : max(chosen, largest) + 1] = True
    return Curve(values, errors, chosen, inside)


def _compute_log_scatter(Z, candidates, make_clusterer, seed):
    """Compute the logarithm of the summed squared distances to the cluster means for each candidate."""
    scatter = []
    for k in candidates:
        labels = np.asarray(make_clusterer(k, seed).fit_predict(Z))
        groups = [Z[labels == label] for label in np.unique(labels[labels >= 0])]
        scatter.append(sum(np.square(group - group.mean(axis=0)).sum() for group in groups))
    return np.log(np.maximum(scatter, np.finfo(float).tiny))
