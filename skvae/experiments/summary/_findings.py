"""Findings of a comparison as sentences."""

import numpy as np
import pandas as pd

from ...metrics import METRICS
from ..study._representations import split_name
from ._effects import measure_effects
from ._long_table import METHOD, check_table
from ._significance import LEVEL, seeds_needed
from ._summary import summarize
from ._sweep import sweep_beta
from ._tables import describe_source

BASELINES = ("raw", "pca")
ABBREVIATIONS = ("ami", "ari", "nmi")
MAX_SIMILAR = 5  # methods listed as not significantly different from the best
EFFECT_TEXTS = {
    "fusion": "Fusion of all blocks, compared with the best single block",
    "lyrics": "Lyrics and audio, compared with audio alone",
    "umap": "UMAP before the clusterer, compared with no UMAP",
    "beta": "Beta {}, compared with beta 1",
    "condition": "Condition {}, compared with no condition",
}
SWEEP_TEXTS = {
    "reconstruction_error": "reconstruction error",
    "kl": "KL (nats)",
    "active_units": "active units",
    "mean_correlation": "mean correlation of units",
    "mean_variance": "mean variance of units",
}


def write_findings(table, *, metric=None, baselines=None, n_top=10):
    r"""Describe the findings of a comparison: the best methods and the effects of single steps.

    A difference is reported if the paired test over the seeds is significant after Holm's correction and the
    confidence intervals do not overlap. Leaked scores are listed separately. Each score is shown with its chance level.

    Parameters
    ----------
    table : DataFrame
        Long table of `compare`.
    metric : str, default=None
        Metric that compares clusters with labels. None uses AMI, which is adjusted for chance, or the first metric of
        the table if AMI was not computed.
    baselines : sequence of str, default=None
        Baseline representations. None uses the raw columns and their principal components.
    n_top : int, default=10
        Number of methods in the list of the best.

    Returns
    -------
    text : str
        Markdown text with one part per study. It contains a section for each label, for the metrics without labels,
        and for the sweep of beta.

    See Also
    --------
    measure_effects : Effects of single steps as a table.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.experiments import write_findings
    >>> rows = [("pca", seed, 0.2 + seed / 100) for seed in range(8)] + [("vae", seed, 0.5) for seed in range(8)]
    >>> table = pd.DataFrame(rows, columns=["representation", "seed", "value"]).assign(
    ...     study="toy", clusterer="kmeans", label="genre", metric="ami", space="", chance=0.0, leaked=False, version=""
    ... )
    >>> print("\n".join(write_findings(table).splitlines()[4:7]))
    ## genre
    <BLANKLINE>
    The best of 2 methods is vae + kmeans: AMI 0.500 (0.500 to 0.500), chance 0.000. It is better than the strongest
    baseline, pca + kmeans, by 0.265 (p = 0.008). It is significantly better than all other methods.
    """
    table = check_table(table)
    return "\n".join(_describe_study(name, rows, metric, baselines, n_top) for name, rows in table.groupby("study"))


def _describe_study(study, table, metric, baselines, n_top):
    if baselines is None:
        baselines = [name for name in table["representation"].unique() if split_name(name).kind in BASELINES]
    summary = summarize(table.drop(columns="_own"), baselines=baselines)
    lines = [f"# Findings of {study}", "", f"Source: {describe_source(summary)}. {_describe_seeds(summary)}", ""]
    for label in filter(None, table["label"].unique()):
        metrics = set(table.loc[table["label"] == label, "metric"])
        first = next((name for name in [metric, "ami", *METRICS] if name in metrics), None)
        if first is not None:
            lines += [f"## {label}", "", *_describe_label(table, summary, label, first, n_top), ""]
    lines += _describe_internal_metrics(summary) + _describe_sweep(table)
    return "\n".join(lines)


def _describe_seeds(summary):
    """Describe the intervals, and which differences this number of seeds can show."""
    n_seeds = int(summary["n_seeds"].max())
    n_tests = int(summary.groupby(["label", "metric", "space"])["p_best"].count().max())
    if n_seeds > 1:
        text = "Brackets contain 95 % confidence intervals over the seeds."
    else:
        text = "One seed gives no confidence interval."
    for_two, for_all = seeds_needed(), seeds_needed(max(n_tests, 1))
    if n_seeds < for_two:
        seeds = "1 seed" if n_seeds == 1 else f"{n_seeds} seeds"
        return f"{text} With {seeds}, no difference can be significant. At least {for_two} seeds are required."
    if n_seeds < for_all:
        return (
            f"{text} {n_seeds} seeds can show a difference between two methods. Comparing the best method with "
            f"{n_tests} others requires at least {for_all} seeds."
        )
    return text


