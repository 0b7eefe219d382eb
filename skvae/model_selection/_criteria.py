"""What speaks for a number of clusters: values over candidates, and how surely they differ."""

from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed

from ..metrics.internal._stability import FRACTION, pairwise_agreement, seeded


class Curve(NamedTuple):
    """One criterion over the candidates."""

    values: np.ndarray  # (n_candidates,)
    errors: np.ndarray  # (n_candidates,), of the difference to the chosen one; of the value itself for the gap
    chosen: int  # position of the candidate that the criterion chooses
    inside: np.ndarray  # (n_candidates,), bool: candidates that it cannot tell from the chosen one


def information(Z, candidates, make_mixture, samples, seed, n_jobs):
    """Compute BIC and ICL of a mixture.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_latent)
        The latent.
    candidates : list of int
        Numbers of components.
    make_mixture : callable
        From number and seed to a `GaussianMixture`.
    samples : list of ndarray of int
        Rows of each resample. Mixtures go on there from what all rows found: how much luck is in the starts of one fit
        is no matter of the rows.
    seed : int
        Of the mixtures.
    n_jobs : int or None
        Processes.

    Returns
    -------
    bic, icl : Curve
        Lower is better.
    """
    workers = Parallel(n_jobs=n_jobs)
    whole = workers(delayed(make_mixture(k, seed).fit)(Z) for k in candidates)
    values = np.array([_information(mixture, Z, len(Z)) for mixture in whole])
    resampled = workers(delayed(_refitted)(mixture, Z[rows], len(Z)) for rows in samples for mixture in whole)
    resampled = np.reshape(resampled, (len(samples), len(candidates), 2))
    # The delete-d jackknife: what a fifth of the rows changes, scaled to what all of them would.
    scale = np.sqrt(FRACTION / (1 - FRACTION))
    return tuple(_lowest(values[:, i], resampled[:, :, i], scale) for i in range(2))


def _refitted(mixture, Z, n_rows):
    """Go on from a fitted mixture; see `_information`."""
    start = {"weights": mixture.weights_, "means": mixture.means_, "precisions": mixture.precisions_}
    start = {f"{name}_init": values for name, values in start.items()}
    return _information(clone(mixture).set_params(n_init=1, **start).fit(Z), Z, n_rows)


def _information(mixture, Z, n_rows):
    """BIC and ICL as they would be of `n_rows` rows like these."""
    n, density, memberships = len(Z), mixture.score(Z), mixture.predict_proba(Z)
    n_parameters = (mixture.bic(Z) + 2 * n * density) / np.log(n)
    bic = n_parameters * np.log(n_rows) - 2 * n_rows * density
    entropy = -np.sum(memberships * np.log(np.maximum(memberships, np.finfo(float).tiny)), axis=1).mean()
    return bic, bic + 2 * n_rows * entropy


def _lowest(values, resampled, scale):
    """Choose the lowest value, and what the deviation over resamples cannot tell from it."""
    chosen = int(np.nanargmin(values))
    errors = scale * (resampled - resampled[:, [chosen]]).std(axis=0, ddof=1)
    # a number without a value is not ruled out
    return Curve(values, errors, chosen, ~(values - values[chosen] > errors))


def stability(X, candidates, transformer, make_clusterer, samples, seeds, n_jobs):
    """Compute the agreement of refits on resamples, on the rows that two of them share.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The table.
    candidates : list of int
        Numbers of clusters.
    transformer : transformer or None
        Refitted on each resample, once for all candidates.
    make_clusterer : callable
        From number and seed to a clusterer of what the transformer gives.
    samples : list of ndarray of int
        Rows of each resample.
    seeds : list of int
        A seed for each resample.
    n_jobs : int or None
        Processes.

    Returns
    -------
    Curve
        Mean adjusted Rand index; higher is better. NaN for one cluster, about which there is nothing to agree.
    """
    labels = Parallel(n_jobs=n_jobs)(
        delayed(_refit)(_safe_indexing(X, rows), candidates, transformer, make_clusterer, seed)
        for rows, seed in zip(samples, seeds, strict=True)
    )
    n = len(samples)
    agreement = np.full((n, n, len(candidates)), np.nan)
    for position, k in enumerate(candidates):
        if k > 1:
            known = [found[position] >= 0 for found in labels]  # not the rows that lack every modality
            agreement[:, :, position] = pairwise_agreement(
                [found[position][rows] for found, rows in zip(labels, known, strict=True)],
                [sample[rows] for sample, rows in zip(samples, known, strict=True)],
            )
    others = agreement[~np.eye(n, dtype=bool)].reshape(n, n - 1, len(candidates)).mean(axis=1)
    # ARI of 1 is no rarity: of numbers that are equally stable, the largest says most.
    curve = _lowest(-others.mean(axis=0)[::-1], -others[:, ::-1], 1.0)
    return Curve(-curve.values[::-1], curve.errors[::-1], len(candidates) - 1 - curve.chosen, curve.inside[::-1])


def _refit(X, candidates, transformer, make_clusterer, seed):
    """Labels of a resample for each candidate."""
    Z = X if transformer is None else seeded(transformer, seed).fit_transform(X)
    return [np.asarray(make_clusterer(k, seed).fit_predict(Z)) for k in candidates]


def gap(Z, candidates, make_clusterer, seeds, n_jobs):
    r"""Compute the gap statistic.

    It is :math:`E^*[\log W_k] - \log W_k` with :math:`W_k` the pooled squared distances of rows to their cluster's
    mean and :math:`E^*` the mean over reference tables, uniform in the box of the principal axes. Chosen is the
    smallest number whose gap is at least that of the next less its error.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_latent)
        The latent.
    candidates : list of int
        Numbers of clusters.
    make_clusterer : callable
        From number and seed to a clusterer of `Z`.
    seeds : list of int
        A seed for each reference, and one for `Z`.
    n_jobs : int or None
        Processes.

    Returns
    -------
    Curve
        Higher is better; inside are the numbers from the chosen one to that of the widest gap.
    """
    centre = Z.mean(axis=0)
    _, _, axes = np.linalg.svd(Z - centre, full_matrices=False)
    turned = (Z - centre) @ axes.T
    box = turned.min(axis=0), turned.max(axis=0)
    references = [np.random.default_rng(seed).uniform(*box, turned.shape) @ axes + centre for seed in seeds[1:]]
    scatter = np.array(
        Parallel(n_jobs=n_jobs)(
            delayed(_log_scatter)(table, candidates, make_clusterer, seed)
            for table, seed in zip([Z, *references], seeds, strict=True)
        )
    )
    values = scatter[1:].mean(axis=0) - scatter[0]
    errors = scatter[1:].std(axis=0) * np.sqrt(1 + 1 / len(references))
    enough = np.append(values[:-1] >= values[1:] - errors[1:], True)
    chosen, widest = int(enough.argmax()), int(values.argmax())
    inside = np.zeros(len(candidates), dtype=bool)
    inside[chosen : max(chosen, widest) + 1] = True
    return Curve(values, errors, chosen, inside)


def _log_scatter(Z, candidates, make_clusterer, seed):
    """Logarithm of the pooled squared distances to the clusters' means, for each candidate."""
    found = []
    for k in candidates:
        labels = np.asarray(make_clusterer(k, seed).fit_predict(Z))
        groups = [Z[labels == label] for label in np.unique(labels[labels >= 0])]
        found.append(sum(np.square(group - group.mean(axis=0)).sum() for group in groups))
    return np.log(np.maximum(found, np.finfo(float).tiny))
