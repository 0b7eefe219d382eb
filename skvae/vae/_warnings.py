"""What makes a VAE mislead, said before it does: each warning names the cause and what would do."""

import warnings

import numpy as np

from .model._module import LOG_VARIANCE_BOUNDS

# All columns of a modality share one decoder variance: one that spreads this many times as wide as the median column
# has it to itself.
SPREAD_RATIO = 10.0


class VAEWarning(UserWarning):
    """A VAE was fitted, but its latent may mislead.

    Examples
    --------
    >>> import warnings
    >>> from skvae.vae import VAEWarning
    >>> warnings.simplefilter("ignore", VAEWarning)
    """


def warn_of_table(names, *, latent_dim, spread):
    """Warn of a table that the settings do not suit.

    Parameters
    ----------
    names : sequence
        Names or positions of the modality columns.
    latent_dim : int
        Number of latent units.
    spread : ndarray of shape (n_columns,) or None
        Standard deviations of columns that the VAE does not scale itself.
    """
    if latent_dim > len(names):
        _warn(
            f"latent_dim={latent_dim} is more than the {len(names)} columns of the data: the units beyond stay empty."
        )
    if spread is None or not (spread > 0).any():
        return
    widest, median = spread.argmax(), np.median(spread[spread > 0])
    if spread[widest] > SPREAD_RATIO * median:
        _warn(
            f"With scale=None, column {names[widest]!r} has standard deviation {spread[widest]:.3g}, the median "
            f"column {median:.3g}: it drowns the others; use scale='standard'."
        )


def warn_of_latent(mean, std, active_variance):
    """Warn of a latent that has collapsed or exploded.

    Parameters
    ----------
    mean, std : ndarray of shape (n_samples, n_latent)
        Posteriors of the training rows.
    active_variance : float
        Variance of a unit's mean above which the unit is active.
    """
    active = int((mean.var(axis=0) > active_variance).sum())
    if active < mean.shape[1] / 2:
        _warn(
            f"{active} of {mean.shape[1]} latent units are active, the others say the same of every row: lower beta or "
            "latent_dim, set free_bits, or train longer."
        )
    # just below the bound: float32 rounds
    exploded = np.flatnonzero((2 * np.log(std) > LOG_VARIANCE_BOUNDS[1] - 0.01).any(axis=0))
    if exploded.size:
        _warn(
            f"The posterior variance of latent unit {exploded[0]} reached its bound of e^{LOG_VARIANCE_BOUNDS[1]:g}: "
            "lower learning_rate, or look for outliers in the table."
        )


def refuse_overflow(x, names, rows):
    """Raise for values that single precision, in which networks train, cannot hold.

    Parameters
    ----------
    x : ndarray of shape (n_samples, n_columns)
        What enters the networks.
    names : sequence
        Names or positions of the columns.
    rows : ndarray of int of shape (n_samples,)
        Numbers of the rows.

    Raises
    ------
    ValueError
        Naming the column.
    """
    # squares enter the likelihood
    row, column = np.nonzero(np.abs(x) > np.sqrt(np.finfo(np.float32).max))
    if row.size:
        raise ValueError(
            f"Row {rows[row[0]]} has {x[row[0], column[0]]:.3g} in column {names[column[0]]!r}, more than single "
            "precision can square: use scale='standard', or look for an outlier."
        )


def _warn(message):
    warnings.warn(message, VAEWarning, stacklevel=5)
