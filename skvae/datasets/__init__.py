"""Music libraries as track tables, one row a song: those on a disk, described or not, and one made to try things on."""

from .feature_tables._load import FeatureTable, is_feature_table, iter_feature_table, load_feature_table
from .generated._songs import make_songs
from .tracks._chunks import iter_tracks
from .tracks._load import EmptyLibraryError, TrackWarning, load_tracks

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
