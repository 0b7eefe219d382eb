"""Warnings and errors about unsuitable tables and about collapsed or exploded latent representations."""

import numpy as np

from .._warnings import warn_caller
from .model._module import ACTIVE_VARIANCE, LOG_VARIANCE_BOUNDS

# All columns of a modality share one decoder variance. A column with a standard deviation of this many times the
# median determines this variance alone.
MAX_SPREAD_RATIO = 10.0


class VAEWarning(UserWarning):
    """Warning that the results of a fitted VAE may be misleading.

    Examples
    --------
    >>> import warnings
    >>> from skvae.vae import VAEWarning
    >>> warnings.simplefilter("ignore", VAEWarning)
    """


def warn_about_table(names, *, latent_dim, spread):
    """Warn if the parameters do not suit the table.

    Parameters
    ----------
    names : sequence
        Names or indices of the modality columns.
    latent_dim : int
        Number of latent units.
    spread : ndarray of shape (n_columns,) or None
        Standard deviations of the modality columns. None if the columns are scaled.
    """
    if latent_dim > len(names):
        warn_caller(
            f"latent_dim={latent_dim} is larger than the number of columns ({len(names)}). The additional units will "
            "be inactive. Use a smaller latent_dim.",
            VAEWarning,
        )
    if spread is None or not (spread > 0).any():
        return
    widest, median = spread.argmax(), np.median(spread[spread > 0])
    if spread[widest] > MAX_SPREAD_RATIO * median:
        warn_caller(
            f"With scale=None, column {names[widest]!r} has standard deviation {spread[widest]:.3g}, but the median "
            f"column has {median:.3g}. This column dominates the reconstruction. Use scale='standard'.",
            VAEWarning,
        )


def warn_about_latent(mean, std):
    """Warn if the latent representation has collapsed or exploded.

    Parameters
    ----------
    mean, std : ndarray of shape (n_samples, n_latent)
        Posteriors of training rows.
    """
    active = int((mean.var(axis=0) > ACTIVE_VARIANCE).sum())
    if active < mean.shape[1] / 2:
        warn_caller(
            f"Only {active} of {mean.shape[1]} latent units are active. The other units are constant (posterior "
            "collapse). Lower beta or latent_dim, set free_bits, or increase max_epochs.",
            VAEWarning,
        )
    # The margin of 0.01 allows for rounding in float32.
    exploded = np.flatnonzero((2 * np.log(std) > LOG_VARIANCE_BOUNDS[1] - 0.01).any(axis=0))
    if exploded.size:
        warn_caller(
            f"The posterior variance of latent unit {exploded[0]} reached its bound of e^{LOG_VARIANCE_BOUNDS[1]:g}. "
            "Lower learning_rate, or check the table for outliers.",
            VAEWarning,
        )


def check_magnitude(x, names, rows):
    """Raise an error for values that are too large for training in single precision.

    Parameters
    ----------
    x : ndarray of shape (n_samples, n_columns)
        Inputs of the networks.
    names : sequence
        Names or indices of the columns.
    rows : ndarray of int of shape (n_samples,)
        Row indices for the error message.

    Raises
    ------
    ValueError
        If the square of a value, which the likelihood uses, is too large for single precision.
    """
    row, column = np.nonzero(np.abs(x) > np.sqrt(np.finfo(np.float32).max))
    if row.size:
        raise ValueError(
            f"Row {rows[row[0]]} has {x[row[0], column[0]]:.3g} in column {names[column[0]]!r}, which is too large for "
            "single precision. Use scale='standard', or check the row for outliers."
        )
