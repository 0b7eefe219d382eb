"""The study of a library, from the track table to what is read and listened to."""

from ..features._description import NothingUsableError
from ._check import self_check
from ._environment import devices, missing_extras, versions
from ._features import describe_library, load_transformer, save_transformer, write_features
from ._model import LibraryModel
from ._parts import DescribedLibrary, describe_to_disk
from ._playlists import Playlist, make_playlists
from ._predict import Prediction, predict_library
from ._results import ClusterRun
from ._run import cluster_library
from ._tables import METRIC_LABELS, metrics_table, print_metrics

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
