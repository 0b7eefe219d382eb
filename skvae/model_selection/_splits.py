"""Splits: all rows at once, and the groups that a split must keep together."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import _num_samples


class AllRows:
    """The split that trains and tests on all rows: for clusterers that label only the rows they were fitted on.

    A score of it says how the rows were clustered, not how further rows would be.

    See Also
    --------
    TransductiveClusterer : Gives such clusterers the `predict` that scorers call.

    Examples
    --------
    >>> from skvae.model_selection import AllRows
    >>> [(train.tolist(), test.tolist()) for train, test in AllRows().split("abc")]
    [([0, 1, 2], [0, 1, 2])]
    """

    def split(self, X, y=None, groups=None):
        """Generate the one split.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows.
        y, groups : object
            Ignored.

        Yields
        ------
        train, test : ndarray of int of shape (n_samples,)
            All positions, twice.
        """
        rows = np.arange(_num_samples(X))
        yield rows, rows.copy()

    def get_n_splits(self, X=None, y=None, groups=None):
        """Count the splits.

        Parameters
        ----------
        X, y, groups : object
            Ignored.

        Returns
        -------
        int
            One.
        """
        return 1

    def __repr__(self):
        return "AllRows()"


def track_groups(tracks, by="artist"):
    """Give the rows of a track table numbers, the same to those that a split must keep together.

    Songs of an artist are alike in sound and recording, and windows of a song more so: a model that has heard one half
    seems to know the other. Hand the numbers to `groups` of ``cross_validate`` or a search, with ``GroupKFold`` or
    ``StratifiedGroupKFold`` as `cv`.

    Parameters
    ----------
    tracks : DataFrame
        The track table.
    by : str, default="artist"
        Its column that says what belongs together, such as "artist", "album" or, for windows and changed copies,
        "song_id". Upper case and spaces make no difference.

    Returns
    -------
    groups : ndarray of int of shape (n_tracks,)
        Numbers 0, 1, ... in the order of first appearance. A row where the column is missing or blank goes with the
        rows of its song, where the table has ``song_id``, and else stays alone: nobody knows whose it is, and one group
        of all the unknown would be the largest of all.

    Raises
    ------
    ValueError
        If the table has no such column.

    References
    ----------
    Pampalk, Flexer and Widmer (2005). Improvements of audio-based music similarity and genre classification. ISMIR: the
    artist filter.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.model_selection import GroupKFold
    >>> from skvae.model_selection import track_groups
    >>> tracks = pd.DataFrame({"artist": ["Ana", "Bo", "ana ", None, "", "Bo"]})
    >>> groups = track_groups(tracks)
    >>> groups
    array([0, 1, 0, 2, 3, 1])
    >>> next(GroupKFold(2).split(tracks, groups=groups))[1]
    array([1, 4, 5])
    """
    if by not in tracks:
        raise ValueError(f"tracks has no column {by!r} to group by; it has {', '.join(map(str, tracks.columns))}")
    songs = tracks["song_id"] if "song_id" in tracks else [None] * len(tracks)
    keys = []
    for row, (value, song) in enumerate(zip(tracks[by], songs, strict=True)):
        name = _plain(value)
        keys.append((by, name) if name else ("row", row) if pd.isna(song) else ("song_id", song))
    return pd.factorize(pd.Series(keys, dtype=object))[0]


def _plain(name):
    """Return a name without what people write now one way, now another; an empty one where it is missing."""
    return "" if pd.isna(name) else " ".join(str(name).casefold().split())
