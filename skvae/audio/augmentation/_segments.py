"""explode_segments: a track table of songs -> one of their windows; and what it shares with augment_tracks."""

from dataclasses import replace
from functools import partial
from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from ..decoding._decode import AudioError, total_seconds
from ..decoding._inputs import as_sources
from ..decoding._segment import AudioSegment
from ..decoding._subprocess import apart
from ..execution._parallel import spread

SHARED_CONSTRAINTS = {
    "tracks": [pd.DataFrame],
    "audio": [str],
    "sample_rate": [Interval(Real, 0, None, closed="neither")],
    "timeout": [Interval(Real, 0, None, closed="neither"), None],
    "n_jobs": [Integral, None],
}


@validate_params(
    SHARED_CONSTRAINTS
    | {
        "seconds": [Interval(Real, 0, None, closed="neither")],
        "hop": [Interval(Real, 0, None, closed="neither"), None],
        "max_segments": [Interval(Integral, 1, None, closed="left"), None],
    },
    prefer_skip_nested_validation=True,
)
def explode_segments(
    tracks, *, seconds=10.0, hop=None, max_segments=None, audio="audio", sample_rate=22050, timeout=300.0, n_jobs=None
):
    """Make a longer track table with a row for each window of each song.

    Only the headers of the files are read; the windows are decoded when features are computed. It goes before the
    pipeline, since a transformer never changes the number of rows; :func:`skvae.features.pool_by_group` leads from
    results for windows back to one a song.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        The track table.
    seconds : float, default=10.0
        Length of a window. A recording that is shorter is one window.
    hop : float or None, default=None
        Seconds from the start of a window to that of the next; None is `seconds`, so that windows meet. The last window
        may lack half of itself, or of `hop` where that is less; what would lack more is left out.
    max_segments : int or None, default=None
        Most windows of one song, spread over it; None takes all.
    audio : str, default="audio"
        Column of recordings: all that :class:`~skvae.AudioFeatureExtractor` takes, :class:`AudioSegment` included.
    sample_rate : float, default=22050
        Rate, in hertz, of arrays that come without one.
    timeout : float or None, default=300.0
        Seconds that the header of a file may take, in a process of its own; None reads it in this process.
    n_jobs : int or None, default=None
        Number of processes that read headers; None is 1 unless in a ``joblib.parallel_config`` context.

    Returns
    -------
    segments : DataFrame of shape (n_segments, n_columns + 3 or less)
        The rows of a song follow each other, in its place, under an index 0, 1, 2, ... The column `audio` holds
        :class:`AudioSegment`; ``offset`` and ``duration`` say in seconds where in the recording it lies; ``song_id``
        says of which song it is: the ``track_id`` of `tracks`, else its index. All other columns are repeated. A song
        without audio, or one that cannot be opened, keeps one row, its ``duration`` NaN, and is reported when features
        are computed.

    Raises
    ------
    ValueError
        If `tracks` has no such column, or neither a column ``track_id`` nor an index without repetitions.

    See Also
    --------
    augment_tracks : Rows that are changed copies.
    skvae.features.pool_by_group : From windows back to songs.

    Notes
    -----
    Windows of one song are alike: keep them on one side of every split, by ``GroupKFold`` or ``StratifiedGroupKFold``
    with ``groups=segments["song_id"]``.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skvae.audio import explode_segments
    >>> noise = np.random.default_rng(0).normal(scale=0.1, size=5 * 8000)
    >>> tracks = pd.DataFrame({"audio": [(noise, 8000), "missing.mp3"], "title": ["Rain", "Snow"]})
    >>> explode_segments(tracks, seconds=2.0)[["title", "song_id", "offset", "duration"]]
      title  song_id  offset  duration
    0  Rain        0     0.0       2.0
    1  Rain        0     2.0       2.0
    2  Rain        0     4.0       1.0
    3  Snow        1     0.0       NaN
    """
    hop = seconds if hop is None else hop
    sources = track_sources(tracks, audio, sample_rate)
    parts = []
    for source, total in zip(sources, lengths(sources, timeout, n_jobs), strict=True):
        starts = [0.0] if np.isnan(total) else _starts(total, seconds, hop, max_segments)
        parts.append([_part(source, start, float(np.minimum(seconds, total - start))) for start in starts])
    rows = np.repeat(np.arange(len(tracks)), [len(segments) for segments in parts])
    longer = repeat_tracks(tracks, rows)
    columns = zip(*(part for segments in parts for part in segments), strict=True) if len(rows) else ([], [], [])
    for name, values, dtype in zip((audio, "offset", "duration"), columns, (object, float, float), strict=True):
        longer[name] = pd.Series(values, dtype=dtype)
    return longer


def _starts(total, seconds, hop, most):
    """Return the seconds at which windows begin; see `explode_segments`."""
    n = 1 + max(0, int((total - seconds + min(hop, seconds) / 2) // hop))
    chosen = range(n) if most is None or n <= most else ((2 * i + 1) * n // (2 * most) for i in range(most))
    return [i * hop for i in chosen]


def _part(source, start, length):
    """Return what stands in the columns of audio, offset and duration."""
    if np.isnan(length):
        return source, 0.0, length
    segment = cut(source, start, length)
    return segment, segment.offset, length


def cut(source, start, length):
    """Return the segment of `length` seconds that begins `start` seconds after the source does."""
    segment = source if isinstance(source, AudioSegment) else AudioSegment(source)
    return replace(segment, offset=segment.offset + start, duration=length)


def track_sources(tracks, audio, sample_rate):
    """Return the sources in the column `audio` of a track table."""
    if audio not in tracks:
        raise ValueError(f"tracks has no column {audio!r}: give the name of its column of recordings as audio=")
    return as_sources(tracks[audio], sample_rate)[0]


def lengths(sources, timeout, n_jobs):
    """Return the seconds of each source; NaN where there is no audio or it cannot be opened."""
    return list(spread(partial(_length, timeout=timeout), sources, n_jobs, lambda reason: np.nan))


def _length(source, timeout):
    if source is None:
        return np.nan
    try:
        return apart(total_seconds, source, timeout=timeout)
    except AudioError:  # the row stays, and the extractor says why
        return np.nan


def repeat_tracks(tracks, rows):
    """Return the rows at these positions, index 0, 1, 2, ..., with the column ``song_id``."""
    if "song_id" in tracks:
        return tracks.iloc[rows].reset_index(drop=True)
    if "track_id" not in tracks and not tracks.index.is_unique:
        raise ValueError("tracks has repeated labels in its index: give it a column track_id, which tells songs apart")
    songs = tracks["track_id"] if "track_id" in tracks else tracks.index.to_series()
    longer = tracks.iloc[rows].reset_index(drop=True)
    longer["song_id"] = songs.iloc[rows].array
    return longer
