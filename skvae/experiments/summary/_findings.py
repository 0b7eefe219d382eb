"""What a comparison found, in sentences that its numbers write."""

import numpy as np
import pandas as pd

from ...metrics import METRICS
from ._effects import measure_effects, split_name
from ._significance import LEVEL, seeds_needed
from ._summary import METHOD, check_table, summarize
from ._sweep import sweep_beta
from ._tables import source

BASELINES = ("raw", "pca")  # kinds of representations that the others have to beat
SPELLED = {name: name.upper() for name in ("ami", "ari", "nmi")}
EFFECTS = {
    "fusion": "Fusion of the blocks, against the better one of them alone",
    "lyrics": "Lyrics beside the audio, against the audio alone",
    "umap": "A UMAP step before the clusterer, against none",
    "beta": "Beta {}, against 1",
    "condition": "Conditioning on {}, against none",
}
SWEPT = {
    "reconstruction_error": "reconstruction error", "kl": "KL (nats)", "active_units": "active units",
    "mean_correlation": "mean correlation of units", "mean_variance": "mean variance of units",
}  # fmt: skip


def write_findings(table, *, metric=None, baselines=None, n_top=10):
    r"""Write what a comparison found: the best methods, and what fusion, lyrics, UMAP, beta and conditioning are worth.

    Every sentence follows from the numbers. A difference is stated where the paired test over the seeds is significant
    after Holm's correction and the intervals do not overlap; otherwise the text says that there is none to be seen.
    Leaked scores are listed apart, and chance stands beside every score.

    Parameters
    ----------
    table : DataFrame
        The long table of `compare`.
    metric : str, default=None
        Metric by which methods are compared with labels. By default AMI, which chance does not raise; without it the
        first of the table.
    baselines : sequence of str, default=None
        Representations that the others have to beat; by default those of the raw columns and their PCA.
    n_top : int, default=10
        Length of the list of the best.

    Returns
    -------
    text : str
        Markdown, a section for each study and label, one on the scores without labels, and one on the sweep of beta.

    See Also
    --------
    measure_effects : The table behind the steps.

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
    The best of 2 methods is vae + kmeans: AMI 0.500 (0.500 to 0.500), chance 0.000. It is above pca + kmeans, the
    strongest baseline for it, by 0.265 (p = 0.008). It is told apart from all others.
    """
    table = check_table(table)
    return "\n".join(_study(name, rows, metric, baselines, n_top) for name, rows in table.groupby("study"))


def _study(study, table, metric, baselines, n_top):
    if baselines is None:
        baselines = [name for name in table["representation"].unique() if split_name(name).kind in BASELINES]
    summary = summarize(table.drop(columns="_own"), baselines=baselines)
    labels = [label for label in table["label"].unique() if label]
    lines = [f"# Findings of {study}", "", f"Source: {source(summary)}. {_power(summary)}", ""]
    for label in labels:
        known = [
            name for name in [metric, "ami", *METRICS] if name in set(table.loc[table["label"] == label, "metric"])
        ]
        if known:
            lines += [f"## {label}", "", *_label(table, summary, label, known[0], n_top), ""]
    lines += _inside(summary, n_top) + _sweep(table)
    return "\n".join(lines)


def _power(summary):
    """Say what so many seeds can show at all."""
    n_seeds = int(summary["n_seeds"].max())
    n_tests = int(summary.groupby(["label", "metric", "space"])["p_best"].count().max())
    text = "Intervals are of 95 % over the seeds, in brackets." if n_seeds > 1 else "One seed gives no interval."
    least, enough = seeds_needed(), seeds_needed(max(n_tests, 1))
    if n_seeds < least:
        return f"{text} With {n_seeds} seeds no difference can be significant: {least} is the least."
    if n_seeds < enough:
        return (
            f"{text} {n_seeds} seeds can tell two methods apart, but not the best from {n_tests} others at once, which "
            f"takes {enough}."
        )
    return text


def _label(table, summary, label, metric, n_top):
    rows = summary[(summary["label"] == label) & (summary["metric"] == metric)]
    fair = rows[~rows["leaked"] & rows["mean"].notna()]
    name = _spell(metric)
    lines = []
    if len(fair):
        lines += [_best(fair, name), "", f"Top {min(n_top, len(fair))} by {name}:", ""]
        lines += [f"{i}. {_method(row)}: {_score(row)}" for i, row in enumerate(fair.head(n_top).itertuples(), 1)]
        for one, other in (METHOD, METHOD[::-1]):
            lines += ["", f"Best {other} of each {one}:", ""]
            named = fair[fair[one] != ""].drop_duplicates(one)
            lines += [f"- {getattr(row, one)}: {getattr(row, other)}, {_score(row)}" for row in named.itertuples()]
    effects = measure_effects(table, label, metric)
    if len(effects):
        lines += ["", f"What each step changes in {name}:", "", *(f"- {_effect(row)}" for row in effects.itertuples())]
    leaked = rows[rows["leaked"] & rows["mean"].notna()]
    if len(leaked):
        given = f"the representation was given {label} or what tells of it"
        lines += ["", f"Leaked, as {given}; these scores say nothing:", ""]
        lines += [f"- {_method(row)}: {_score(row)}" for row in leaked.itertuples()]
    failed = rows[rows["mean"].isna()]
    if len(failed):
        lines += ["", f"Without a score: {', '.join(_method(row) for row in failed.itertuples())}."]
    return lines[1:] if lines and not lines[0] else lines


