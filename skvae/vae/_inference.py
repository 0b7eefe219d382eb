"""Application of a trained module to tables, in chunks of rows and in the dtype of the table."""

from copy import deepcopy

import numpy as np
import torch
from sklearn.utils import gen_batches

from .._warnings import warn_caller

# Number of rows that are processed together, which bounds the memory.
CHUNK_ROWS = 8192
# Number of noise vectors per row for the Monte Carlo estimate of the ELBO.
N_DRAWS = 16


def apply_to_table(function, module, codec, X):
    """Apply a function to all rows of a table that have at least one modality.

    Parameters
    ----------
    function : callable
        Called as ``function(module, x, observed, condition)``. Returns a tensor or a tuple of tensors with one row
        per input row.
    module : LatentModule
        Trained module.
    codec : TableCodec
        Fitted codec of the table.
    X : ndarray of shape (n_samples, n_features)
        Table.

    Returns
    -------
    list of ndarray of shape (n_samples, ...)
        Results. NaN for rows without any modality, with a warning. Another warning reports rows whose results are NaN
        or infinite because of extreme values.
    """
    observed = codec.find_observed(X)
    present = observed.any(axis=1)
    rows = np.flatnonzero(present)
    results = apply_to_rows(function, module, codec, X, observed, rows)
    overflown = np.any([~np.isfinite(part).all(axis=tuple(range(1, part.ndim))) for part in results], axis=0)
    if overflown.any():
        warn_caller(
            f"The results of {overflown.sum()} of {len(X)} rows are NaN or infinite, first in row "
            f"{rows[overflown.argmax()]}. The values of these rows are too far from the training values. Check them "
            "for outliers."
        )
    if present.all():
        return results
    warn_caller(
        f"All modalities are missing in {(~present).sum()} of {len(X)} rows. The results of these rows are NaN."
    )
    expanded = [np.full((len(X), *part.shape[1:]), np.nan, dtype=part.dtype) for part in results]
    for full, part in zip(expanded, results, strict=True):
        full[present] = part
    return expanded


def apply_to_rows(function, module, codec, X, observed, rows):
    """Apply a function to some rows of a table.

    Parameters
    ----------
    function, module, codec, X
        See `apply_to_table`.
    observed : ndarray of bool of shape (n_samples, n_modalities)
        Whether each row has each modality.
    rows : ndarray of int
        Row indices.

    Returns
    -------
    list of ndarray of shape (len(rows), ...)
        Results.
    """
    # With an empty list of rows, the function is called once to determine the shapes.
    parts = [rows[start : start + CHUNK_ROWS] for start in range(0, max(1, len(rows)), CHUNK_ROWS)]
    chunks = (codec.encode(X[part], observed[part], part) for part in parts)
    results, end = None, 0
    for chunk in _run(function, module, chunks, X.dtype):
        # The results are allocated once. Small arrays between large temporary arrays would fragment the memory.
        results = results or [np.empty((len(rows), *part.shape[1:]), part.dtype) for part in chunk]
        start, end = end, end + len(chunk[0])
        for result, part in zip(results, chunk, strict=True):
            result[start:end] = part
    return results


def decode_points(module, Z, condition):
    """Decode latent points.

    Parameters
    ----------
    module : LatentModule
        Trained module.
    Z : ndarray of shape (n_samples, n_latent)
        Latent points.
    condition : ndarray of shape (n_samples, n_condition)
        Condition columns.

    Returns
    -------
    ndarray of shape (n_samples, n_columns)
        Expected values of the scaled modality columns.
    """
    chunks = ((Z[rows].copy(), condition[rows]) for rows in gen_batches(len(Z), CHUNK_ROWS))
    return np.concatenate([x for (x,) in _run(type(module).decode, module, chunks, Z.dtype)])


def compute_posterior(module, x, observed, condition):
    """Compute the mean and standard deviation of q(z|x)."""
    mean, log_variance = module.posterior(x, observed, condition)
    return mean, torch.exp(0.5 * log_variance)


def reconstruct(module, x, observed, condition):
    """Decode the posterior mean."""
    mean, _ = module.posterior(x, observed, condition)
    return module.decode(mean, condition)


def compute_memberships(module, x, observed, condition):
    """Compute the membership probability of each component of the prior at the posterior mean."""
    mean, _ = module.posterior(x, observed, condition)
    return module.prior.responsibilities(mean)


def make_elbo(n_latent, seed):
    """Create the function that estimates the ELBO of each row, in nats.

    Parameters
    ----------
    n_latent : int
        Number of latent units.
    seed : int
        Seed of the noise vectors. All rows use the same noise vectors, so that the ELBO of a row does not depend on the
        other rows.

    Returns
    -------
    callable
        Function of ``(module, x, observed, condition)``.
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


def _run(function, module, chunks, dtype):
    """Apply a function of the module and tensors to chunks of arrays, and yield tuples of arrays."""
    device = next(module.parameters()).device
    module = deepcopy(module).to(dtype=torch.from_numpy(np.empty(0, dtype)).dtype).eval()
    for arrays in chunks:
        with torch.no_grad():
            result = function(module, *(torch.from_numpy(array).to(device) for array in arrays))
        result = result if isinstance(result, tuple) else (result,)
        yield tuple(part.cpu().numpy() for part in result)
