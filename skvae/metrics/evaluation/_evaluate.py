"""Evaluation of one clustering: every score with its chance level, interval, space and leaks."""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, validate_params

from ..agreement._labels import encode_labels
from ..internal._resampling import pairwise_agreement, refit_on_resamples
from ..internal._trustworthiness import rank_neighbors, trustworthiness_per_row
from ._cluster_metrics import compute_agreement
from ._leaks import find_leaks, labels_to_dict
from ._missingness import check_missingness, encode_block_patterns, score_within_patterns
from ._registry import METRICS, check_metric_names
from ._resampler import Resampler
from ._score_table import ScoreTable, hash_space

DEFAULTS = (
    dict.fromkeys(["method", "label", "metric", "direction"], "")
    | dict.fromkeys(["value", "chance", "chance_95", "low", "high", "masked"], np.nan)
    | dict.fromkeys(["space", "space_id"], "")
    | dict.fromkeys(["n_rows", "n_clusters", "n_noise"], 0)
    | {"leaked": False}
)
N_REFITS = 10  # for the stability
N_NEIGHBORS = 15  # for the trustworthiness


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
    """Evaluate a clustering: compute each metric with its chance level, confidence interval and leaks.

    Parameters
    ----------
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) form one additional cluster in every metric.
    labels : DataFrame, dict of array-like of shape (n_samples,), or array-like of shape (n_samples,), default=None
        True labels by name, such as genre and language. A single array gets the name "label". Rows with None or NaN are
        ignored for this label.
    spaces : dict of str to array-like of shape (n_samples, n_features), default=None
        Tables by name in which the internal metrics are measured, such as ``{"input": X, "latent": Z}``. They may
        contain NaN.
    features : DataFrame or array-like of shape (n_samples, n_features), default=None
        All input of the model, including its condition columns. `find_leaks` searches these columns for the labels. If
        None, it searches `spaces`.
    given : sequence of str, default=()
        Names of labels that the model received in a form that is not in `features`, for example as a condition.
    present : DataFrame, dict of array-like of bool or array-like of shape (n_samples, n_blocks), default=None
        Whether each row has each block. If given, `check_missingness` warns if the presence of blocks predicts a label,
        and the column ``masked`` is computed.
    clusterer : clusterer, default=None
        Clusterer that assigned the clusters. If given, each space gets a row "stability", computed with ten refits.
    embedding : array-like of shape (n_samples, 2), default=None
        Coordinates on a map. If given, each space gets a row "trustworthiness".
    method : str, default="clusters"
        Name of the clustering in the table.
    names : sequence of str or None, default=None
        Names of the metrics, from `METRICS`. If None, all metrics are computed.
    n_permutations : int, default=100
        Number of permutations for the chance levels.
    n_resamples : int, default=200
        Number of bootstrap resamples of the rows for the intervals. The clusters are not refitted. The intervals
        therefore measure the effect of the choice of tracks, not the effect of the random seed.
    confidence : float, default=0.95
        Confidence level of the intervals.
    sample_size : int or None, default=2000
        Maximum number of rows for silhouette and trustworthiness. Larger tables are sampled at random. If None, all
        rows are used.
    random_state : int, RandomState instance or None, default=0
        Seed for the samples, permutations, resamples and refits.

    Returns
    -------
    scores : ScoreTable
        DataFrame with one row for each pair of label and metric and for each pair of space and metric. See `ScoreTable`
        for the columns. The ends of an interval are quantiles of the deviations of the bootstrap scores from their
        mean, added to the score.

    Raises
    ------
    ValueError
        If lengths differ, or if a name is unknown.

    Warns
    -----
    MissingnessWarning
        If the presence of blocks predicts a label.

    See Also
    --------
    evaluate_baselines : The same for clusters of the raw features and of their principal components.
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
    names, rng = check_metric_names(names), check_random_state(random_state)
    pred, clusters = encode_labels(labels_pred, "labels_pred")
    labels, spaces = labels_to_dict(labels), spaces or {}
    for label, values in labels.items():
        if len(values) != len(pred):
            raise ValueError(
                f"Label {label!r} has {len(values)} rows, but labels_pred has {len(pred)} rows. "
                "Both must have the same number of rows."
            )
    for table in spaces.values():
        check_consistent_length(labels_pred, table)
    leaked = _find_leaked_labels(labels, list(spaces.values()) if features is None else [features], given)
    patterns = None
    if present is not None:
        patterns, _ = encode_block_patterns(present)
        check_missingness(present, labels, n_permutations=n_permutations, random_state=rng)
    resampler = Resampler(rng, n_permutations, n_resamples, (1 - confidence) / 2)
    noise = np.array([cluster == -1 for cluster in clusters])
    common = {"method": method, "n_clusters": int((~noise).sum()), "n_noise": int(noise[pred].sum())}
    rows = []
    for label, values in labels.items():
        true = pd.factorize(values)[0]
        known = true >= 0
        known_patterns = None if patterns is None else patterns[known]
        rows += [
            common | {"label": label, "leaked": leaked[label]} | row
            for row in _evaluate_agreement(true[known], pred[known], known_patterns, names, resampler)
        ]
    for space, table in spaces.items():
        in_space = common | {"space": space, "space_id": hash_space(table)}
        sampling = {"sample_size": sample_size, "random_state": rng.randint(np.iinfo(np.int32).max)}
        found = _evaluate_internal(table, pred, names, resampler, sampling)
        if embedding is not None:
            found.append(_evaluate_trustworthiness(table, embedding, resampler, sampling))
        if clusterer is not None:
            found.append(_evaluate_stability(table, clusterer, resampler, sampling["random_state"]))
        rows += [in_space | row for row in found]
    return ScoreTable([DEFAULTS | row for row in rows], columns=list(DEFAULTS))


def _evaluate_agreement(true, pred, patterns, names, resampler):
    """Return one row for each metric that needs true labels."""
    names = [name for name in names if METRICS[name].needs_labels]
    n = len(true)
    if not n:
        return [resampler.summarize(name, METRICS[name].direction, np.nan, 0) for name in names]
    values = compute_agreement(true, pred, names)
    permuted = pd.DataFrame(resampler.permute(lambda order: compute_agreement(true, pred[order], names), n))
    resampled = pd.DataFrame(resampler.bootstrap(lambda rows: compute_agreement(true[rows], pred[rows], names), n))
    masked = {} if patterns is None else score_within_patterns(true, pred, patterns, names)[0]
    return [
        resampler.summarize(name, METRICS[name].direction, values[name], n, permuted[name], resampled[name])
        | {"masked": masked.get(name, np.nan)}
        for name in names
    ]


def _evaluate_internal(table, pred, names, resampler, sampling):
    """Return one row for each internal metric, measured in one space."""
    X = check_array(table, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="spaces")
    kept = ~np.isnan(X).all(axis=1)
    X, pred = X[kept], pred[kept]
    metrics = {name: METRICS[name] for name in names if not METRICS[name].needs_labels}
    return [_evaluate_internal_metric(name, metric, X, pred, resampler, sampling) for name, metric in metrics.items()]


def _evaluate_internal_metric(name, metric, X, pred, resampler, sampling):
    """Return the row of one internal metric. Metrics with `per_row` are resampled without a new distance matrix."""
    if metric.per_row is None:
        sampling = {}
    value, permuted, resampled = metric.function(X, pred, **sampling), (), ()
    if not np.isnan(value):
        permuted = resampler.permute(lambda order: metric.function(X, pred[order], **sampling), len(X))
        if metric.per_row is None:
            resampled = resampler.bootstrap(lambda rows: metric.function(X[rows], pred[rows]), len(X))
        else:
            per_row = metric.per_row(X, pred, **sampling)
            resampled = resampler.bootstrap(lambda rows: per_row[rows].mean(), len(per_row))
    return resampler.summarize(name, metric.direction, value, len(X), permuted, resampled)


def _evaluate_trustworthiness(table, embedding, resampler, sampling):
    """Return the row of the trustworthiness. Its chance level permutes the points of the map."""
    n = min(len(embedding), sampling["sample_size"] or len(embedding))
    rank, neighbors = rank_neighbors(table, embedding, n_neighbors=min(N_NEIGHBORS, (n - 1) // 2), **sampling)
    per_row, n = trustworthiness_per_row(rank, neighbors), len(rank)

    def score_permutation(order):
        permuted = np.empty_like(neighbors)
        permuted[order] = order[neighbors]
        return trustworthiness_per_row(rank, permuted).mean()

    permuted = resampler.permute(score_permutation, n)
    resampled = resampler.bootstrap(lambda rows: per_row[rows].mean(), n)
    return resampler.summarize("trustworthiness", "higher", per_row.mean(), n, permuted, resampled)


def _evaluate_stability(table, clusterer, resampler, seed):
    """Return the row of the stability. Its chance level permutes labels of refits. Its interval resamples refits."""
    labels, samples = refit_on_resamples(table, clusterer, N_REFITS, seed)
    agreement, lower = pairwise_agreement(labels, samples), np.tril_indices(N_REFITS, -1)
    value, permuted, resampled = agreement[lower].mean(), (), ()
    if not np.isnan(value):
        permuted = [
            pairwise_agreement([resampler.rng.permutation(refit) for refit in labels], samples)[lower].mean()
            for _ in range(resampler.n_permutations)
        ]
        resampled = resampler.bootstrap(lambda refits: np.nanmean(agreement[np.ix_(refits, refits)]), N_REFITS)
    return resampler.summarize("stability", "higher", value, len(table), permuted, resampled)


def _find_leaked_labels(labels, tables, given):
    """Return whether the model received each label: as an input column, or because `given` names it."""
    unknown = [name for name in given if name not in labels]
    if labels and unknown:
        raise ValueError(f"given contains {unknown[0]!r}, which is not a label. Labels: {', '.join(map(str, labels))}.")
    tables = [*tables, pd.DataFrame({name: labels[name] for name in given})] if len(given) else tables
    leaks = [find_leaks(table, labels) for table in tables]
    return {label: label in given or any(found[label] for found in leaks) for label in labels}
