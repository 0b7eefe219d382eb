"""Clusters to listen to: playlists that name their sound."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..._paths import is_url, relative_path

# Plain words for the high and the low end of columns of AudioFeatureExtractor, which are averaged in units of their
# standard deviation. What fluctuates, fluctuates within texture windows of about three seconds: beats, not songs.
WORDS = (
    ("bright", "dark", ("centroid_mean", "rolloff_mean")),
    ("loud", "quiet", ("rms_mean",)),
    ("noisy", "tonal", ("flatness_mean",)),
    ("punchy", "smooth", ("mfcc01_std",)),
    ("restless", "steady", ("centroid_std", "bandwidth_std")),
    ("clear", "dense", tuple(f"contrast{band}_mean" for band in range(2, 6))),
)
N_WORDS = 3
LEAST = 0.4  # standard deviations from the library's mean that earn a word


@dataclass(frozen=True)
class Playlist:
    """One cluster, from its centre outwards.

    Parameters
    ----------
    label : int
        The cluster.
    name : str
        Its label and words, such as "03 bright loud", safe as a file name.
    rows : tuple of int
        Positions of its tracks in the track table, those that can be played, nearest to the centre first.

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
        """Write it as an m3u8 file with paths relative to the file.

        Parameters
        ----------
        folder : path-like
            Existing folder to write into.
        tracks : DataFrame
            The track table: ``audio`` (absolute paths), ``title``, ``artist``.
        seconds : callable, default=None
            Length in seconds of the file at a path, or -1 where it is unknown; by default the file's header is read.

        Returns
        -------
        Path
            The file.
        """
        folder = Path(folder).resolve()
        path = folder / f"{self.name}.m3u8"
        lines = ["#EXTM3U", f"#PLAYLIST:{self.name}"]
        for row in self.rows:
            track = tracks.iloc[row]
            lines += entry(track["audio"], track.get("title"), track.get("artist"), folder, seconds)
        path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
        return path


def entry(audio, title, artist, folder, seconds=None):
    """Two lines of a playlist: length and name of a track, and its path as seen from a folder."""
    shown = " - ".join(filter(None, (_line(artist), _line(title) or Path(audio).stem)))
    return [f"#EXTINF:{(seconds or _length)(audio)},{shown}", relative_path(audio, folder)]


def playable(path):
    """Whether there is a path, of one line: a line of a playlist cannot hold two."""
    return not pd.isna(path) and not {"\n", "\r"} & set(str(path))


def relative_paths(paths, folder):
    """Paths as seen from a folder, None where there is none."""
    folder = Path(folder).resolve()
    return [relative_path(path, folder) for path in paths]


def make_playlists(tracks, Z, labels, audio=None):
    """Name the clusters and order their tracks.

    Each cluster is named by up to three plain words for how its sound differs from the library's (bright or dark, loud
    or quiet, noisy or tonal, punchy or smooth, restless or steady, clear or dense). Where no sound was described, the
    language and genre of most of its tracks are its words.

    Parameters
    ----------
    tracks : DataFrame of n_tracks rows
        The track table.
    Z : ndarray of shape (n_tracks, latent_dim)
        Latent; NaN where there is none.
    labels : ndarray of int of shape (n_tracks,)
        Clusters; -1 belongs to none.
    audio : DataFrame of n_tracks rows, default=None
        Descriptors by `AudioFeatureExtractor`; a file that could not be described, a row of NaN, is not listed.

    Returns
    -------
    list of Playlist
        One for each cluster, in the order of the labels.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skvae.report import make_playlists
    >>> tracks = pd.DataFrame({"audio": list("abcd"), "language": ["en", "en", "hi", "hi"]})
    >>> audio = pd.DataFrame({"rms_mean": [0.3, 0.4, 0.1, 0.1]})
    >>> [playlist.name for playlist in make_playlists(tracks, np.eye(4), np.array([0, 0, 1, 1]), audio)]
    ['00 loud', '01 quiet']
    """
    labels = np.asarray(labels)
    scores = None if audio is None else _word_scores(audio)
    if scores is not None and scores.empty:  # features that have no words
        scores = None
    can_play = np.array([playable(path) for path in tracks["audio"]])
    if audio is not None:
        can_play &= audio.notna().any(axis=1).to_numpy()
    width = max(2, len(str(labels.max(initial=0))))
    playlists = []
    for label in np.unique(labels[labels >= 0]):
        rows = np.flatnonzero(labels == label)
        distance = np.linalg.norm(Z[rows] - Z[rows].mean(axis=0), axis=1)
        words = _sound(scores.iloc[rows].mean()) if scores is not None else _common(tracks.iloc[rows])
        name = f"{label:0{width}d} {' '.join(words) or 'mixed'}"
        order = rows[np.argsort(distance, kind="stable")]
        playlists.append(Playlist(int(label), name, tuple(order[can_play[order]].tolist())))
    return playlists


def _word_scores(audio):
    """How far each track lies towards each pair of words, in standard deviations of the library."""
    spread = audio.std(ddof=0)
    standard = (audio - audio.mean()) / spread.where(spread > 0, np.inf)
    scores = {}
    for high, low, columns in WORDS:
        score = standard[[column for column in columns if column in standard]].mean(axis=1)
        if score.std(ddof=0) > 0:
            scores[f"{high}/{low}"] = score / score.std(ddof=0)
    return pd.DataFrame(scores, index=audio.index)


def _sound(means):
    strongest = means.abs().sort_values(ascending=False, kind="stable").head(N_WORDS)
    return [pair.split("/")[int(means[pair] < 0)] for pair, strength in strongest.items() if strength >= LEAST]


def _common(tracks):
    """Language and genre that at least half of the tracks share."""
    words = []
    for column in ("language", "genre"):
        shares = tracks[column].value_counts() / len(tracks) if column in tracks else pd.Series(dtype=float)
        words += [_safe(value) for value in shares.index[:1][shares.iloc[:1] >= 0.5]]
    return list(filter(None, words))


def is_safe(name):
    """Whether a name is a file name on every system, and of the folder that it is put in."""
    return bool(name) and all(char == " " or unicodedata.category(char)[0] in "LMN" for char in name)


def _safe(text):
    """Letters, marks, digits and spaces of a text: a piece of a file name on every system."""
    kept = "".join(char if is_safe(char) else " " for char in str(text))
    return " ".join(kept.split())[:24].strip()


def _line(text):
    return "" if pd.isna(text) else " ".join(str(text).split())


def _length(audio):
    """Whole seconds of a local file by its header; -1, which players read as unknown, where that fails."""
    import soundfile

    if is_url(audio):
        return -1

    try:
        return round(soundfile.info(audio).duration)
    except (OSError, RuntimeError):
        return -1
