"""The honest report of one clustering: value, chance, interval, space and leaks of every score."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, validate_params

from ..agreement._labels import encode_labels
from ..internal._stability import pairwise_agreement, refit_on_resamples
from ..internal._trustworthiness import ranks_and_neighbours, trustworthiness_rows
from ._cluster_metrics import METRICS, agreement, check_names
from ._leaks import find_leaks, named_labels
from ._missingness import block_patterns, check_missingness, within_patterns
from ._score_table import ScoreTable, space_id

BLANK = (
    dict.fromkeys(["method", "label", "metric", "direction"], "")
    | dict.fromkeys(["value", "chance", "chance_95", "low", "high", "masked"], np.nan)
    | dict.fromkeys(["space", "space_id"], "")
    | dict.fromkeys(["n_rows", "n_clusters", "n_noise"], 0)
    | {"leaked": False}
)
N_REFITS = 10  # on resamples, for the stability
N_NEIGHBOURS = 15  # on the map


@dataclass
class _Draws:
    """How chance and intervals are drawn, and made a row of."""

    rng: np.random.RandomState
    n_permutations: int
    n_resamples: int
    tail: float

    def chance(self, score, n_rows):
        """Scores of rows in random orders."""
        return [score(self.rng.permutation(n_rows)) for _ in range(self.n_permutations)]

    def resamples(self, score, n_rows):
        """Scores of rows drawn with replacement."""
        return [score(self.rng.randint(n_rows, size=n_rows)) for _ in range(self.n_resamples)]

    def row(self, metric, direction, value, n_rows, chance=(), resamples=()):
        """Summarise; without a value there is nothing to summarise."""
        row = {"metric": metric, "direction": direction, "value": value, "n_rows": n_rows}
        if np.isnan(value):
            return row
        row["chance"], row["chance_95"] = np.mean(chance), np.quantile(chance, 0.95 if direction == "higher" else 0.05)
        ends = np.nanquantile(resamples, [self.tail, 1 - self.tail]) - np.nanmean(resamples)
        return row | dict(zip(("low", "high"), value + ends, strict=True))


@validate_params(
    {
        "labels_pred": ["array-like"],
        "spaces": [dict, None],
        "given": ["array-like"],
        "clusterer": [HasMethods(["fit_predict", "get_params"]), None],
        "method": [str],
        "names": ["array-like", None],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "n_resamples": [Interval(Integral, 2, None, closed="left")],
        "confidence": [Interval(Real, 0, 1, closed="neither")],
        "sample_size": [None, Interval(Integral, 4, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def evaluate_clusters(
    labels_pred,
    labels=None,
    spaces=None,
    *,
    features=None,
    given=(),
    present=None,
    clusterer=None,
    embedding=None,
    method="clusters",
    names=None,
    n_permutations=100,
    n_resamples=200,
    confidence=0.95,
    sample_size=2000,
    random_state=0,
):
    """Measure a clustering by all that can be said of it, each score beside what it must be read with.

    Parameters
    ----------
    labels_pred : array-like of shape (n_samples,)
        Clusters. The rows labelled -1, in no cluster, are together one more cluster in every metric.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,), default=None
        True labels by name, such as genre and language; an array alone is named "label". Rows where one is None or NaN
        do not take part in it.
    spaces : dict of str to array-like of shape (n_samples, n_features), default=None
        Tables by name, such as ``{"input": X, "latent": Z}``, for the metrics that need no labels. They may have gaps.
    features : DataFrame or array-like of shape (n_samples, n_features), default=None
        All that the model was given, its condition columns too, in which `find_leaks` looks for the labels; None looks
        in `spaces`.
    given : sequence of str, default=()
        Names of labels that the model was given in another way, such as by its condition.
    present : DataFrame, dict of array-like of bool or array-like of shape (n_samples, n_blocks), default=None
        Which row has which block. With it `check_missingness` warns where that predicts a label, and each score on
        labels is given masked, too.
    clusterer : clusterer, default=None
        What found the clusters: adds the row "stability" in each space, by ten refits there.
    embedding : array-like of shape (n_samples, 2), default=None
        A map: adds the row "trustworthiness" in each space.
    method : str, default="clusters"
        Name of the clustering in the table.
    names : sequence of str or None, default=None
        Which metrics; None takes all of `METRICS`.
    n_permutations : int, default=100
        Shuffles behind the levels of chance.
    n_resamples : int, default=200
        Bootstrap resamples of rows behind the intervals. The clusters stay, so that the interval says how far the score
        depends on which songs were compared, not how far another seed would change the clusters.
    confidence : float, default=0.95
        Share that the intervals are meant to cover.
    sample_size : int or None, default=2000
        Of more rows than this, silhouette and trustworthiness take a random sample; None takes all.
    random_state : int, RandomState instance or None, default=0
        Governs samples, shuffles, resamples and refits.

    Returns
    -------
    ScoreTable
        A DataFrame with a row for each label and metric, and for each space and metric; see there for its columns. The
        interval is that of bootstrap deviations, laid about the score: a resample repeats rows, and so shifts scores
        such as NMI, which the deviations do not.

    Raises
    ------
    ValueError
        If lengths differ, or there is no metric of a name.

    Warns
    -----
    MissingnessWarning
        If the presence of blocks predicts a label.

    See Also
    --------
    evaluate_baselines : The same for clusters of the table itself and of its principal components.
    cluster_metrics : The scores alone.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import load_iris
    >>> from skvae.metrics import evaluate_clusters
    >>> X, y = load_iris(return_X_y=True)
    >>> clusters = KMeans(3, n_init=3, random_state=0).fit_predict(X)
    >>> table = evaluate_clusters(clusters, {"species": y}, {"input": X}, names=["ami", "purity", "silhouette"])
    >>> table[["label", "metric", "value", "chance_95", "low", "high", "space", "leaked"]].round(2)
         label      metric  value  chance_95   low  high  space  leaked
    0  species         ami   0.74       0.01  0.67  0.82          False
    1  species      purity   0.89       0.43  0.84  0.94          False
    2           silhouette   0.55      -0.03  0.51  0.58  input   False
    """
    names, rng = check_names(names), check_random_state(random_state)
    pred, clusters = encode_labels(labels_pred, "labels_pred")
    labels, spaces = named_labels(labels), spaces or {}
    for label, values in labels.items():
        if len(values) != len(pred):
            raise ValueError(f"label {label!r} has {len(values)} rows and labels_pred {len(pred)}; both need the same")
    for table in spaces.values():
        check_consistent_length(labels_pred, table)
    leaked = _leaked(labels, list(spaces.values()) if features is None else [features], given)
    patterns = None
    if present is not None:
        patterns, _ = block_patterns(present)
        check_missingness(present, labels, n_permutations=n_permutations, random_state=rng)
    draws = _Draws(rng, n_permutations, n_resamples, (1 - confidence) / 2)
    noise = np.array([cluster == -1 for cluster in clusters])
    found = {"method": method, "n_clusters": int((~noise).sum()), "n_noise": int(noise[pred].sum())}
    rows = []
    for label, values in labels.items():
        true = pd.factorize(values)[0]
        known = true >= 0
        rows += [
            found | {"label": label, "leaked": leaked[label]} | row
            for row in _against(true[known], pred[known], None if patterns is None else patterns[known], names, draws)
        ]
    for space, table in spaces.items():
        here = found | {"space": space, "space_id": space_id(table)}
        settings = {"sample_size": sample_size, "random_state": rng.randint(np.iinfo(np.int32).max)}
        parts = [_within(table, pred, names, draws, settings)]
        if embedding is not None:
            parts.append([_mapped(table, embedding, draws, settings)])
        if clusterer is not None:
            parts.append([_refitted(table, clusterer, draws, settings["random_state"])])
        rows += [here | row for part in parts for row in part]
    return ScoreTable([BLANK | row for row in rows], columns=list(BLANK))


def _against(true, pred, patterns, names, draws):
    """Rows of the metrics that need labels."""
    names = [name for name in names if METRICS[name].needs_labels]
    n = len(true)
    if not n:
        return [draws.row(name, METRICS[name].direction, np.nan, 0) for name in names]
    values = agreement(true, pred, names)
    chance = pd.DataFrame(draws.chance(lambda order: agreement(true, pred[order], names), n))
    resamples = pd.DataFrame(draws.resamples(lambda rows: agreement(true[rows], pred[rows], names), n))
    masked = {} if patterns is None else within_patterns(true, pred, patterns, names)[0]
    return [
        draws.row(name, METRICS[name].direction, values[name], n, chance[name], resamples[name])
        | {"masked": masked.get(name, np.nan)}
        for name in names
    ]


def _within(table, pred, names, draws, settings):
    """Rows of the metrics that need none, in one space."""
    X = check_array(table, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="spaces")
    there = ~np.isnan(X).all(axis=1)
    X, pred = X[there], pred[there]
    rows = []
    for name in names:
        metric = METRICS[name]
        if metric.needs_labels:
            continue
        sampled = {} if metric.per_row is None else settings
        value, chance, resamples = metric.function(X, pred, **sampled), (), ()
        if not np.isnan(value):
            chance = draws.chance(lambda order, of=metric.function, with_=sampled: of(X, pred[order], **with_), len(X))
            if metric.per_row is None:
                resamples = draws.resamples(lambda rows, of=metric.function: of(X[rows], pred[rows]), len(X))
            else:
                parts = metric.per_row(X, pred, **settings)
                resamples = draws.resamples(lambda rows, parts=parts: parts[rows].mean(), len(parts))
        rows.append(draws.row(name, metric.direction, value, len(X), chance, resamples))
    return rows


def _mapped(table, embedding, draws, settings):
    """Row of the trustworthiness of a map; chance deals its points out at random."""
    n = min(len(embedding), settings["sample_size"] or len(embedding))
    rank, neighbours = ranks_and_neighbours(table, embedding, n_neighbors=min(N_NEIGHBOURS, (n - 1) // 2), **settings)
    parts, n = trustworthiness_rows(rank, neighbours), len(rank)

    def shuffled(order):
        dealt = np.empty_like(neighbours)
        dealt[order] = order[neighbours]
        return trustworthiness_rows(rank, dealt).mean()

    chance, resamples = draws.chance(shuffled, n), draws.resamples(lambda rows: parts[rows].mean(), n)
    return draws.row("trustworthiness", "higher", parts.mean(), n, chance, resamples)


def _refitted(table, clusterer, draws, seed):
    """Row of the stability; chance deals the labels of each refit out at random, and the interval is over refits."""
    labels, samples = refit_on_resamples(table, clusterer, N_REFITS, seed)
    found = pairwise_agreement(labels, samples)
    value, chance, resamples = found[np.tril_indices(N_REFITS, -1)].mean(), (), ()
    if not np.isnan(value):
        upper = np.tril_indices(N_REFITS, -1)
        chance = [
            pairwise_agreement([draws.rng.permutation(of) for of in labels], samples)[upper].mean()
            for _ in range(draws.n_permutations)
        ]
        resamples = draws.resamples(lambda refits: np.nanmean(found[np.ix_(refits, refits)]), N_REFITS)
    return draws.row("stability", "higher", value, len(table), chance, resamples)


def _leaked(labels, tables, given):
    unknown = [name for name in given if name not in labels]
    if labels and unknown:
        raise ValueError(f"given names {unknown[0]!r}, which is none of the labels {', '.join(map(str, labels))}")
    tables = [*tables, pd.DataFrame({name: labels[name] for name in given})] if len(given) else tables
    found = [find_leaks(table, labels) for table in tables]
    return {label: label in given or any(leaks[label] for leaks in found) for label in labels}
