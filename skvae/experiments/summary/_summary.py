"""From the long table of a comparison to a row for each method and metric, and what its seeds can tell apart."""

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ...metrics import METRICS
from ._significance import holm, paired_test

MEASURE = ["study", "label", "metric", "space"]
METHOD = ["representation", "clusterer"]
NEEDED = [*MEASURE, *METHOD, "seed", "value", "chance", "leaked", "version"]
BESIDE = ["n_clusters", "n_noise", "n_rows", "reconstruction_error", "fit_seconds", "cluster_seconds"]
FOUND = [
    "n_seeds", "seeds", "mean", "sd", "low", "high", "chance", "leaked", "rank", "p_best", "baseline", "gain",
    "p_baseline",
]  # fmt: skip
OWN_SPACES = ("latent", "umap")  # another one for each representation


def summarize(table, *, baselines=(), confidence=0.95):
    """Summarise a comparison: mean, spread, interval, rank and significance over the seeds.

    Methods, a representation with a clusterer each, are ranked where they can be compared: within one study, label,
    metric and space. A latent, and a UMAP of it, is another space for each representation, so scores from there rank
    the clusterers of one representation only. Leaked scores, and metrics without a better direction, have no rank.

    Parameters
    ----------
    table : DataFrame
        The long table of `compare`: a row per study, representation, clusterer, seed, label, metric and space.
    baselines : sequence of str, default=()
        Representations that the others have to beat, such as the raw features and their PCA.
    confidence : float, default=0.95
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    summary : DataFrame
        A row per study, label, metric, space, representation and clusterer, the best first:

        - ``n_seeds``, ``seeds``: how many seeds have a value, and which, such as ``"0-4, 7"``;
        - ``mean``, ``sd``, ``low``, ``high``: over the seeds, with Student's interval of the mean; NaN for one seed;
        - ``chance``, ``leaked``: mean chance level, and whether any seed is marked as leaked;
        - ``rank``: 1 for the best, missing where nothing is ranked;
        - ``p_best``: of the two-sided Wilcoxon signed-rank test against the best, paired over the seeds, Holm-corrected
          over all methods tested against it;
        - ``baseline``, ``gain``, ``p_baseline``: the strongest baseline with the same clusterer (with any, where no
          baseline has that one), "" without; the mean difference from it, positive is better; and the same test,
          corrected over all methods tested against a baseline;
        - ``n_clusters``, ``n_noise``, ``n_rows``, ``reconstruction_error``, ``fit_seconds``, ``cluster_seconds``: mean
          over the seeds; and ``version``.

    Raises
    ------
    ValueError
        If a column is missing, two rows hold the same score, or `confidence` is not between 0 and 1.

    Notes
    -----
    The smallest p that `n` seeds can reach is ``2 ** (1 - n)``, so fewer than 6 seeds show no difference at the level
    .05, and a correction over `m` methods needs ``2 ** (1 - n) * m <= .05``; see `seeds_needed`. Where both methods
    give the same score on every seed the seeds hold no evidence, and p is NaN.

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
        raise ValueError(f"confidence={confidence} is not between 0 and 1; 0.95 is usual")
    table = check_table(table)
    groups = table.groupby([*MEASURE, "_own", *METHOD])
    beside = {column: (column, "mean") for column in BESIDE if column in table}
    summary = groups.agg(
        n_seeds=("value", "count"), mean=("value", "mean"), sd=("value", "std"), chance=("chance", "mean"),
        leaked=("leaked", "any"), version=("version", lambda found: ", ".join(sorted(set(found)))), **beside,
    ).reset_index()  # fmt: skip
    known = table["seed"].where(table["value"].notna())
    summary["seeds"] = known.groupby([table[column] for column in groups.keys]).agg(spell_seeds).to_numpy()
    half = half_width(summary["sd"], summary["n_seeds"], confidence)
    summary["low"], summary["high"] = summary["mean"] - half, summary["mean"] + half
    scores = dict(iter(table.set_index("seed").groupby(groups.keys)["value"]))
    parts = [_family(rows, scores, baselines) for _, rows in summary.groupby([*MEASURE, "_own"])]
    summary = pd.concat(parts).sort_values([*MEASURE, "_own", "leaked", "_order", *METHOD], ignore_index=True)
    return summary[[*MEASURE, *METHOD, *FOUND, *beside, "version"]]


def check_table(table):
    """Copy of a long table in one order, or an error that says what it lacks."""
    missing = [column for column in NEEDED if column not in table]
    if missing:
        raise ValueError(f"the table lacks {missing}; give the long table of compare()")
    if not len(table):
        raise ValueError("the table has no rows")
    # A CSV file gives "" back as a missing value.
    table = table.assign(
        **{column: table[column].astype(object).fillna("").astype(str) for column in [*MEASURE, *METHOD, "version"]}
    )
    key = [*MEASURE, *METHOD, "seed"]
    twice = table.duplicated(key)
    if twice.any():
        first = ", ".join(f"{name}={value!r}" for name, value in table.loc[twice, key].iloc[0].items())
        raise ValueError(f"{int(twice.sum())} rows stand twice, the first at {first}; drop them")
    table["leaked"] = table["leaked"].astype(bool)
    table["value"] = table["value"].astype(float).replace([np.inf, -np.inf], np.nan)
    table["_own"] = table["representation"].where(table["space"].isin(OWN_SPACES), "")
    return table.sort_values(key, ignore_index=True)  # one order, so that sums do not depend on the table's


def direction(metric):
    """Sign of better: 1 for higher, -1 for lower, 0 where there is none."""
    return {"higher": 1, "lower": -1}[METRICS[metric].direction] if metric in METRICS else 0


def spell_seeds(seeds):
    """Write seeds as ranges: ``"0-4, 7"``."""
    seeds = np.unique(np.asarray(seeds, dtype=float)[~np.isnan(seeds)]).astype(int)
    runs = np.split(seeds, np.flatnonzero(np.diff(seeds) != 1) + 1) if len(seeds) else []
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def half_width(sd, n, confidence=0.95):
    """Half of Student's interval of a mean of `n` values with standard deviation `sd`; NaN for one value."""
    n = np.maximum(n, 1)
    return student.ppf((1 + confidence) / 2, n - 1) * sd / np.sqrt(n)


