"""Music libraries as track tables: one row a song."""

from ._tracks import TrackWarning, load_tracks

__all__ = ["TrackWarning", "load_tracks"]
