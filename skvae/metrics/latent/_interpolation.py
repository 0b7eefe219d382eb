"""Whether a walk through a latent is heard as an even change."""

from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from ._summary import check_latent


class InterpolationScores(NamedTuple):
    """How evenly decoded paths between tracks change; made by `interpolation_scores`.

    Attributes
    ----------
    step_size : float
        Mean length of a step: root mean square change of a column, in standard deviations of that column. Halved by
        twice as many steps.
    consistency : float
        Between 1 / n_steps, where everything changes in one step, and 1, where all steps of a path are equally long.
    straightness : float
        Between 0 and 1: share of the walked length that the way from end to end needs.
    """

    step_size: float
    consistency: float
    straightness: float


def interpolation_scores(model, Z, *, n_pairs=100, n_steps=10, condition=None, random_state=0):
    r"""Measure how evenly the decoded table changes along straight lines between tracks of a latent.

    Lines between random pairs of rows are cut into equal steps and decoded. With :math:`d_t` the length of step t of a
    path, in decoded columns of standard deviation 1,

    .. math::
        \text{consistency} = \frac{(\sum_t d_t)^2}{T \sum_t d_t^2}, \qquad
        \text{straightness} = \frac{\lVert x_T - x_0 \rVert}{\sum_t d_t},

    and scores are means over the paths. The consistency is :math:`1 / (1 + c^2)` of the coefficient of variation of the
    steps. A linear decoder, such as PCA, has 1 for both: they tell jumps and detours, not quality.

    Parameters
    ----------
    model : estimator or callable
        A fitted model with `inverse_transform`, or a function that decodes rows of a latent.
    Z : array-like of shape (n_samples, n_units)
        Latent of at least two tracks. Rows that are all NaN are left out.
    n_pairs : int, default=100
        Number of paths.
    n_steps : int, default=10
        Number of steps of a path, at least two.
    condition : array-like of shape (n_condition,), default=None
        Condition columns for all decoded points, of a conditional model.
    random_state : int, RandomState instance or None, default=0
        Draws the pairs.

    Returns
    -------
    scores : InterpolationScores
        NaN where decoded tracks do not differ.

    Raises
    ------
    ValueError
        If there are fewer than two rows or steps.
    TypeError
        If `model` does not decode.

    References
    ----------
    Karras, Laine and Aila (2019). A style-based generator architecture for generative adversarial networks. CVPR,
    section 4.1: the length of decoded steps as a measure of a latent.

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
        raise TypeError(f"{type(model).__name__} has no inverse_transform; give a model that decodes, or a function")
    Z, _ = check_latent(Z)
    if len(Z) < 2 or n_steps < 2:
        raise ValueError(
            f"a path needs two rows and two steps; Z has {len(Z)} rows that are not NaN, n_steps={n_steps}"
        )
    random_state = check_random_state(random_state)
    start = random_state.randint(len(Z), size=n_pairs)
    end = (start + random_state.randint(1, len(Z), size=n_pairs)) % len(Z)  # another row
    share = np.linspace(0, 1, n_steps + 1)[:, None, None]
    points = (1 - share) * Z[start] + share * Z[end]
    given = () if condition is None else (condition,)
    decoded = np.asarray(decode(points.reshape(-1, Z.shape[1]), *given), dtype=np.float64)
    paths = decoded.reshape(n_steps + 1, n_pairs, -1)
    spread = paths[[0, -1]].std(axis=(0, 1))
    varies = spread > 0  # neither constant nor NaN, a column that the model does not decode
    if not varies.any():
        return InterpolationScores(np.nan, np.nan, np.nan)
    paths = paths[..., varies] / (spread[varies] * np.sqrt(varies.sum()))
    steps = np.linalg.norm(np.diff(paths, axis=0), axis=2)
    direct = np.linalg.norm(paths[-1] - paths[0], axis=1)
    moves = steps.any(axis=0)
    steps, walked = steps[:, moves], steps[:, moves].sum(axis=0)
    return InterpolationScores(
        step_size=float(steps.mean()),
        consistency=float(np.mean(walked**2 / (n_steps * (steps**2).sum(axis=0)))),
        straightness=float(np.mean(direct[moves] / walked)),
    )
