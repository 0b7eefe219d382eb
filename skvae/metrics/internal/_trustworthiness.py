"""Whether neighbours on a map are neighbours in the table."""

from numbers import Integral

import numpy as np
from sklearn.metrics import pairwise_distances
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from ._silhouette import SAMPLE_SIZE, distances


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
    r"""How far the neighbours of each row on a map are its neighbours in the table that the map was made of.

    .. math:: T = 1 - \frac{2}{n k (2n - 3k - 1)} \sum_i \sum_{j \in N_k(i)} \max(0, r(i, j) - k)

    with :math:`N_k(i)` the :math:`k` nearest rows on the map, and :math:`r(i, j)` the rank of row :math:`j` among the
    neighbours of row :math:`i` in the table. It is about 0.5 for a map of random points, and says how well the map
    shows this table alone: a map may be true to a latent that is not true to the music.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The table; may have gaps, over which distances are taken as in `silhouette_score`. Rows that are all NaN in
        either do not take part.
    embedding : array-like of shape (n_samples, n_dimensions)
        The map.
    n_neighbors : int, default=15
        Neighbours on the map, fewer than half of the rows.
    sample_size : int or None, default=5000
        Of more rows than this, a random sample is mapped; None takes all.
    random_state : int, RandomState instance or None, default=0
        Draws the sample.

    Returns
    -------
    score : float
        Between 0 and 1, higher is better.

    Raises
    ------
    ValueError
        If the tables have not the same rows, or these are too few for so many neighbours.

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
    return float(trustworthiness_rows(*ranks_and_neighbours(X, embedding, **settings)).mean())


def trustworthiness_rows(rank, neighbours):
    """Return the trustworthiness of every row, of which `trustworthiness_score` is the mean.

    Parameters
    ----------
    rank : ndarray of shape (n_samples, n_samples)
        Rank of every row among the neighbours of every row in the table, from 1.
    neighbours : ndarray of shape (n_samples, n_neighbors)
        Nearest rows on the map.

    Returns
    -------
    ndarray of shape (n_samples,)
    """
    n, k = neighbours.shape
    beyond = np.maximum(np.take_along_axis(rank, neighbours, axis=1) - k, 0).sum(axis=1)
    return 1 - 2 * beyond / (k * (2 * n - 3 * k - 1))


def ranks_and_neighbours(X, embedding, *, n_neighbors, sample_size, random_state):
    """Return what `trustworthiness_rows` takes, for the rows that both tables have."""
    X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="X")
    embedding = check_array(embedding, dtype=np.float64, ensure_all_finite="allow-nan", input_name="embedding")
    check_consistent_length(X, embedding)
    rows = np.flatnonzero(~np.isnan(X).all(axis=1) & ~np.isnan(embedding).any(axis=1))
    if sample_size is not None and len(rows) > sample_size:
        rows = np.sort(check_random_state(random_state).choice(rows, sample_size, replace=False))
    n = len(rows)
    if n_neighbors >= n / 2:
        raise ValueError(f"n_neighbors={n_neighbors} with {n} rows; it must be less than half of them")
    in_table, on_map = _neighbours(distances(X[rows])), _neighbours(pairwise_distances(embedding[rows]))
    rank = np.empty((n, n), dtype=np.int32)
    np.put_along_axis(rank, in_table, np.arange(1, n + 1, dtype=np.int32)[None, :], axis=1)
    return rank, on_map[:, :n_neighbors]


def _neighbours(found):
    """Return every row's other rows, the nearest first, and itself last."""
    np.fill_diagonal(found, np.inf)
    return np.argsort(found, axis=1)
