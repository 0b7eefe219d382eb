"""explode_segments: one row per window of each song."""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from ._track_table import TRACK_CONSTRAINTS, cut_segment, repeat_tracks, source_lengths, track_sources


@validate_params(
    TRACK_CONSTRAINTS
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
    """Create a track table with one row per window of each song.

    Only the headers of the files are read. The windows are decoded when features are computed. Call this function
    before the pipeline, since a transformer never changes the number of rows. Use
    :func:`skvae.features.pool_by_group` to average the results of the windows of each song.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        Track table.
    seconds : float, default=10.0
        Length of a window. A shorter recording becomes one window.
    hop : float or None, default=None
        Number of seconds from the start of a window to the start of the next. None means `seconds`: adjacent windows
        without overlap. The last window can be shorter by up to half of `seconds` or half of `hop`, whichever is
        smaller. A shorter remainder is left out.
    max_segments : int or None, default=None
        Maximum number of windows per song. The windows are evenly spread over the song. None means no limit.
    audio : str, default="audio"
        Name of the column of recordings, in any form that :class:`~skvae.AudioFeatureExtractor` accepts, including
        :class:`AudioSegment`.
    sample_rate : float, default=22050
        Sample rate of arrays without a rate, in hertz.
    timeout : float or None, default=300.0
        Maximum number of seconds for reading the header of a file, in a subprocess. None reads headers in the same
        process, without a limit.
    n_jobs : int or None, default=None
        Number of parallel processes that read headers. None means 1 unless in a ``joblib.parallel_config`` context.

    Returns
    -------
    segments : DataFrame of shape (n_segments, n_columns + n_new)
        Windows in the order of the songs, with the index 0, 1, 2, ... The column `audio` contains :class:`AudioSegment`
        objects. The columns ``offset`` and ``duration`` contain the position of the window in seconds. The column
        ``song_id`` identifies the song: it is the ``track_id`` of `tracks`, or its index. An existing column
        ``song_id`` is kept. All other columns are repeated. A song without audio, or one that cannot be opened, has one
        row with ``duration`` NaN. The reason is reported when features are computed.

    Raises
    ------
    ValueError
        If `tracks` does not contain the column `audio`, or if it has no column ``song_id`` or ``track_id`` and its
        index is not unique.

    See Also
    --------
    augment_tracks : Add augmented copies of songs.
    skvae.features.pool_by_group : Average the results of each song.

    Notes
    -----
    Windows of one song are similar. Keep them on the same side of each split, for example with ``GroupKFold`` or
    ``StratifiedGroupKFold`` and ``groups=segments["song_id"]``.

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
    windows = []
    for source, total in zip(sources, source_lengths(sources, timeout, n_jobs), strict=True):
        starts = [0.0] if np.isnan(total) else _window_starts(total, seconds, hop, max_segments)
        windows.append([_window(source, start, float(np.minimum(seconds, total - start))) for start in starts])
    rows = np.repeat(np.arange(len(tracks)), [len(windows_of_song) for windows_of_song in windows])
    longer = repeat_tracks(tracks, rows)
    columns = zip(*(window for each in windows for window in each), strict=True) if len(rows) else ([], [], [])
    for name, values, dtype in zip((audio, "offset", "duration"), columns, (object, float, float), strict=True):
        longer[name] = pd.Series(values, dtype=dtype)
    return longer


def _window_starts(total, seconds, hop, max_segments):
    """Return the start of each window in seconds, see `explode_segments`."""
    n = 1 + max(0, int((total - seconds + min(hop, seconds) / 2) // hop))
    if max_segments is None or n <= max_segments:
        chosen = range(n)
    else:
        chosen = ((2 * i + 1) * n // (2 * max_segments) for i in range(max_segments))
    return [i * hop for i in chosen]


def _window(source, start, length):
    """Return the values of the columns of audio, offset and duration."""
    if np.isnan(length):
        return source, 0.0, length
    segment = cut_segment(source, start, length)
    return segment, segment.offset, length
