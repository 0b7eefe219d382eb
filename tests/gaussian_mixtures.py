"""Gaussian mixtures of scikit-learn with given parameters."""

import numpy as np
from sklearn.mixture import GaussianMixture


def as_gaussian_mixture(weights, means, covariances):
    """Return a GaussianMixture of scikit-learn with the given parameters."""
    weights, means, covariances = (np.asarray(part, dtype=float) for part in (weights, means, covariances))
    full = covariances.ndim == 3
    mixture = GaussianMixture(len(weights), covariance_type="full" if full else "diag")
    mixture.weights_, mixture.means_, mixture.covariances_ = weights, means, covariances
    mixture.precisions_cholesky_ = (
        np.linalg.inv(np.linalg.cholesky(covariances)).mT if full else 1 / np.sqrt(covariances)
    )
    return mixture
