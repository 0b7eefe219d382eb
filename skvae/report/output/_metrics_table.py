"""Table of clustering scores (``metrics.csv``): one row per method, one column per metric."""

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from ...metrics import METRICS, chance_metrics, cluster_metrics

SAMPLE_SILHOUETTE = 5_000
"""Maximum number of rows for the silhouette, which compares all pairs. A subsample is used for larger tables."""

N_PERMUTATIONS = 20
"""Number of label permutations that are averaged into the chance level."""

_NAMES = {"calinski_harabasz": "Calinski-Harabasz", "davies_bouldin": "Davies-Bouldin"} | {
    name: name.upper() for name in ("ari", "nmi", "ami")
}
_SHOWN = ["silhouette", "calinski_harabasz", "davies_bouldin", "ari", "nmi", "ami", "purity"]
_GENRE = [name for name in _SHOWN if METRICS[name].needs_labels]
_SIDE_METRICS = {
    "ami_language": "language",
    "ami_lyrics": "lyrics",
}  # properties that clusters may reflect instead of the genre

METRIC_LABELS = {
    name: f"{_NAMES.get(name, name)}{' genre' * METRICS[name].needs_labels} ({METRICS[name].direction})"
    for name in _SHOWN
} | {"ami_language": "AMI language (0: none)", "ami_lyrics": "AMI has-lyrics (0: none)"}
"""Headings of the columns of `metrics_table`, with the direction of better values in parentheses."""


def metrics_table(methods, X, *, genre=None, language=None, has_lyrics=None, random_state=None):
    """Compute clustering scores of several methods on the same rows, and the chance level.

    Internal scores are computed in the space `X` for all methods, because silhouettes of different spaces cannot be
    compared. The other scores compare the clusters with known labels. They use the rows whose label is known, and are
    NaN if fewer than two different labels are known.

    Parameters
    ----------
    methods : list of (method, labels, leaked)
        Name of the method, its cluster labels, and the known labels ("genre", "language", "lyrics") that the method
        used as input. The chance level is computed by permuting the labels of the last method.
    X : ndarray of shape (n_samples, n_features)
        Data for the internal scores. The silhouette uses a subsample of at most 5,000 rows.
    genre, language : array-like of shape (n_samples,), default=None
        Known labels. Missing values are ignored.
    has_lyrics : array-like of bool of shape (n_samples,), default=None
        Whether each track has lyrics.
    random_state : int, RandomState instance or None, default=None
        Seed for the subsample and the permutations.

    Returns
    -------
    DataFrame
        One row per method, with the columns ``method``, ``n_clusters``, one column per metric, and ``leaked``. The
        column ``leaked`` lists the scores that compare the clusters with an input of the method. The last row,
        "chance", contains the mean scores of the permuted labels.

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
    genre = _comparable_labels(genre)
    sides = {"language": _comparable_labels(language), "lyrics": _comparable_labels(has_lyrics)}
    sampling = {"sample_size": SAMPLE_SILHOUETTE, "random_state": rng.randint(np.iinfo(np.int32).max)}
    rows = []
    for method, labels, leaked in methods:
        scores = cluster_metrics(X, labels, genre, names=_SHOWN, **sampling)
        scores |= {name: _ami(labels, sides[side]) for name, side in _SIDE_METRICS.items()}
        compared = dict.fromkeys(_GENRE, "genre") | _SIDE_METRICS
        given = [name for name in scores if compared.get(name) in leaked and not np.isnan(scores[name])]
        rows.append({"method": method, "n_clusters": len(np.unique(labels))} | scores | {"leaked": " ".join(given)})
    chance = chance_metrics(X, labels, genre, names=_SHOWN, n_permutations=N_PERMUTATIONS, **sampling)
    for name, side in _SIDE_METRICS.items():
        chance[name] = np.mean([_ami(rng.permutation(labels), sides[side]) for _ in range(N_PERMUTATIONS)])
    return pd.DataFrame([*rows, rows[-1] | {"method": "chance"} | chance | {"leaked": ""}])


def _comparable_labels(labels):
    """Return the labels with None for missing values. None if there are fewer than two different labels."""
    if labels is None:
        return None
    labels = pd.Series(np.asarray(labels, dtype=object), dtype=object)
    labels = labels.where(labels.notna(), None)
    return labels.to_numpy() if labels.nunique() >= 2 else None


def _ami(labels, known):
    return np.nan if known is None else cluster_metrics(None, labels, known, names=["ami"])["ami"]


def format_metrics(table):
    """Round the scores of `metrics_table` for printing and for ``metrics.csv``.

    Parameters
    ----------
    table : DataFrame
        Table from `metrics_table`.

    Returns
    -------
    DataFrame of str
        Table with the headings of `METRIC_LABELS`. Missing scores are empty.
    """
    formatted = table.copy()
    for name in METRIC_LABELS:
        digits = 1 if name == "calinski_harabasz" else 3  # Calinski-Harabasz has no upper limit
        formatted[name] = ["" if np.isnan(value) else f"{value:.{digits}f}" for value in table[name]]
    return formatted.astype(str).rename(columns=METRIC_LABELS | {"n_clusters": "clusters"})


def format_for_terminal(table):
    """Format a table of scores for a terminal, with headings of several lines.

    Parameters
    ----------
    table : DataFrame
        Table from `metrics_table`.

    Returns
    -------
    str
        Lines of about 100 characters.
    """
    shown = format_metrics(table)
    shown = shown.loc[:, (shown != "").any()]
    headings = [_split_heading(name) for name in shown]
    height = max(map(len, headings))
    lines = [[] for _ in range(height + len(shown))]
    for heading, (name, cells) in zip(headings, shown.items(), strict=True):
        cells = [*[""] * (height - len(heading)), *heading, *(cell or "-" for cell in cells)]
        width = max(map(len, cells))
        numeric = name not in ("method", "leaked")
        for line, cell in zip(lines, cells, strict=True):
            line.append(cell.rjust(width) if numeric else cell.ljust(width))
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _split_heading(name):
    """Split a heading into one word per line, followed by the direction."""
    title, _, direction = name.removesuffix(")").partition(" (")
    title = title.replace("has-lyrics", "has lyrics").replace("-", "- ")
    return [*title.split(), *(["0 =", "unrelated"] if direction == "0: none" else filter(None, [direction]))]
