"""Effects of single steps: differences between methods that differ only in fusion, lyrics, UMAP, beta or condition."""

from itertools import product

import numpy as np
import pandas as pd

from ..study._representations import split_name
from ._long_table import check_table, direction
from ._significance import LEVEL, half_width, holm, paired_test

EFFECTS = ("fusion", "lyrics", "umap", "beta", "condition")
COLUMNS = [
    "effect", "setting", "n_pairs", "n_better", "n_seeds", "mean_with", "low_with", "high_with", "mean_without",
    "low_without", "high_without", "difference", "low", "high", "p", "leaked",
]  # fmt: skip


def measure_effects(table, label, metric="ami", *, confidence=0.95):
    """Measure the effects of fusion, lyrics, UMAP, beta and conditions on a score.

    Each effect compares pairs of methods that differ in one step only. The scores of all pairs are averaged for each
    seed. These averages are then compared over the seeds. The pairs are:

    - fusion: a representation of all blocks, and the best one of a single block;
    - lyrics: a representation of all blocks, and the best one of a single block other than the lyrics;
    - umap: a clusterer such as ``kmeans@umap``, and the same clusterer in the latent space;
    - beta: a representation with another beta, and the one with beta 1;
    - condition: a conditional VAE, and the VAE without condition.

    Parameters
    ----------
    table : DataFrame
        Long table of `compare` for one study.
    label : str
        Label with which the clusters are compared, or "" for a metric without labels in the input space.
    metric : str, default="ami"
        Metric in the table.
    confidence : float, default=0.95
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    effects : DataFrame
        One row per effect that the table contains:

        - ``effect``, ``setting``: the step, and its beta or condition column.
        - ``n_pairs``, ``n_better``: number of pairs, and of pairs with a better mean.
        - ``n_seeds``: number of seeds.
        - ``mean_with``, ``low_with``, ``high_with``: mean score with the step, and its confidence interval.
        - ``mean_without``, ``low_without``, ``high_without``: the same without the step.
        - ``difference``, ``low``, ``high``: paired difference (positive is better) and its confidence interval.
        - ``p``: p-value of the Wilcoxon signed-rank test, with Holm's correction for all rows.
        - ``verdict``: "better" or "worse" if `p` is below .05 and the intervals of both means do not overlap,
          "leaked" if all pairs are leaked, else "no difference".
        - ``leaked``: whether all pairs are leaked.

    Raises
    ------
    ValueError
        If the table contains several studies, or no scores of this label and metric.

    See Also
    --------
    write_findings : Describe the effects in sentences.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.experiments import measure_effects
    >>> rows = [("vae", "kmeans", s, 0.2 + s / 100) for s in range(8)]
    >>> rows += [("vae", "kmeans@umap", s, 0.4 + s / 50) for s in range(8)]
    >>> table = pd.DataFrame(rows, columns=["representation", "clusterer", "seed", "value"]).assign(
    ...     study="toy", label="genre", metric="ami", space="", chance=0.0, leaked=False, version=""
    ... )
    >>> measure_effects(table, "genre")[["effect", "n_pairs", "difference", "p", "verdict"]].round(3)
      effect  n_pairs  difference      p verdict
    0   umap        1       0.235  0.008  better
    """
    table = check_table(table)
    studies = table["study"].unique()
    if len(studies) > 1:
        raise ValueError(f"the table must contain one study, got {', '.join(studies)}. Select one of them.")
    rows = table[(table["label"] == label) & (table["metric"] == metric) & table["space"].isin(["", "input"])]
    if not len(rows):
        raise ValueError(f"the table contains no scores of the metric {metric!r} with the label {label!r}")
    by_method = dict(iter(rows.groupby(["representation", "clusterer"])))
    scores = {method: part.set_index("seed")["value"] for method, part in by_method.items()}
    leaked = {method for method, part in by_method.items() if part["leaked"].any()}
    sign = direction(metric)
    pairs_by_effect = _find_pairs({method: sign * values.mean() for method, values in scores.items()})
    effects = pd.DataFrame(
        [
            {"effect": effect, "setting": setting, **_compare_pairs(pairs, scores, leaked, sign, confidence)}
            for (effect, setting), pairs in pairs_by_effect.items()
        ],
        columns=COLUMNS,
    )
    effects["p"] = holm(effects["p"])
    disjoint = (effects["low_with"] > effects["high_without"]) | (effects["low_without"] > effects["high_with"])
    is_significant = disjoint & (effects["p"] < LEVEL)
    verdict = np.where(is_significant, np.where(effects["difference"] > 0, "better", "worse"), "no difference")
    return effects.assign(verdict=np.where(effects["leaked"], "leaked", verdict))


