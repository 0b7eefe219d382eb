"""Trustworthiness of a map."""

from numbers import Integral

import numpy as np
from sklearn import metrics
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from ._validation import SAMPLE_SIZE, pairwise_distances


@validate_params(
    {
        "X": ["array-like"],
        "embedding": ["array-like"],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "sample_size": [None, Interval(Integral, 4, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def trustworthiness_score(X, embedding, *, n_neighbors=15, sample_size=SAMPLE_SIZE, random_state=0):
    r"""Compute the trustworthiness of a map.

    A map is trustworthy if neighbors on the map are also neighbors in the original table.

    .. math:: T = 1 - \frac{2}{n k (2n - 3k - 1)} \sum_i \sum_{j \in N_k(i)} \max(0, r(i, j) - k)

    where :math:`N_k(i)` are the :math:`k` nearest rows on the map. :math:`r(i, j)` is the rank of row :math:`j`
    among the neighbors of row :math:`i` in the table. A map of random points has a score of about 0.5.

    The score compares the map with `X` only. A map can represent a latent space faithfully even if the latent space
    does not represent the music.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Original table. Distances with missing values are computed as in `silhouette_score`. Rows with only NaN are
        ignored.
    embedding : array-like of shape (n_samples, n_dimensions)
        Coordinates on the map. Rows with NaN are ignored.
    n_neighbors : int, default=15
        Number of neighbors on the map. Must be less than half of the number of rows.
    sample_size : int or None, default=5000
        Maximum number of rows. Larger tables are sampled at random. If None, all rows are used.
    random_state : int, RandomState instance or None, default=0
        Seed for the random sample.

    Returns
    -------
    score : float
        Score between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        If `X` and `embedding` have different numbers of rows, or if `n_neighbors` is too large.

    References
    ----------
    J. Venna and S. Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental study", ICANN,
    2001.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.decomposition import PCA
    >>> from skvae.metrics import trustworthiness_score
    >>> X = load_digits().data[:500]
    >>> round(trustworthiness_score(X, PCA(2).fit_transform(X)), 2)
    0.86
    """
    settings = {"n_neighbors": n_neighbors, "sample_size": sample_size, "random_state": random_state}
    return float(trustworthiness_per_row(*rank_neighbors(X, embedding, **settings)).mean())


def trustworthiness_per_row(rank, neighbors):
    """Compute the trustworthiness of each row. `trustworthiness_score` is the mean of these values.

    Parameters
    ----------
    rank : ndarray of shape (n_samples, n_samples)
        ``rank[i, j]`` is the rank of row j among the neighbors of row i in the table, starting at 1.
    neighbors : ndarray of shape (n_samples, n_neighbors)
        Nearest rows on the map.

    Returns
    -------
    trustworthiness : ndarray of shape (n_samples,)
        Values between 0 and 1.
    """
    n, k = neighbors.shape
    excess = np.maximum(np.take_along_axis(rank, neighbors, axis=1) - k, 0).sum(axis=1)
    return 1 - 2 * excess / (k * (2 * n - 3 * k - 1))


def rank_neighbors(X, embedding, *, n_neighbors, sample_size, random_state):
    """Return the arguments of `trustworthiness_per_row` for the rows that are present in both tables."""
    X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="X")
    embedding = check_array(embedding, dtype=np.float64, ensure_all_finite="allow-nan", input_name="embedding")
    check_consistent_length(X, embedding)
    rows = np.flatnonzero(~np.isnan(X).all(axis=1) & ~np.isnan(embedding).any(axis=1))
    if sample_size is not None and len(rows) > sample_size:
        rows = np.sort(check_random_state(random_state).choice(rows, sample_size, replace=False))
    n = len(rows)
    if n_neighbors >= n / 2:
        raise ValueError(f"n_neighbors={n_neighbors} must be less than half of the number of rows ({n}).")
    in_table = _sort_neighbors(pairwise_distances(X[rows]))
    on_map = _sort_neighbors(metrics.pairwise_distances(embedding[rows]))
    rank = np.empty((n, n), dtype=np.int32)
    np.put_along_axis(rank, in_table, np.arange(1, n + 1, dtype=np.int32)[None, :], axis=1)
    return rank, on_map[:, :n_neighbors]


def _sort_neighbors(distances):
    """Return the other rows sorted by distance for each row. The row itself is last."""
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1)
