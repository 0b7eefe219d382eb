"""What a run found, as tables to read: a row a track, and a row a way of clustering."""

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from ...metrics import METRICS, chance_metrics, cluster_metrics

SAMPLE_SILHOUETTE = 5_000
"""Rows among which the silhouette compares all pairs."""

N_PERMUTATIONS = 20  # of the labels, averaged into the row "chance"

_NAMES = {"calinski_harabasz": "Calinski-Harabasz", "davies_bouldin": "Davies-Bouldin"} | {
    name: name.upper() for name in ("ari", "nmi", "ami")
}
_SHOWN = ["silhouette", "calinski_harabasz", "davies_bouldin", "ari", "nmi", "ami", "purity"]
_GENRE = [name for name in _SHOWN if METRICS[name].needs_labels]
_SIDES = {"ami_language": "language", "ami_lyrics": "lyrics"}  # what clusters may follow in place of the music

METRIC_LABELS = {
    name: f"{_NAMES.get(name, name)}{' genre' * METRICS[name].needs_labels} ({METRICS[name].direction})"
    for name in _SHOWN
} | {"ami_language": "AMI language (0: none)", "ami_lyrics": "AMI has-lyrics (0: none)"}
"""What each column of `metrics_table` is, and which values are better, or mean no relation."""


def metrics_table(methods, X, *, genre=None, language=None, has_lyrics=None, random_state=None):
    """Score clusterings of the same rows side by side, beside chance.

    The internal scores are all measured in the one space `X`: silhouettes of different spaces must not be compared. The
    others compare with labels, on the rows whose label is known, and are NaN with fewer than two different ones.

    Parameters
    ----------
    methods : list of (method, labels, leaked)
        Name, labels, and the names of the known labels ("genre", "language", "lyrics") that the method was given. The
        last is the one whose permuted labels make the row "chance".
    X : ndarray of shape (n_samples, n_features)
        The common space; the silhouette compares the pairs of at most 5,000 of its rows.
    genre, language : array-like of shape (n_samples,), default=None
        Labels to compare with; missing values are left out.
    has_lyrics : array-like of bool of shape (n_samples,), default=None
        Whether there are words.
    random_state : int, RandomState instance or None, default=None
        Governs sample and permutations.

    Returns
    -------
    DataFrame
        Columns ``method``, ``n_clusters``, those of `METRIC_LABELS`, and ``leaked``: the scores that compare with
        something the method was given. The last row is chance: the mean over permutations of the last labels.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.report import metrics_table
    >>> X = np.array([[0.0], [0.1], [5.0], [5.1]])
    >>> methods = [("raw + KMeans", np.array([0, 0, 1, 1]), ())]
    >>> table = metrics_table(methods, X, genre=list("aabb"), random_state=0)
    >>> table[["method", "silhouette", "ami"]].head(1).round(2)
             method  silhouette  ami
    0  raw + KMeans        0.98  1.0
    """
    rng = check_random_state(random_state)
    genre, sides = (
        _worth_comparing(genre),
        {"language": _worth_comparing(language), "lyrics": _worth_comparing(has_lyrics)},
    )
    sampled = {"sample_size": SAMPLE_SILHOUETTE, "random_state": rng.randint(np.iinfo(np.int32).max)}
    rows = []
    for method, labels, leaked in methods:
        scores = cluster_metrics(X, labels, genre, names=_SHOWN, **sampled)
        scores |= {name: _ami(labels, sides[side]) for name, side in _SIDES.items()}
        compared = dict.fromkeys(_GENRE, "genre") | _SIDES
        given = [name for name in scores if compared.get(name) in leaked and not np.isnan(scores[name])]
        rows.append({"method": method, "n_clusters": len(np.unique(labels))} | scores | {"leaked": " ".join(given)})
    chance = chance_metrics(X, labels, genre, names=_SHOWN, n_permutations=N_PERMUTATIONS, **sampled)
    for name, side in _SIDES.items():
        chance[name] = np.mean([_ami(rng.permutation(labels), sides[side]) for _ in range(N_PERMUTATIONS)])
    return pd.DataFrame([*rows, rows[-1] | {"method": "chance"} | chance | {"leaked": ""}])


