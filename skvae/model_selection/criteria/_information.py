"""Bayesian information criterion (BIC) and integrated completed likelihood (ICL)."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from ...metrics.internal._resampling import RESAMPLE_FRACTION
from ._curve import choose_lowest


def compute_information_criteria(Z, candidates, make_mixture, samples, seed, n_jobs):
    """Compute BIC and ICL of Gaussian mixtures.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_latent)
        Latent representation.
    candidates : list of int
        Numbers of components.
    make_mixture : callable
        Returns a `GaussianMixture` for a number of components and a seed.
    samples : list of ndarray of int
        Rows of each resample. Its mixture is initialized with the parameters of the mixture of all rows. The errors
        therefore do not include the variation between random initializations.
    seed : int
        Random seed of the mixtures.
    n_jobs : int or None
        Number of parallel jobs.

    Returns
    -------
    bic, icl : Curve
        Lower is better.
    """
    workers = Parallel(n_jobs=n_jobs)
    mixtures = workers(delayed(make_mixture(k, seed).fit)(Z) for k in candidates)
    values = np.array([_compute_bic_and_icl(mixture, Z, len(Z)) for mixture in mixtures])
    resampled = workers(delayed(_refit)(mixture, Z[rows], len(Z)) for rows in samples for mixture in mixtures)
    resampled = np.reshape(resampled, (len(samples), len(candidates), 2))
    # Delete-d jackknife: the variation caused by omitting a fraction of the rows, scaled to a sample of all rows.
    scale = np.sqrt(RESAMPLE_FRACTION / (1 - RESAMPLE_FRACTION))
    return tuple(choose_lowest(values[:, i], resampled[:, :, i], scale) for i in range(2))


def _refit(mixture, Z, n_rows):
    """Refit a mixture, starting at its parameters, and compute BIC and ICL."""
    start = {"weights": mixture.weights_, "means": mixture.means_, "precisions": mixture.precisions_}
    start = {f"{name}_init": values for name, values in start.items()}
    return _compute_bic_and_icl(clone(mixture).set_params(n_init=1, **start).fit(Z), Z, n_rows)


def _compute_bic_and_icl(mixture, Z, n_rows):
    """Compute BIC and ICL, extrapolated from the rows of `Z` to `n_rows` rows."""
    n, density, memberships = len(Z), mixture.score(Z), mixture.predict_proba(Z)
    n_parameters = (mixture.bic(Z) + 2 * n * density) / np.log(n)
    bic = n_parameters * np.log(n_rows) - 2 * n_rows * density
    entropy = -np.sum(memberships * np.log(np.maximum(memberships, np.finfo(float).tiny)), axis=1).mean()
    return bic, bic + 2 * n_rows * entropy
