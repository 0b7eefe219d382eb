"""Running a trained module: in the dtype of the table, in chunks, with noise that is the same for every row."""

import warnings
from copy import deepcopy

import numpy as np
import torch

# Rows at a time: bounds memory whatever the table's length.
CHUNK = 8192
# Noise vectors per row of a Monte-Carlo estimate of the bound.
N_DRAWS = 16


def run_in_chunks(function, module, device, *arrays):
    """Apply a function of tensors to arrays, some rows at a time.

    Parameters
    ----------
    function : callable
        Called as ``function(module, *tensors)``; returns a tensor or a tuple of tensors with a row per row.
    module : LatentModule
        Used in evaluation mode, its weights cast to the dtype of the first array: a float64 table gets float64
        arithmetic, in which a row's result does not depend on the rows beside it.
    device : str
        Where to run.
    *arrays : ndarray of shape (n, ...)
        Cut into chunks together.

    Returns
    -------
    tuple of ndarray
        The results.
    """
    module = deepcopy(module).to(device=device, dtype=torch.from_numpy(arrays[0][:0]).dtype).eval()
    chunks = []
    with torch.no_grad():
        # an empty table passes once, for the shapes
        for start in range(0, max(1, len(arrays[0])), CHUNK):
            tensors = [torch.from_numpy(array[start : start + CHUNK]).to(device) for array in arrays]
            result = function(module, *tensors)
            chunks.append(result if isinstance(result, tuple) else (result,))
    return tuple(torch.cat(part).cpu().numpy() for part in zip(*chunks, strict=True))


def apply(function, vae, X):
    """Apply a function to the rows of a table that have anything.

    Parameters
    ----------
    function : callable
        Called as ``function(module, x, observed, condition)``; see `run_in_chunks`.
    vae : VAETransformer
        Fitted.
    X : array-like of shape (n_samples, n_features)
        The table.

    Returns
    -------
    list of ndarray of shape (n_samples, ...)
        The results; NaN, with one warning, for rows that lack every modality.
    """
    X = vae._validate(X, reset=False)
    observed = vae._observed(X)
    rows = observed.any(axis=1)
    if not rows.all():
        warnings.warn(f"{(~rows).sum()} of {len(X)} rows lack every modality: their results are NaN.", stacklevel=4)
    results = []
    for part in run_in_chunks(function, vae.net_.module_, vae.device_, *vae._tensors(X[rows], observed[rows])):
        full = np.full((len(X), *part.shape[1:]), np.nan, dtype=part.dtype)
        full[rows] = part
        results.append(full)
    return results


def decode(module, z, condition):
    """Decode latent points."""
    return module.decode(z, condition)


def posterior(module, x, observed, condition):
    """Mean and standard deviation of q(z|x)."""
    mean, log_variance = module.posterior(x, observed, condition)
    return mean, torch.exp(0.5 * log_variance)


def reconstruct(module, x, observed, condition):
    """Decode the posterior mean."""
    mean, _ = module.posterior(x, observed, condition)
    return module.decode(mean, condition)


def make_elbo(n_latent, seed):
    """Make the function that estimates the bound of each row, in nats.

    Parameters
    ----------
    n_latent : int
        Number of latent units.
    seed : int
        Seed of the noise vectors: one set, shared by all rows, so that a row's score depends on that row alone.

    Returns
    -------
    callable
        Of ``(module, x, observed, condition)``.
    """
    noise = np.random.default_rng(seed).standard_normal((N_DRAWS, 1, n_latent))

    def elbo(module, x, observed, condition):
        mean, log_variance = module.posterior(x, observed, condition)
        total = -module.prior.kl(mean, log_variance)
        for draw in torch.from_numpy(noise).to(x):
            z = mean + torch.exp(0.5 * log_variance) * draw
            total = total + module.log_likelihoods(x, z, observed, condition).sum(1) / N_DRAWS
        return total

    return elbo
