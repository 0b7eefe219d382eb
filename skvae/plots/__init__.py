"""Pictures of a clustering, one Display each, in scikit-learn's style."""

from ._embedding import embed_plane
from ._history import HistoryDisplay
from ._map import MapDisplay
from ._n_clusters import NClustersDisplay
from ._reliability import ReliabilityDisplay

__all__ = ["HistoryDisplay", "MapDisplay", "NClustersDisplay", "ReliabilityDisplay", "embed_plane"]
