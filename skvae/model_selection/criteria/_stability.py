"""Stability of clusterings over resamples."""

import numpy as np
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed

from ...metrics.internal._resampling import clone_with_seed, pairwise_agreement
from ._curve import Curve, choose_lowest


def compute_stability(X, candidates, transformer, make_clusterer, samples, seeds, n_jobs):
    """Compute the agreement of clusterings of resamples, on the rows that two resamples share.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Table.
    candidates : list of int
        Numbers of clusters.
    transformer : transformer or None
        Fitted once on each resample, for all candidates.
    make_clusterer : callable
        Returns a clusterer of the transformed table for a number of clusters and a seed.
    samples : list of ndarray of int
        Rows of each resample.
    seeds : list of int
        Random seed of each resample.
    n_jobs : int or None
        Number of parallel jobs.

    Returns
    -------
    Curve
        Mean adjusted Rand index (ARI). Higher is better. NaN for one cluster, where the agreement is trivial.
    """
    labels = Parallel(n_jobs=n_jobs)(
        delayed(_fit_candidates)(_safe_indexing(X, rows), candidates, transformer, make_clusterer, seed)
        for rows, seed in zip(samples, seeds, strict=True)
    )
    n = len(samples)
    agreement = np.full((n, n, len(candidates)), np.nan)
    for position, k in enumerate(candidates):
        if k > 1:
            # Rows without any modality have the label -1.
            labeled = [found[position] >= 0 for found in labels]
            agreement[:, :, position] = pairwise_agreement(
                [found[position][rows] for found, rows in zip(labels, labeled, strict=True)],
                [sample[rows] for sample, rows in zip(samples, labeled, strict=True)],
            )
    others = agreement[~np.eye(n, dtype=bool)].reshape(n, n - 1, len(candidates)).mean(axis=1)
    # Several candidates may have an ARI of 1. The reverse order selects the largest of equally stable candidates.
    curve = choose_lowest(-others.mean(axis=0)[::-1], -others[:, ::-1], 1.0)
    return Curve(-curve.values[::-1], curve.errors[::-1], len(candidates) - 1 - curve.chosen, curve.inside[::-1])


def _fit_candidates(X, candidates, transformer, make_clusterer, seed):
    """Return the labels of a resample for each candidate."""
    Z = X if transformer is None else clone_with_seed(transformer, seed).fit_transform(X)
    return [np.asarray(make_clusterer(k, seed).fit_predict(Z)) for k in candidates]
