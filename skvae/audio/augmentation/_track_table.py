"""Track table functions shared by explode_segments and augment_tracks."""

from dataclasses import replace
from functools import partial
from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval

from ..decoding._decode import total_seconds
from ..decoding._errors import AudioError
from ..decoding._inputs import as_sources
from ..decoding._segment import AudioSegment
from ..decoding._subprocess import call_in_subprocess
from ..execution._parallel import parallel_map

TRACK_CONSTRAINTS = {
    "tracks": [pd.DataFrame],
    "audio": [str],
    "sample_rate": [Interval(Real, 0, None, closed="neither")],
    "timeout": [Interval(Real, 0, None, closed="neither"), None],
    "n_jobs": [Integral, None],
}
"""Constraints of the parameters that both public functions share."""


def track_sources(tracks, audio, sample_rate):
    """Return the sources in the column `audio` of a track table."""
    if audio not in tracks:
        raise ValueError(
            f"tracks has no column {audio!r}. Set the parameter audio to the name of the column of recordings."
        )
    return as_sources(tracks[audio], sample_rate)[0]


def source_lengths(sources, timeout, n_jobs):
    """Return the length of each source in seconds, NaN if there is no audio or it cannot be opened."""
    return list(parallel_map(partial(_length, timeout=timeout), sources, n_jobs, lambda reason: np.nan))


def _length(source, timeout):
    if source is None:
        return np.nan
    try:
        return call_in_subprocess(total_seconds, source, timeout=timeout)
    except AudioError:  # the extractor will report the reason
        return np.nan


def cut_segment(source, start, length):
    """Return the segment of `length` seconds that begins `start` seconds after the beginning of the source."""
    segment = source if isinstance(source, AudioSegment) else AudioSegment(source)
    return replace(segment, offset=segment.offset + start, duration=length)


def repeat_tracks(tracks, rows):
    """Return the rows at the given positions with a new index 0, 1, 2, ... and the column ``song_id``."""
    if "song_id" in tracks:
        return tracks.iloc[rows].reset_index(drop=True)
    if "track_id" not in tracks and not tracks.index.is_unique:
        raise ValueError("The index of tracks contains duplicates. Add a column track_id that identifies the songs.")
    songs = tracks["track_id"] if "track_id" in tracks else tracks.index.to_series()
    longer = tracks.iloc[rows].reset_index(drop=True)
    longer["song_id"] = songs.iloc[rows].array
    return longer
