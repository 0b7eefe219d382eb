"""Smoothness of interpolations in a latent space."""

from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from ._validation import check_latent


class InterpolationScores(NamedTuple):
    """Smoothness of decoded paths between tracks, returned by `interpolation_scores`.

    Attributes
    ----------
    step_size : float
        Mean length of a step: root mean square change of a column, in standard deviations of this column. It is
        halved if the number of steps is doubled.
    consistency : float
        Score between 1 / n_steps and 1. It is 1 if all steps of a path have the same length, and 1 / n_steps if the
        whole change occurs in one step.
    straightness : float
        Score between 0 and 1: distance between the ends of a path divided by the length of the path.

    See Also
    --------
    interpolation_scores : Computes the scores.

    Examples
    --------
    >>> from skvae.metrics import interpolation_scores
    >>> scores = interpolation_scores(lambda Z: 2 * Z, [[0.0], [1.0]], n_steps=4)
    >>> round(scores.straightness, 6)
    1.0
    """

    step_size: float
    consistency: float
    straightness: float


def interpolation_scores(model, Z, *, n_pairs=100, n_steps=10, condition=None, random_state=0):
    r"""Measure how smoothly decoded tracks change along straight lines in a latent space.

    Straight lines between random pairs of rows are divided into equal steps and decoded. Let :math:`d_t` be the length
    of step t of a path, in decoded columns that are scaled to standard deviation 1. Then

    .. math::
        \text{consistency} = \frac{(\sum_t d_t)^2}{T \sum_t d_t^2}, \qquad
        \text{straightness} = \frac{\lVert x_T - x_0 \rVert}{\sum_t d_t},

    and the scores are means over the paths. The consistency equals :math:`1 / (1 + c^2)`, where c is the coefficient of
    variation of the steps.

    The scores detect jumps and detours. They do not measure quality: a linear decoder, such as PCA, scores 1 in both.

    Parameters
    ----------
    model : estimator or callable
        Fitted model with `inverse_transform`, or a function that decodes rows of a latent representation.
    Z : array-like of shape (n_samples, n_units)
        Latent representation of at least two tracks. Rows with only NaN are ignored.
    n_pairs : int, default=100
        Number of paths.
    n_steps : int, default=10
        Number of steps of each path. Must be at least 2.
    condition : array-like of shape (n_condition,), default=None
        Condition columns of a conditional model, used for all decoded points.
    random_state : int, RandomState instance or None, default=0
        Seed for the choice of the pairs.

    Returns
    -------
    scores : InterpolationScores
        The scores. They are NaN if all decoded tracks are equal.

    Raises
    ------
    ValueError
        If there are fewer than two rows or steps.
    TypeError
        If `model` is not callable and has no `inverse_transform`.

    References
    ----------
    Karras, Laine and Aila (2019). A style-based generator architecture for generative adversarial networks. CVPR,
    section 4.1: the length of decoded steps as a measure of a latent space.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.metrics import interpolation_scores
    >>> Z = np.array([[0.0], [1.0]])
    >>> even = interpolation_scores(lambda Z: 3 * Z, Z, n_steps=4)
    >>> round(even.consistency, 6), round(even.straightness, 6)
    (1.0, 1.0)
    >>> jump = interpolation_scores(lambda Z: Z > 0.6, Z, n_steps=4)
    >>> round(jump.consistency, 6)
    0.25
    """
    decode = getattr(model, "inverse_transform", model)
    if not callable(decode):
        raise TypeError(
            f"model must be callable or have an inverse_transform method, got an instance of {type(model).__name__}."
        )
    Z, _ = check_latent(Z)
    if len(Z) < 2 or n_steps < 2:
        raise ValueError(
            f"Interpolation requires at least two rows and two steps, got {len(Z)} rows without NaN and "
            f"n_steps={n_steps}."
        )
    random_state = check_random_state(random_state)
    start = random_state.randint(len(Z), size=n_pairs)
    end = (start + random_state.randint(1, len(Z), size=n_pairs)) % len(Z)  # never equal to start
    weight = np.linspace(0, 1, n_steps + 1)[:, None, None]
    points = (1 - weight) * Z[start] + weight * Z[end]
    arguments = () if condition is None else (condition,)
    decoded = np.asarray(decode(points.reshape(-1, Z.shape[1]), *arguments), dtype=np.float64)
    return _score_paths(decoded.reshape(n_steps + 1, n_pairs, -1))


def _score_paths(paths):
    """Compute the scores of decoded paths of shape (n_steps + 1, n_pairs, n_features)."""
    n_steps = len(paths) - 1
    spread = paths[[0, -1]].std(axis=(0, 1))
    varies = spread > 0  # excludes constant columns, and columns of NaN that the model does not decode
    if not varies.any():
        return InterpolationScores(np.nan, np.nan, np.nan)
    paths = paths[..., varies] / (spread[varies] * np.sqrt(varies.sum()))
    steps = np.linalg.norm(np.diff(paths, axis=0), axis=2)
    direct = np.linalg.norm(paths[-1] - paths[0], axis=1)
    moves = steps.any(axis=0)
    steps, length = steps[:, moves], steps[:, moves].sum(axis=0)
    return InterpolationScores(
        step_size=float(steps.mean()),
        consistency=float(np.mean(length**2 / (n_steps * (steps**2).sum(axis=0)))),
        straightness=float(np.mean(direct[moves] / length)),
    )