def _family(summary, scores, baselines):
    """Rank and test the methods that one metric can compare."""
    sign = direction(summary["metric"].iloc[0])
    names = {row[0]: row[1:] for row in summary[[*MEASURE, "_own", *METHOD]].itertuples(name=None)}
    ranked = sign * summary["mean"].where(~summary["leaked"])
    if not sign or ranked.notna().sum() < 2:
        ranked[:] = np.nan
    tests = {}
    known = ranked.dropna()
    rivals = [i for i in known.index if names[i][-2] in baselines]
    for i in known.index:
        found = tests[i] = {}
        if i != known.idxmax():
            found["p_best"] = paired_test(*_pair(scores, names[i], names[known.idxmax()]))
        # the strongest baseline with the same clusterer or, where there is none, of all
        same = [j for j in rivals if names[j][-1] == names[i][-1]]
        rival = max(same or rivals, key=known.get, default=i)
        if i not in rivals and rival != i:
            own, others = _pair(scores, names[i], names[rival])
            found["baseline"] = " + ".join(filter(None, names[rival][-2:]))
            found["gain"] = sign * (own - others).mean()
            found["p_baseline"] = paired_test(own, others)
    tests = [tests.get(i, {}) for i in summary.index]
    p_best, gain, p_baseline = ([test.get(name, np.nan) for test in tests] for name in ("p_best", "gain", "p_baseline"))
    return summary.assign(
        _order=-sign * summary["mean"],
        rank=ranked.rank(ascending=False, method="min").astype("Int64"),
        p_best=holm(p_best),
        baseline=[test.get("baseline", "") for test in tests],
        gain=gain,
        p_baseline=holm(p_baseline),
    )


def _pair(scores, name, other):
    """Scores of two methods on the seeds of both."""
    return scores[name].align(scores[other], join="inner")