def _describe_label(table, summary, label, metric, n_top):
    rows = summary[(summary["label"] == label) & (summary["metric"] == metric)]
    fair = rows[~rows["leaked"] & rows["mean"].notna()]
    name = _metric_name(metric)
    sections = []
    if len(fair):
        top = [
            f"{i}. {_method_name(row)}: {_format_score(row)}" for i, row in enumerate(fair.head(n_top).itertuples(), 1)
        ]
        sections += [[_describe_best(fair, name)], [f"Top {min(n_top, len(fair))} by {name}:"], top]
        for column, other in (METHOD, METHOD[::-1]):
            best = fair[fair[column] != ""].drop_duplicates(column).itertuples()
            items = [f"- {getattr(row, column)}: {getattr(row, other)}, {_format_score(row)}" for row in best]
            sections += [[f"Best {other} for each {column}:"], items]
    effects = measure_effects(table, label, metric)
    if len(effects):
        sections += [
            [f"Effect of each step on {name}:"],
            [f"- {_describe_effect(row)}" for row in effects.itertuples()],
        ]
    leaked = rows[rows["leaked"] & rows["mean"].notna()]
    if len(leaked):
        reason = f"the representation was trained on {label} or on a column that reveals it"
        items = [f"- {_method_name(row)}: {_format_score(row)}" for row in leaked.itertuples()]
        sections += [[f"Leaked scores ({reason}), which are not informative:"], items]
    failed = rows[rows["mean"].isna()]
    if len(failed):
        sections += [[f"Without a score: {', '.join(_method_name(row) for row in failed.itertuples())}."]]
    return "\n\n".join("\n".join(section) for section in sections).split("\n")


def _describe_best(fair, metric):
    """Describe the best method, its difference from the strongest baseline, and methods that are not worse."""
    first = next(fair.itertuples())
    score = f"{_method_name(first)}: {metric} {_format_score(first)}."
    if len(fair) == 1:
        return f"The only method is {score}"
    text = f"The best of {len(fair)} methods is {score}"
    if first.baseline:
        baseline = fair[[_method_name(row) == first.baseline for row in fair.itertuples()]].iloc[0]
        p = f"p = {_format_p(first.p_baseline)}"
        if np.isnan(first.p_baseline):
            p = "not tested: both have the same score with every seed"
        if _is_different(first.p_baseline, first, baseline):
            text += f" It is better than the strongest baseline, {first.baseline}, by {first.gain:z.3f} ({p})."
        else:
            text += f" It is not significantly different from the strongest baseline, {first.baseline} ({p})."
    others = fair.iloc[1:]
    similar = [_method_name(row) for row in others.itertuples() if not _is_different(row.p_best, first, row)]
    if not similar:
        return f"{text} It is significantly better than all other methods."
    names = ", ".join(similar[:MAX_SIMILAR])
    more = f" and {len(similar) - MAX_SIMILAR} more" if len(similar) > MAX_SIMILAR else ""
    count = f"{len(similar)} of the {len(others)} other methods" if len(others) > 1 else "the other method"
    return f"{text} It is not significantly different from {count}: {names}{more}."


def _is_different(p, row, other):
    """Return whether the test is significant and the confidence intervals do not overlap."""
    return p < LEVEL and (row.low > other.high or row.high < other.low)


def _describe_effect(row):
    text = EFFECT_TEXTS[row.effect].format(row.setting)
    means = f"{row.mean_with:z.3f} vs. {row.mean_without:z.3f}"
    if row.verdict == "leaked":
        return f"{text}: leaked and not informative ({means})."
    pairs = f"{row.n_better} of {row.n_pairs} pairs better" if row.n_pairs > 1 else "one pair"
    p = "not tested, because the seed does not change the scores" if np.isnan(row.p) else f"p = {_format_p(row.p)}"
    difference = f"difference {row.difference:+z.3f}"
    difference += f" ({row.low:+z.3f} to {row.high:+z.3f})" if np.isfinite(row.low) else ""
    verdict = row.verdict if row.verdict != "no difference" else "no significant difference"
    return f"{text}: {verdict} ({means}, {difference}; {p}; {pairs})."


def _describe_internal_metrics(summary):
    """Describe the best scores without labels in the input space, which all methods share."""
    rows = summary[(summary["label"] == "") & (summary["space"] == "input") & summary["rank"].notna()]
    if not len(rows):
        return []
    lines = ["## Metrics without labels, in the input space", ""]
    for metric, methods in rows.groupby("metric", sort=False):
        best = ", ".join(f"{_method_name(row)} {_format_score(row)}" for row in methods.head(3).itertuples())
        lines.append(f"- {_metric_name(metric)} ({METRICS[metric].direction} is better): {best}.")
    note = "Scores in the latent and UMAP spaces are not compared, because these spaces differ between representations."
    return [*lines, "", note, ""]


def _describe_sweep(table):
    sweep = sweep_beta(table)
    if len(sweep["beta"].unique()) < 2:
        return []
    lines = ["## Sweep of beta", ""]
    for (block, beta), values in sweep.groupby(["block", "beta"]).mean(numeric_only=True).iterrows():
        numbers = [f"{text} {values[key]:.3g}" for key, text in SWEEP_TEXTS.items() if pd.notna(values.get(key))]
        suffix = f", {block} only" if block else ""
        lines.append(f"- Beta {beta:g}{suffix}: {', '.join(numbers) or 'no metrics'}.")
    return [*lines, ""]


def _method_name(row):
    return " + ".join(filter(None, (row.representation, row.clusterer)))


def _format_score(row):
    text = f"{row.mean:z.3f}"
    text += f" ({row.low:z.3f} to {row.high:z.3f})" if np.isfinite(row.low) else ""
    text += f", chance {row.chance:z.3f}" if np.isfinite(row.chance) else ""
    noise, rows = getattr(row, "n_noise", np.nan), getattr(row, "n_rows", np.nan)
    if pd.notna(noise) and pd.notna(rows) and noise > 0:
        text += f", {noise / rows:.0%} of the rows without a cluster"
    return text


def _metric_name(metric):
    return metric.upper() if metric in ABBREVIATIONS else metric.replace("_", " ")


def _format_p(p):
    return f"{p:.3f}" if p >= 0.001 else f"{p:.1g}"
