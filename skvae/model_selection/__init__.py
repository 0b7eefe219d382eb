"""Model selection: splits, search over transductive clusterers, and the number of clusters."""

from ._n_clusters import NClusters, select_n_clusters
from ._splits import AllRows, track_groups
from ._transductive import TransductiveClusterer

__all__ = ["AllRows", "NClusters", "TransductiveClusterer", "select_n_clusters", "track_groups"]
