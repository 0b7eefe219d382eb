"""The study of a library, from the track table to what is read and listened to."""

from ._description import NothingUsableError
from ._playlists import Playlist, make_playlists
from ._results import ClusterRun
from ._run import cluster_library
from ._tables import METRIC_LABELS, metrics_table

__all__ = [
    "METRIC_LABELS",
    "ClusterRun",
    "NothingUsableError",
    "Playlist",
    "cluster_library",
    "make_playlists",
    "metrics_table",
]
