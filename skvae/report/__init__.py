"""The study of a library, from the track table to what is read and listened to."""

from ..features.computation._result import NothingUsableError
from ._environment import devices, missing_extras, versions
from ._self_check import self_check
from .features._describe_library import describe_library, load_transformer, save_transformer, write_features
from .features._describe_to_disk import DescribedLibrary, describe_to_disk
from .model._library_model import LibraryModel
from .output._playlists import Playlist, make_playlists
from .output._tables import METRIC_LABELS, metrics_table, print_metrics
from .predict._predict_library import Prediction, predict_library
from .run._cluster_library import cluster_library
from .run._result import ClusterRun

__all__ = [
    "METRIC_LABELS",
    "ClusterRun",
    "DescribedLibrary",
    "LibraryModel",
    "NothingUsableError",
    "Playlist",
    "Prediction",
    "cluster_library",
    "describe_library",
    "describe_to_disk",
    "devices",
    "load_transformer",
    "make_playlists",
    "metrics_table",
    "missing_extras",
    "predict_library",
    "print_metrics",
    "save_transformer",
    "self_check",
    "versions",
    "write_features",
]
