"""Choosing a model: the number of clusters."""

from ._n_clusters import NClusters, select_n_clusters

__all__ = ["NClusters", "select_n_clusters"]