def _find_pairs(means):
    """Find the pairs of methods with and without a step, by effect and setting."""
    representations = dict.fromkeys(name for name, _ in means)
    clusterers = dict.fromkeys(name for _, name in means)
    names = {name: split_name(name) for name in representations}
    pairs = {}

    def add(effect, setting, method, others):
        others = [other for other in others if other in means and not np.isnan(means[other])]
        if method in means and others:
            pairs.setdefault((effect, setting), []).append((method, max(others, key=means.get)))

    for name, clusterer in product(representations, clusterers):
        kind, argument, block = names[name]
        single_blocks = {}
        if not block:
            single_blocks = {names[other].block: other for other in representations if other.startswith(f"{name}@")}
        method, suffix = (name, clusterer), f"@{block}" if block else ""
        has_means = [not np.isnan(means.get((other, clusterer), np.nan)) for other in single_blocks.values()]
        if len(single_blocks) > 1 and all(has_means):
            add("fusion", "", method, [(other, clusterer) for other in single_blocks.values()])
        if "lyrics" in single_blocks:
            others = [(other, clusterer) for block, other in single_blocks.items() if block != "lyrics"]
            add("lyrics", "", method, others)
        if not clusterer.endswith("@umap"):
            add("umap", "", (name, f"{clusterer}@umap"), [method])
        plain = [(f"beta-vae-1{suffix}", clusterer), (f"vae{suffix}", clusterer)]
        if kind == "beta-vae" and float(argument) != 1:
            add("beta", argument, method, [other for other in plain if other in means][:1])
        if kind == "conditional-vae":
            add("condition", argument, method, [plain[1]])
    return dict(sorted(pairs.items(), key=lambda item: _order(*item[0])))


def _order(effect, setting):
    return EFFECTS.index(effect), float(setting) if effect == "beta" else 0, setting


def _compare_pairs(pairs, scores, leaked, sign, confidence):
    """Compare the averages over all pairs that are not leaked, seed by seed."""
    fair = [pair for pair in pairs if leaked.isdisjoint(pair)]
    is_leaked = not fair
    a, b = (pd.DataFrame({i: scores[pair[side]] for i, pair in enumerate(fair or pairs)}) for side in (0, 1))
    # Both sides must contain the same pairs and seeds.
    a, b = a.where(b.notna()), b.where(a.notna())
    a, b = (side.dropna(axis=1, how="all").dropna() for side in (a, b))
    with_step, without_step = a.mean(axis=1), b.mean(axis=1)
    n_seeds, n_better = len(with_step), int((sign * (a - b).mean() > 0).sum())
    result = {"n_pairs": a.shape[1], "n_better": n_better, "n_seeds": n_seeds, "leaked": is_leaked}
    for column, suffix, values in (
        ("mean_with", "_with", with_step),
        ("mean_without", "_without", without_step),
        ("difference", "", sign * (with_step - without_step)),
    ):
        mean, half = values.mean(), half_width(values.std(), n_seeds, confidence)
        result |= {column: mean, f"low{suffix}": mean - half, f"high{suffix}": mean + half}
    return result | {"p": np.nan if is_leaked else paired_test(with_step, without_step)}
