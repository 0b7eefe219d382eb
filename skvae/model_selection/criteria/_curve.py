"""Values of one criterion for all candidates."""

from typing import NamedTuple

import numpy as np


class Curve(NamedTuple):
    """Values of one criterion for all candidates.

    Attributes
    ----------
    values : ndarray of shape (n_candidates,)
        Value for each candidate.
    errors : ndarray of shape (n_candidates,)
        Error of the difference from the value of the chosen candidate. For the gap statistic, error of the value.
    chosen : int
        Position of the candidate that the criterion chooses.
    inside : ndarray of bool of shape (n_candidates,)
        Candidates that do not differ from the chosen one by more than the error.
    """

    values: np.ndarray
    errors: np.ndarray
    chosen: int
    inside: np.ndarray


def choose_lowest(values, resampled, scale):
    """Choose the candidate with the lowest value.

    Parameters
    ----------
    values : ndarray of shape (n_candidates,)
        Value for each candidate. NaN if undefined.
    resampled : ndarray of shape (n_resamples, n_candidates)
        Values on resamples.
    scale : float
        Factor that converts the standard deviation over the resamples to the error.

    Returns
    -------
    Curve
        Values, errors and choice.
    """
    chosen = int(np.nanargmin(values))
    errors = scale * (resampled - resampled[:, [chosen]]).std(axis=0, ddof=1)
    # The negation includes candidates without a value.
    return Curve(values, errors, chosen, ~(values - values[chosen] > errors))
