"""What a step is worth: the methods of a comparison that differ in that step alone, set against each other."""

from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..study._representations import REPRESENTATIONS
from ._significance import LEVEL, holm, paired_test
from ._summary import check_table, direction, half_width


class Parts(NamedTuple):
    """A representation's name taken apart: ``kind-argument@block``."""

    kind: str
    argument: str
    block: str


def split_name(name):
    """Take a representation's name apart; one of no known kind is its own kind."""
    whole, _, block = name.partition("@")
    kinds = [kind for kind in REPRESENTATIONS if whole == kind or whole.startswith(f"{kind}-")]
    kind = max(kinds, key=len, default=whole)
    return Parts(kind, whole[len(kind) + 1 :], block)


def measure_effects(table, label, metric="ami", *, confidence=0.95):
    """Measure what fusion, lyrics, the UMAP step, beta and conditioning change in a score.

    Methods that differ in one step alone are paired: a fused representation with those of its blocks (the best of them;
    for lyrics, the best without lyrics), ``kmeans@umap`` with ``kmeans``, each beta with beta 1, a conditional VAE with
    the unconditioned one. Pairs are averaged on each seed, and the averages compared over the seeds.

    Parameters
    ----------
    table : DataFrame
        The long table of `compare`, of one study.
    label : str
        Label that the clusters are compared with; "" for a metric without labels, in the input space.
    metric : str, default="ami"
        Metric of the table.
    confidence : float, default=0.95
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    effects : DataFrame
        A row for each step that the table can tell of: ``effect``, ``setting`` (the beta, the condition),
        ``n_pairs``, ``n_better`` (pairs whose mean gets better), ``n_seeds``, ``mean_with``, ``mean_without``, their
        intervals ``low_with`` to ``high_without``, the paired ``difference`` (positive is better) with ``low`` and
        ``high``, ``p`` (Wilcoxon signed-rank, Holm-corrected over the rows), ``verdict`` and ``leaked``. The verdict
        is "better" or "worse" if p is below .05 and the two intervals do not overlap, "leaked" if the label was given
        to all pairs, else "no difference".

    Raises
    ------
    ValueError
        If the table holds several studies, or nothing of this label and metric.

    See Also
    --------
    write_findings : The same in words.

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
        raise ValueError(f"the table holds the studies {', '.join(studies)}: give one of them")
    rows = table[(table["label"] == label) & (table["metric"] == metric) & table["space"].isin(["", "input"])]
    if not len(rows):
        raise ValueError(f"the table holds nothing of metric {metric!r} with label {label!r}")
    scores = {name: part.set_index("seed")["value"] for name, part in rows.groupby(["representation", "clusterer"])}
    leaked = {name for name, part in rows.groupby(["representation", "clusterer"]) if part["leaked"].any()}
    sign = direction(metric)
    means = {name: sign * values.mean() for name, values in scores.items()}
    found = [
        {"effect": effect, "setting": setting, **_measure(pairs, scores, leaked, sign, confidence)}
        for (effect, setting), pairs in _pairs(means).items()
    ]
    effects = pd.DataFrame(found, columns=COLUMNS)
    effects["p"] = holm(effects["p"])
    apart = (effects["low_with"] > effects["high_without"]) | (effects["low_without"] > effects["high_with"])
    shown = apart & (effects["p"] < LEVEL)
    verdict = np.where(shown, np.where(effects["difference"] > 0, "better", "worse"), "no difference")
    return effects.assign(verdict=np.where(effects["leaked"], "leaked", verdict))


COLUMNS = [
    "effect", "setting", "n_pairs", "n_better", "n_seeds", "mean_with", "low_with", "high_with", "mean_without",
    "low_without", "high_without", "difference", "low", "high", "p", "leaked",
]  # fmt: skip


def _pairs(means):
    """Pairs of methods, with and without a step, by effect and setting."""
    representations = dict.fromkeys(name for name, _ in means)
    clusterers = dict.fromkeys(name for _, name in means)
    parts = {name: split_name(name) for name in representations}
    pairs = {}

    def add(effect, setting, method, rivals):
        rivals = [rival for rival in rivals if rival in means and not np.isnan(means[rival])]
        if method in means and rivals:
            pairs.setdefault((effect, setting), []).append((method, max(rivals, key=means.get)))

    for name, clusterer in product(representations, clusterers):
        kind, argument, block = parts[name]
        alone = (
            {} if block else {parts[other].block: other for other in representations if other.startswith(f"{name}@")}
        )
        method, at = (name, clusterer), f"@{block}" if block else ""
        if len(alone) > 1 and all(not np.isnan(means.get((other, clusterer), np.nan)) for other in alone.values()):
            add("fusion", "", method, [(other, clusterer) for other in alone.values()])
        if "lyrics" in alone:
            add("lyrics", "", method, [(other, clusterer) for b, other in alone.items() if b != "lyrics"])
        if not clusterer.endswith("@umap"):
            add("umap", "", (name, f"{clusterer}@umap"), [method])
        plain = [(f"beta-vae-1{at}", clusterer), (f"vae{at}", clusterer)]
        if kind == "beta-vae" and float(argument) != 1:
            add("beta", argument, method, [rival for rival in plain if rival in means][:1])
        if kind == "conditional-vae":
            add("condition", argument, method, [plain[1]])
    return dict(sorted(pairs.items(), key=lambda item: _place(*item[0])))


def _place(effect, setting):
    order = ["fusion", "lyrics", "umap", "beta", "condition"]
    return order.index(effect), float(setting) if effect == "beta" else 0, setting


def _measure(pairs, scores, leaked, sign, confidence):
    """Compare the averages over pairs, seed by seed."""
    fair = [pair for pair in pairs if leaked.isdisjoint(pair)]
    is_leaked = not fair
    a, b = (pd.DataFrame({i: scores[pair[side]] for i, pair in enumerate(fair or pairs)}) for side in (0, 1))
    a, b = a.where(b.notna()), b.where(a.notna())
    a, b = (side.dropna(axis=1, how="all").dropna() for side in (a, b))  # the same pairs and seeds on both sides
    with_, without = a.mean(axis=1), b.mean(axis=1)
    n, found = len(with_), {"n_pairs": a.shape[1], "n_better": int((sign * (a - b).mean() > 0).sum())}
    for name, values in (("with", with_), ("without", without), ("", sign * (with_ - without))):
        mean, half = values.mean(), half_width(values.std(), n, confidence)
        end = f"_{name}" if name else ""
        found |= {f"mean{end}" if name else "difference": mean, f"low{end}": mean - half, f"high{end}": mean + half}
    p = np.nan if is_leaked else paired_test(with_, without)
    return {**found, "n_seeds": n, "p": p, "leaked": is_leaked}
