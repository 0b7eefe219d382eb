"""M3U8 playlists, one per cluster."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..._paths import is_url, relative_path
from .names._choose import name_clusters


@dataclass(frozen=True)
class Playlist:
    """Name and tracks of one cluster.

    Parameters
    ----------
    label : int
        Cluster label.
    name : str
        Cluster name with the label and up to three words, such as "03 indie rock, female vocalists". It is a valid file
        name.
    rows : tuple of int
        Row numbers of the playable tracks in the track table. The tracks are sorted by distance to the cluster center.

    Examples
    --------
    >>> from skvae.report import Playlist
    >>> Playlist(3, "03 bright loud", (5, 1)).name
    '03 bright loud'
    """

    label: int
    name: str
    rows: tuple

    def write(self, folder, tracks, seconds=None):
        """Write the playlist as an M3U8 file. Paths in the file are relative to its folder.

        Parameters
        ----------
        folder : path-like
            Existing folder for the file.
        tracks : DataFrame
            Track table with the columns ``audio`` (absolute paths), ``title`` and ``artist``.
        seconds : callable, default=None
            Function that returns the duration of the file at a path in seconds, or -1 if it is unknown. If None, the
            duration is read from the header of the file.

        Returns
        -------
        Path
            Path of the written file.
        """
        folder = Path(folder).resolve()
        path = folder / f"{self.name}.m3u8"
        lines = ["#EXTM3U", f"#PLAYLIST:{self.name}"]
        for row in self.rows:
            track = tracks.iloc[row]
            lines += playlist_entry(track["audio"], track.get("title"), track.get("artist"), folder, seconds)
        path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
        return path


def make_playlists(tracks, Z, labels, audio=None, *, tags=None, features=None):
    """Name the clusters and sort their tracks.

    A cluster name contains up to three words that describe how the cluster differs from the rest of the library. They
    come from the first of these sources that has a suitable word for the cluster:

    1. `tags`, such as "indie rock, female vocalists". The share of tracks with the tag must be at least .3 higher in
       the cluster than in the rest of the library.
    2. The sound, if `audio` is given: bright or dark, loud or quiet, noisy or tonal, punchy or smooth, restless or
       steady, clear or dense. The mean of the cluster must differ by at least .4 standard deviations.
    3. The columns of `features`, such as "high energy, low acousticness", with the same minimum. Numbered columns
       (``embedding007``, ``mfcc_3``) have no words.
    4. Genre and language with the share of tracks that have them, such as "rock 78%". If both are unknown, other text
       columns of the track table are used.

    If nothing is known, the word is "mixed". If two clusters have the same words, one of them gets a word that
    separates it from the other.

    Parameters
    ----------
    tracks : DataFrame with n_tracks rows
        Track table.
    Z : ndarray of shape (n_tracks, latent_dim)
        Latent representation. Rows without one are NaN.
    labels : ndarray of int of shape (n_tracks,)
        Cluster labels. Tracks with label -1 belong to no cluster.
    audio : DataFrame with n_tracks rows, default=None
        Descriptors with the column names of `AudioFeatureExtractor`. Tracks whose descriptors are all NaN are not
        listed.
    tags : sequence of str of length n_tracks, default=None
        Tags of each track, joined by "|", most probable first. The first five are used. Empty if unknown.
    features : DataFrame with n_tracks rows, default=None
        Features with readable column names, with or without the prefix of their block. If None, `audio` is used.

    Returns
    -------
    list of Playlist
        One playlist per cluster, sorted by label.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skvae.report import make_playlists
    >>> tracks = pd.DataFrame({"audio": list("abcd"), "language": ["en", "en", "hi", "hi"]})
    >>> features = pd.DataFrame({"energy": [0.8, 0.9, 0.1, 0.2]})
    >>> [playlist.name for playlist in make_playlists(tracks, np.eye(4), np.array([0, 0, 1, 1]), features=features)]
    ['00 high energy', '01 low energy']
    >>> tags = ["rock|pop", "rock|indie", "jazz|pop", "jazz"]
    >>> [playlist.name for playlist in make_playlists(tracks, np.eye(4), np.array([0, 0, 1, 1]), tags=tags)]
    ['00 rock, indie', '01 jazz']
    """
    labels = np.asarray(labels)
    names = name_clusters(labels, tracks, audio, tags=tags, features=features)
    playable = np.array([is_playable(path) for path in tracks["audio"]])
    if audio is not None:
        playable &= audio.notna().any(axis=1).to_numpy()
    width = max(2, len(str(labels.max(initial=0))))
    playlists = []
    for label, name in names.items():
        rows = np.flatnonzero(labels == label)
        distance = np.linalg.norm(Z[rows] - Z[rows].mean(axis=0), axis=1)
        order = rows[np.argsort(distance, kind="stable")]
        listed = tuple(order[playable[order]].tolist())
        playlists.append(Playlist(label, f"{label:0{width}d} {name}", listed))
    return playlists


def playlist_entry(audio, title, artist, folder, seconds=None):
    """Return the two lines of a track in a playlist: duration and name, and the path relative to `folder`."""
    name = " - ".join(filter(None, (_one_line(artist), _one_line(title) or Path(audio).stem)))
    return [f"#EXTINF:{(seconds or _duration)(audio)},{name}", relative_path(audio, folder)]


def is_playable(path):
    """Return whether a path can be listed in a playlist: it is not missing and contains no line break."""
    return not pd.isna(path) and not {"\n", "\r"} & set(str(path))


def _one_line(text):
    return "" if pd.isna(text) else " ".join(str(text).split())


def _duration(audio):
    """Return the duration of a local file in whole seconds. -1 means unknown, for URLs and unreadable files."""
    import soundfile

    if is_url(audio):
        return -1

    try:
        return round(soundfile.info(audio).duration)
    except (OSError, RuntimeError):
        return -1
