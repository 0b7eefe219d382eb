"""Neighbor distances of a table and the knee of their curve, used for the radius of DBSCAN and BIRCH."""

import numpy as np
from sklearn.neighbors import NearestNeighbors


def knee(distances):
    """Find the knee of a curve of sorted distances.

    The knee is the point farthest below the straight line between both ends of the curve, after both axes are scaled
    to the range 0 to 1. This is the offline version of Kneedle [1]_ without smoothing.

    Parameters
    ----------
    distances : array-like of shape (n_samples,)
        Distances in any order.

    Returns
    -------
    float
        Distance at the knee.

    References
    ----------
    .. [1] Satopää et al., "Finding a 'kneedle' in a haystack: detecting knee points in system behavior",
       ICDCS Workshops 2011.

    Examples
    --------
    >>> from skvae.experiments import knee
    >>> float(knee([1.0, 1.1, 1.2, 1.3, 1.4, 9.0]))
    1.4
    """
    curve = np.sort(np.asarray(distances, dtype=float))
    height = np.ptp(curve)
    if height == 0:
        return curve[0]
    return curve[np.argmax(np.linspace(0, 1, len(curve)) - (curve - curve[0]) / height)]


def neighbor_distances(Z, k):
    """Compute the distance of each row to its `k`-th nearest neighbor, or to the farthest row if there are fewer."""
    k = min(k, len(Z) - 1)
    return NearestNeighbors(n_neighbors=k).fit(Z).kneighbors()[0][:, -1]
