"""Music libraries as track tables, one row a song: those on a disk, and one made to try things on."""

from ._songs import make_songs
from ._tracks import EmptyLibraryError, TrackWarning, load_tracks

__all__ = ["EmptyLibraryError", "TrackWarning", "load_tracks", "make_songs"]
