"""Pictures of a clustering, one Display each, in scikit-learn's style."""

from ._beta_sweep import BetaSweepDisplay
from ._history import HistoryDisplay
from ._metric_bars import MetricBarsDisplay
from ._metric_heatmap import MetricHeatmapDisplay
from ._n_clusters import NClustersDisplay
from ._reliability import ReliabilityDisplay
from ._study import StudyDisplay
from .maps._embedding import embed_plane
from .maps._map import MapDisplay
from .maps._map_grid import MapGridDisplay

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
