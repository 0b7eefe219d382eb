"""Errors and warnings of the loaders."""


class EmptyLibraryError(ValueError):
    """Error for a folder without audio files or a table without rows.

    Examples
    --------
    >>> import tempfile
    >>> from skvae.datasets import EmptyLibraryError, load_tracks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     try:
    ...         load_tracks(folder)
    ...     except EmptyLibraryError:
    ...         print("no audio files")
    no audio files
    """


class TrackWarning(UserWarning):
    """Warning for tracks whose tags or lyrics could not be read completely.

    Parameters
    ----------
    failures : list of (str, str)
        ``track_id`` and reason of each problem.

    Attributes
    ----------
    failures : list of (str, str)
        ``track_id`` and reason of each problem.

    Examples
    --------
    >>> from skvae.datasets import TrackWarning
    >>> print(TrackWarning([("a.mp3", "tags not read")]))
    1 problem(s) while loading the library: 'a.mp3': tags not read
    """

    def __init__(self, failures):
        super().__init__(failures)
        self.failures = failures

    def __str__(self):
        shown = "; ".join(f"{track_id!r}: {reason}" for track_id, reason in self.failures[:5])
        rest = len(self.failures) - 5
        return f"{len(self.failures)} problem(s) while loading the library: {shown}" + (
            f"; and {rest} more in `.failures`" if rest > 0 else ""
        )
