"""The study of a library, from the track table to what is read and listened to."""

from ._check import self_check
from ._description import NothingUsableError
from ._environment import devices, missing_extras, versions
from ._playlists import Playlist, make_playlists
from ._results import ClusterRun
from ._run import cluster_library
from ._tables import METRIC_LABELS, metrics_table, print_metrics

__all__ = [
    "METRIC_LABELS",
    "ClusterRun",
    "NothingUsableError",
    "Playlist",
    "cluster_library",
    "devices",
    "make_playlists",
    "metrics_table",
    "missing_extras",
    "print_metrics",
    "self_check",
    "versions",
]
