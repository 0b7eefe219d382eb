"""Splits for clusterers without `predict`, and groups for group splits."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import _num_samples


class AllRows:
    """Single split that uses all rows for training and testing.

    Use it for clusterers that can only label the rows of `fit`. The scores describe the clustering of these
    rows. They do not estimate the quality on new rows.

    See Also
    --------
    TransductiveClusterer : Add a `predict` method for the rows of `fit` to such clusterers.

    Examples
    --------
    >>> from skvae.model_selection import AllRows
    >>> [(train.tolist(), test.tolist()) for train, test in AllRows().split("abc")]
    [([0, 1, 2], [0, 1, 2])]
    """

    def split(self, X, y=None, groups=None):
        """Generate the split.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Table.
        y, groups : object
            Ignored.

        Yields
        ------
        train, test : ndarray of int of shape (n_samples,)
            Positions of all rows.
        """
        rows = np.arange(_num_samples(X))
        yield rows, rows.copy()

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of splits.

        Parameters
        ----------
        X, y, groups : object
            Ignored.

        Returns
        -------
        int
            Always 1.
        """
        return 1

    def __repr__(self):
        return "AllRows()"


def track_groups(tracks, by="artist"):
    """Return groups of tracks that must be in the same part of a split.

    Songs of the same artist are similar in sound and production [1]_, and windows of the same song even more. If they
    are in both parts of a split, scores are too high. Pass the result as `groups` to ``cross_validate`` or a search,
    with ``GroupKFold`` or ``StratifiedGroupKFold`` as `cv`.

    Parameters
    ----------
    tracks : DataFrame
        Track table.
    by : str, default="artist"
        Column that defines the groups, such as "artist" or "album". Use "song_id" for windows and modified copies. Case
        and spaces are ignored.

    Returns
    -------
    groups : ndarray of int of shape (n_tracks,)
        Group numbers 0, 1, ... in order of first appearance. Rows with a missing or blank value are grouped by
        ``song_id`` if the table has this column. Otherwise, each of these rows is a separate group, because one group
        of all unknown artists would be too large.

    Raises
    ------
    ValueError
        If the table does not have the column.

    References
    ----------
    .. [1] E. Pampalk, A. Flexer and G. Widmer, "Improvements of audio-based music similarity and genre classification",
       ISMIR 2005 (artist filter).

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
        raise ValueError(f"tracks has no column {by!r}. Use one of its columns: {', '.join(map(str, tracks.columns))}")
    songs = tracks["song_id"] if "song_id" in tracks else [None] * len(tracks)
    keys = []
    for row, (value, song) in enumerate(zip(tracks[by], songs, strict=True)):
        name = _normalize_name(value)
        keys.append((by, name) if name else ("row", row) if pd.isna(song) else ("song_id", song))
    return pd.factorize(pd.Series(keys, dtype=object))[0]


def _normalize_name(name):
    """Normalize case and spaces of a name. Return an empty string if the name is missing."""
    return "" if pd.isna(name) else " ".join(str(name).casefold().split())
