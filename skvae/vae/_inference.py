"""Running a trained module: in the dtype of the table, in chunks, with noise that is the same for every row."""

import warnings
from copy import deepcopy

import numpy as np
import torch

# Rows at a time: bounds memory whatever the table's length.
CHUNK = 8192
# Noise vectors per row of a Monte-Carlo estimate of the bound.
N_DRAWS = 16


def run_in_chunks(function, vae, chunks, dtype):
    """Apply a function of tensors to arrays, some rows at a time.

    Parameters
    ----------
    function : callable
        Called as ``function(module, *tensors)``; returns a tensor or a tuple of tensors with a row per row.
    vae : VAETransformer
        Fitted. Its module is used in evaluation mode, its weights cast to `dtype`: a float64 table gets float64
        arithmetic, in which a row's result does not depend on the rows beside it.
    chunks : iterable of sequence of ndarray of shape (n, ...)
        Of each sequence one array for each of the function's arguments.
    dtype : numpy.dtype
        Of the arithmetic.

    Yields
    ------
    tuple of ndarray
        The results of each chunk.
    """
    module = deepcopy(vae.net_.module_).to(dtype=torch.from_numpy(np.empty(0, dtype)).dtype).eval()
    for arrays in chunks:
        with torch.no_grad():
            result = function(module, *(torch.from_numpy(array).to(vae.device_) for array in arrays))
        result = result if isinstance(result, tuple) else (result,)
        yield tuple(part.cpu().numpy() for part in result)


def run_on_rows(function, vae, X, observed, rows):
    """Apply a function of features, mask and condition to some rows of a table.

    Parameters
    ----------
    function : callable
        Called as ``function(module, x, observed, condition)``; see `run_in_chunks`.
    vae : VAETransformer
        Fitted.
    X : ndarray of shape (n_samples, n_features)
        The table.
    observed : ndarray of bool of shape (n_samples, n_modalities)
        Which row has which modality.
    rows : ndarray of int
        Numbers of the rows.

    Returns
    -------
    list of ndarray of shape (len(rows), ...)
        The results.
    """
    # no rows pass once all the same, for the shapes
    parts = [rows[start : start + CHUNK] for start in range(0, max(1, len(rows)), CHUNK)]
    chunks = (vae._codec.encode(X[part], observed[part], part) for part in parts)
    results, end = None, 0
    for chunk in run_in_chunks(function, vae, chunks, X.dtype):
        # Whole results from the first: small ones kept between large temporaries would hold on to the memory of these.
        results = results or [np.empty((len(rows), *part.shape[1:]), part.dtype) for part in chunk]
        start, end = end, end + len(chunk[0])
        for whole, part in zip(results, chunk, strict=True):
            whole[start:end] = part
    return results


def apply(function, vae, X):
    """Apply a function to the rows of a table that have anything.

    Parameters
    ----------
    function : callable
        See `run_on_rows`.
    vae : VAETransformer
        Fitted.
    X : array-like of shape (n_samples, n_features)
        The table.

    Returns
    -------
    list of ndarray of shape (n_samples, ...)
        The results; NaN, with one warning, for rows that lack every modality. Another warning names rows that have
        values so large that their results are NaN or infinite.
    """
    X = vae._validate(X, reset=False)
    observed = vae._codec.observed(X)
    there = observed.any(axis=1)
    rows = np.flatnonzero(there)
    results = run_on_rows(function, vae, X, observed, rows)
    overflown = np.any([~np.isfinite(part).all(axis=tuple(range(1, part.ndim))) for part in results], axis=0)
    if overflown.any():
        warnings.warn(
            f"The results of {overflown.sum()} of {len(X)} rows are NaN or infinite, the first of them row "
            f"{rows[overflown.argmax()]}: their values are too far from those of fit; look for outliers there.",
            stacklevel=4,
        )
    if there.all():
        return results
    warnings.warn(f"{(~there).sum()} of {len(X)} rows lack every modality: their results are NaN.", stacklevel=4)
    whole = [np.full((len(X), *part.shape[1:]), np.nan, dtype=part.dtype) for part in results]
    for full, part in zip(whole, results, strict=True):
        full[there] = part
    return whole


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
