"""Pictures of a clustering, one Display each, in scikit-learn's style."""

from ._beta_sweep import BetaSweepDisplay
from ._embedding import embed_plane
from ._history import HistoryDisplay
from ._map import MapDisplay
from ._map_grid import MapGridDisplay
from ._metric_bars import MetricBarsDisplay
from ._metric_heatmap import MetricHeatmapDisplay
from ._n_clusters import NClustersDisplay
from ._reliability import ReliabilityDisplay
from ._study import StudyDisplay

__all__ = [
    "BetaSweepDisplay",
    "HistoryDisplay",
    "MapDisplay",
    "MapGridDisplay",
    "MetricBarsDisplay",
    "MetricHeatmapDisplay",
    "NClustersDisplay",
    "ReliabilityDisplay",
    "StudyDisplay",
    "embed_plane",
]