def _worth_comparing(known):
    """Labels with None for the missing ones; None where there are not two to tell apart."""
    if known is None:
        return None
    known = pd.Series(np.asarray(known, dtype=object), dtype=object)
    known = known.where(known.notna(), None)
    return known.to_numpy() if known.nunique() >= 2 else None


def _ami(labels, known):
    return np.nan if known is None else cluster_metrics(None, labels, known, names=["ami"])["ami"]


def format_metrics(table):
    """Round a table of `metrics_table` to what is worth reading: the one text that is printed and written.

    Parameters
    ----------
    table : DataFrame
        By `metrics_table`.

    Returns
    -------
    DataFrame of str
        The same cells, missing ones empty, under the names of `METRIC_LABELS`.
    """
    shown = table.copy()
    for name in METRIC_LABELS:
        digits = 1 if name == "calinski_harabasz" else 3  # which has no upper end
        shown[name] = ["" if np.isnan(value) else f"{value:.{digits}f}" for value in table[name]]
    return shown.astype(str).rename(columns=METRIC_LABELS | {"n_clusters": "clusters"})


def print_metrics(table):
    """Lay a table of `metrics_table` out for a terminal, with headings of several lines.

    Parameters
    ----------
    table : DataFrame
        By `metrics_table`.

    Returns
    -------
    str
        Lines of about 100 characters.
    """
    shown = format_metrics(table)
    shown = shown.loc[:, (shown != "").any()]
    headings = [_heading(name) for name in shown]
    height = max(map(len, headings))
    lines = [[] for _ in range(height + len(shown))]
    for heading, (name, cells) in zip(headings, shown.items(), strict=True):
        cells = [*[""] * (height - len(heading)), *heading, *(cell or "-" for cell in cells)]
        width = max(map(len, cells))
        numeric = name not in ("method", "leaked")
        for line, cell in zip(lines, cells, strict=True):
            line.append(cell.rjust(width) if numeric else cell.ljust(width))
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _heading(name):
    """Words of a heading, one under the other, the direction last."""
    title, _, direction = name.removesuffix(")").partition(" (")
    return [*title.replace("-", "- ").split(), *filter(None, [direction])]


def clusters_table(tracks, labels, *, membership, nearest, names, seconds, reasons):
    """List every track of a library with its cluster.

    Parameters
    ----------
    tracks : DataFrame of n_tracks rows
        The track table.
    labels : ndarray of int of shape (n_tracks,)
        Clusters, -1 where there is none.
    membership : ndarray of float of shape (n_tracks,)
        How surely the track belongs to its cluster.
    nearest : list of n_tracks lists of str
        The nearest tracks, nearest first.
    names : dict of int to str
        Name of each cluster.
    seconds : ndarray of float of shape (n_tracks,)
        Seconds of sound described.
    reasons : ndarray of str of shape (n_tracks,)
        What is wrong with the track, empty where nothing is.

    Returns
    -------
    DataFrame
        Columns ``track_id``, ``label``, ``cluster`` (its name), ``membership``, ``nearest`` (track ids, nearest first,
        joined by "|"), ``title``, ``artist``, ``language``, ``genre``, ``seconds``, ``reason``; a row a track.
    """
    table = pd.DataFrame({"track_id": tracks["track_id"].astype(str).to_numpy(), "label": labels})
    table["cluster"] = table["label"].map(names)
    table["membership"] = np.round(membership, 4)
    table["nearest"] = ["|".join(names) for names in nearest]
    for column in ("title", "artist", "language", "genre"):
        table[column] = tracks[column].to_numpy() if column in tracks else None
    table["seconds"] = np.round(seconds, 2)
    table["reason"] = reasons
    return table
