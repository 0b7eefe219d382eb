"""From the long table of a comparison to a row for each method and metric, and what its seeds can tell apart."""

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ..metrics import METRICS
from ._significance import holm, paired_test

MEASURE = ["study", "label", "metric", "space"]
METHOD = ["representation", "clusterer"]
NEEDED = [*MEASURE, *METHOD, "seed", "value", "chance", "leaked", "version"]
BESIDE = ["n_clusters", "n_noise", "n_rows", "reconstruction_error", "fit_seconds", "cluster_seconds"]
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
          baseline has that one), the mean difference from it (positive is better), and the same test, corrected over
          all methods tested against a baseline;
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
    space = table["space"].isin(OWN_SPACES)
    table["_own"] = table["representation"].where(space, "")
    families = table.groupby([*MEASURE, "_own"], sort=True)
    parts = [_family(rows, key[2], tuple(baselines), confidence) for key, rows in families]
    summary = pd.concat(parts, ignore_index=True)
    return summary.sort_values([*MEASURE, "_own", "leaked", "_order", *METHOD], ignore_index=True).drop(
        columns=["_own", "_order"]
    )


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
    return table.sort_values(key, ignore_index=True)  # one order, so that sums do not depend on the table's


def direction(metric):
    """Sign of better: 1 for higher, -1 for lower, 0 where there is none."""
    return {"higher": 1, "lower": -1}[METRICS[metric].direction] if metric in METRICS else 0


def spell_seeds(seeds):
    """Write seeds as ranges: ``"0-4, 7"``."""
    seeds = pd.Series(sorted(set(seeds)))
    runs = seeds.groupby((seeds.diff() != 1).cumsum())
    return ", ".join(str(run.iloc[0]) if len(run) == 1 else f"{run.iloc[0]}-{run.iloc[-1]}" for _, run in runs)


def interval(values, confidence=0.95):
    """Mean of finite values over seeds and the half-width of Student's interval of it, NaN for one value."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    n = len(values)
    if n < 2:
        return (values[0] if n else np.nan), np.nan
    return values.mean(), student.ppf((1 + confidence) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n)


def _family(rows, metric, baselines, confidence):
    """Summary of the methods that one metric can compare."""
    sign = direction(metric)
    scores = pd.DataFrame({name: part.set_index("seed")["value"] for name, part in rows.groupby(METHOD)}, dtype=float)
    summary = pd.DataFrame([_describe(part, confidence) for _, part in rows.groupby(METHOD)])
    summary["_order"] = -sign * summary["mean"]
    ranked = sign * summary["mean"].where(~summary["leaked"])
    if not sign or ranked.notna().sum() < 2:
        ranked[:] = np.nan
    summary["rank"] = ranked.rank(ascending=False, method="min").astype("Int64")
    summary[["baseline", "gain", "p_best", "p_baseline"]] = None, np.nan, np.nan, np.nan
    if ranked.isna().all():
        return summary
    names = list(summary[METHOD].itertuples(index=False, name=None))
    best = ranked.idxmax()
    for i in ranked.dropna().index:
        if i != best:
            summary.loc[i, "p_best"] = paired_test(scores[names[i]], scores[names[best]])
        rival = _strongest([j for j in ranked.dropna().index if names[j][0] in baselines], names, ranked, names[i][1])
        if rival is not None and names[i][0] not in baselines:
            summary.loc[i, "baseline"] = " + ".join(filter(None, names[rival]))
            summary.loc[i, "gain"] = sign * (scores[names[i]] - scores[names[rival]]).mean()
            summary.loc[i, "p_baseline"] = paired_test(scores[names[i]], scores[names[rival]])
    for column in ("p_best", "p_baseline"):
        summary[column] = holm(summary[column])
    return summary


def _strongest(candidates, names, ranked, clusterer):
    """Baseline to beat: the best with the same clusterer or, where there is none, the best of all."""
    same = [j for j in candidates if names[j][1] == clusterer]
    return max(same or candidates, key=ranked.get, default=None)


def _describe(rows, confidence):
    """Summary of one method, a row for each seed."""
    known = rows[np.isfinite(rows["value"].astype(float))]
    mean, half = interval(known["value"], confidence)
    first = rows.iloc[0]
    return {
        **{column: first[column] for column in [*MEASURE, *METHOD, "_own"]},
        "n_seeds": len(known),
        "seeds": spell_seeds(known["seed"]),
        "mean": mean,
        "sd": known["value"].std(ddof=1),
        "low": mean - half,
        "high": mean + half,
        "chance": rows["chance"].mean(),
        "leaked": bool(rows["leaked"].any()),
        **{column: rows[column].mean() for column in BESIDE if column in rows},
        "version": ", ".join(sorted(set(rows["version"]))),
    }
