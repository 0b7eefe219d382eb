"""Summary of a comparison: statistics, ranks and significance tests over the seeds."""

import numpy as np
import pandas as pd

from ._long_table import MEASURE, METHOD, check_table, direction
from ._significance import half_width, holm, paired_test

AVERAGED = ["n_clusters", "n_noise", "n_rows", "reconstruction_error", "fit_seconds", "cluster_seconds"]
STATISTICS = [
    "n_seeds", "seeds", "mean", "sd", "low", "high", "chance", "leaked", "rank", "p_best", "baseline", "gain",
    "p_baseline",
]  # fmt: skip


def summarize(table, *, baselines=(), confidence=0.95):
    """Summarize a comparison over the seeds.

    A method is a representation with a clusterer. Methods are ranked within the same study, label, metric and space.
    The latent space and its UMAP embedding differ between representations, so scores in these spaces rank only the
    clusterers of the same representation. Leaked scores and metrics without a direction are not ranked.

    Parameters
    ----------
    table : DataFrame
        Long table of `compare`: one row per study, representation, clusterer, seed, label, metric and space.
    baselines : sequence of str, default=()
        Baseline representations, such as the raw features and their principal components.
    confidence : float, default=0.95
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    summary : DataFrame
        One row per study, label, metric, space, representation and clusterer, with the best method first:

        - ``n_seeds``, ``seeds``: number of seeds with a value, and the seeds as text, such as ``"0-4, 7"``.
        - ``mean``, ``sd``, ``low``, ``high``: mean, standard deviation and Student's confidence interval of the mean.
          All but the mean are NaN for one seed.
        - ``chance``, ``leaked``: mean chance level, and whether the score is leaked with any seed.
        - ``rank``: 1 for the best method, missing if the score is not ranked.
        - ``p_best``: p-value of the two-sided Wilcoxon signed-rank test against the best method, paired over the
          seeds, with Holm's correction for all methods.
        - ``baseline``: strongest baseline with the same clusterer. If no baseline uses this clusterer, it is the
          strongest baseline with any clusterer. It is "" without baselines.
        - ``gain``, ``p_baseline``: mean improvement over this baseline (positive is better), and the p-value of the
          same test, with Holm's correction for all methods.
        - ``n_clusters``, ``n_noise``, ``n_rows``, ``reconstruction_error``, ``fit_seconds``, ``cluster_seconds``:
          means over the seeds.
        - ``version``: version of skvae.

    Raises
    ------
    ValueError
        If a column is missing, a score occurs twice, or `confidence` is not between 0 and 1.

    Notes
    -----
    The smallest p-value with `n` seeds is ``2 ** (1 - n)``. With fewer than 6 seeds, no difference is significant at
    the level .05. A correction for `m` methods requires ``2 ** (1 - n) * m <= .05``; see `seeds_needed`. If both
    methods have the same score with every seed, the seeds provide no evidence and the p-value is NaN.

    References
    ----------
    Demšar, "Statistical Comparisons of Classifiers over Multiple Data Sets", JMLR 7, 2006.

    Examples
    --------
    >>> from skvae.experiments import summarize
    >>> import pandas as pd
    >>> rows = [("PCA", seed, 0.2 + seed / 100) for seed in range(8)] + [("VAE", seed, 0.5) for seed in range(8)]
    >>> table = pd.DataFrame(rows, columns=["representation", "seed", "value"]).assign(
    ...     study="toy", clusterer="kmeans", label="genre", metric="ami", space="", chance=0.0, leaked=False, version=""
    ... )
    >>> summary = summarize(table, baselines=["PCA"])
    >>> summary[["representation", "mean", "rank", "p_best", "gain", "p_baseline"]].round(3)
      representation   mean  rank  p_best   gain  p_baseline
    0            VAE  0.500     1     NaN  0.265       0.008
    1            PCA  0.235     2   0.008    NaN         NaN
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, got confidence={confidence}")
    table = check_table(table)
    groups = table.groupby([*MEASURE, "_own", *METHOD])
    averages = {column: (column, "mean") for column in AVERAGED if column in table}
    summary = groups.agg(
        n_seeds=("value", "count"),
        mean=("value", "mean"),
        sd=("value", "std"),
        chance=("chance", "mean"),
        leaked=("leaked", "any"),
        version=("version", lambda versions: ", ".join(sorted(set(versions)))),
        **averages,
    ).reset_index()
    seeds = table["seed"].where(table["value"].notna())
    summary["seeds"] = seeds.groupby([table[column] for column in groups.keys]).agg(format_seeds).to_numpy()
    half = half_width(summary["sd"], summary["n_seeds"], confidence)
    summary["low"], summary["high"] = summary["mean"] - half, summary["mean"] + half
    scores = dict(iter(table.set_index("seed").groupby(groups.keys)["value"]))
    ranked = [_rank_methods(rows, scores, baselines) for _, rows in summary.groupby([*MEASURE, "_own"])]
    summary = pd.concat(ranked).sort_values([*MEASURE, "_own", "leaked", "_order", *METHOD], ignore_index=True)
    return summary[[*MEASURE, *METHOD, *STATISTICS, *averages, "version"]]


def format_seeds(seeds):
    """Format seeds as ranges, such as ``"0-4, 7"``."""
    seeds = np.unique(np.asarray(seeds, dtype=float)[~np.isnan(seeds)]).astype(int)
    ranges = np.split(seeds, np.flatnonzero(np.diff(seeds) != 1) + 1) if len(seeds) else []
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ranges)


def _rank_methods(summary, scores, baselines):
    """Rank and test the methods of one study, label, metric and space."""
    sign = direction(summary["metric"].iloc[0])
    keys = {row[0]: row[1:] for row in summary[[*MEASURE, "_own", *METHOD]].itertuples(name=None)}
    signed_means = sign * summary["mean"].where(~summary["leaked"])
    if not sign or signed_means.notna().sum() < 2:
        signed_means[:] = np.nan
    tests = {}
    ranked = signed_means.dropna()
    baseline_rows = [i for i in ranked.index if keys[i][-2] in baselines]
    for i in ranked.index:
        test = tests[i] = {}
        if i != ranked.idxmax():
            test["p_best"] = paired_test(*_common_seeds(scores, keys[i], keys[ranked.idxmax()]))
        same_clusterer = [j for j in baseline_rows if keys[j][-1] == keys[i][-1]]
        baseline = max(same_clusterer or baseline_rows, key=ranked.get, default=i)
        if i not in baseline_rows and baseline != i:
            own, others = _common_seeds(scores, keys[i], keys[baseline])
            test["baseline"] = " + ".join(filter(None, keys[baseline][-2:]))
            test["gain"] = sign * (own - others).mean()
            test["p_baseline"] = paired_test(own, others)
    rows = [tests.get(i, {}) for i in summary.index]
    p_best, gain, p_baseline = ([row.get(name, np.nan) for row in rows] for name in ("p_best", "gain", "p_baseline"))
    return summary.assign(
        _order=-sign * summary["mean"],
        rank=signed_means.rank(ascending=False, method="min").astype("Int64"),
        p_best=holm(p_best),
        baseline=[row.get("baseline", "") for row in rows],
        gain=gain,
        p_baseline=holm(p_baseline),
    )


def _common_seeds(scores, key, other):
    """Return the scores of two methods for the seeds of both."""
    return scores[key].align(scores[other], join="inner")
