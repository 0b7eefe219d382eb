"""Results of clustering a music library: tables, figures, playlists, saved models, and labels for new tracks."""

from ..features.computation._result import NothingUsableError
from ._self_check import self_check
from .features._describe_library import describe_library
from .features._describe_to_disk import DescribedLibrary, describe_to_disk
from .features._table_file import write_features
from .features._transformer_file import load_transformer, save_transformer
from .model._library_model import LibraryModel
from .output._metrics_table import metrics_table
from .output._playlists import Playlist, make_playlists
from .predict._predict_library import Prediction, predict_library
from .run._cluster_library import cluster_library
from .run._result import ClusterRun

__all__ = [
    "ClusterRun",
    "DescribedLibrary",
    "LibraryModel",
    "NothingUsableError",
    "Playlist",
    "Prediction",
    "cluster_library",
    "describe_library",
    "describe_to_disk",
    "load_transformer",
    "make_playlists",
    "metrics_table",
    "predict_library",
    "save_transformer",
    "self_check",
    "write_features",
]
