"""Loading of music libraries and feature tables, and generation of example songs."""

from .feature_tables._feature_table import FeatureTable, is_feature_table, iter_feature_table, load_feature_table
from .generated._songs import make_songs
from .tracks._chunks import iter_tracks
from .tracks._exceptions import EmptyLibraryError, TrackWarning
from .tracks._load import load_tracks

__all__ = [
    "EmptyLibraryError",
    "FeatureTable",
    "TrackWarning",
    "is_feature_table",
    "iter_feature_table",
    "iter_tracks",
    "load_feature_table",
    "load_tracks",
    "make_songs",
]