def _best(fair, name):
    first = next(fair.itertuples())
    text = f"The best of {len(fair)} methods is {_method(first)}: {name} {_score(first)}."
    if len(fair) == 1:
        return text.replace("best of 1 methods", "only method")
    if first.baseline:
        p = (
            "not tested: both are the same on every seed"
            if np.isnan(first.p_baseline)
            else f"p = {_p(first.p_baseline)}"
        )
        base = fair[[_method(row) == first.baseline for row in fair.itertuples()]].iloc[0]
        told = first.p_baseline < LEVEL and _apart(first, base)
        text += f" It is {'above' if told else 'not told apart from'} {first.baseline}, the strongest baseline for it"
        text += f", by {first.gain:z.3f} ({p})." if told else f" ({p})."
    others = fair.iloc[1:]
    near = [_method(row) for row in others.itertuples() if not (row.p_best < LEVEL and _apart(first, row))]
    if not near:
        return f"{text} It is told apart from all others."
    shown = f"{', '.join(near[:5])}{f' and {len(near) - 5} more' if len(near) > 5 else ''}"
    return f"{text} No difference is to be seen from {len(near)} of the {len(others)} others: {shown}."


def _apart(row, other):
    """Whether the intervals of two methods do not overlap."""
    return row.low > other.high or row.high < other.low


def _effect(row):
    text = EFFECTS[row.effect].format(row.setting)
    if row.verdict == "leaked":
        return f"{text}: {row.mean_with:z.3f} against {row.mean_without:z.3f}, but leaked: this says nothing."
    pairs = f"{row.n_better} of {row.n_pairs} pairs better" if row.n_pairs > 1 else "one pair"
    p = "not tested, as no seed changes a score" if np.isnan(row.p) else f"p = {_p(row.p)}"
    numbers = f"{row.mean_with:z.3f} against {row.mean_without:z.3f}, difference {row.difference:+z.3f}"
    numbers += f" ({row.low:+z.3f} to {row.high:+z.3f})" if np.isfinite(row.low) else ""
    verdict = row.verdict if row.verdict != "no difference" else "no difference to be seen"
    return f"{text}: {verdict} ({numbers}; {p}; {pairs})."


def _inside(summary, n_top):
    """Scores without labels in the space that all methods share."""
    rows = summary[(summary["label"] == "") & (summary["space"] == "input") & summary["rank"].notna()]
    if not len(rows):
        return []
    lines = ["## Without labels, in the input space", ""]
    for metric, found in rows.groupby("metric", sort=False):
        best = ", ".join(f"{_method(row)} {_score(row)}" for row in found.head(3).itertuples())
        lines.append(f"- {_spell(metric)} ({METRICS[metric].direction} is better): {best}.")
    return [*lines, "", "Scores in latent or UMAP spaces are not compared: each representation has its own.", ""]


def _sweep(table):
    """Say what beta does to the latent."""
    sweep = sweep_beta(table)
    if len(sweep["beta"].unique()) < 2:
        return []
    lines = ["## Sweep of beta", ""]
    for (block, beta), values in sweep.groupby(["block", "beta"]).mean(numeric_only=True).iterrows():
        said = [f"{text} {values[key]:.3g}" for key, text in SWEPT.items() if pd.notna(values.get(key))]
        where = f", {block} alone" if block else ""
        lines.append(f"- Beta {beta:g}{where}: {', '.join(said) or 'nothing was measured'}.")
    return [*lines, ""]


def _method(row):
    return " + ".join(filter(None, (row.representation, row.clusterer)))


def _score(row):
    text = f"{row.mean:z.3f}"
    text += f" ({row.low:z.3f} to {row.high:z.3f})" if np.isfinite(row.low) else ""
    text += f", chance {row.chance:z.3f}" if np.isfinite(row.chance) else ""
    noise, rows = getattr(row, "n_noise", np.nan), getattr(row, "n_rows", np.nan)
    if pd.notna(noise) and pd.notna(rows) and noise > 0:
        text += f", {noise / rows:.0%} of the rows in no cluster"
    return text


def _spell(metric):
    return SPELLED.get(metric, metric.replace("_", " "))


def _p(p):
    return f"{p:.3f}" if p >= 0.001 else f"{p:.1g}"
