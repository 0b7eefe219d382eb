"""The figures that the tables of a comparison need, as files."""

import re
from pathlib import Path

from ...plots import BetaSweepDisplay, MapGridDisplay, MetricBarsDisplay, MetricHeatmapDisplay, StudyDisplay
from ..summary._effects import measure_effects
from ..summary._sweep import sweep_beta

MOST_MAPS = 6


def write_figures(comparison, folder, *, formats=("png",), dpi=150):
    """Draw the figures of a comparison: one page, bars, heatmap, sweep of beta, and a grid of maps.

    Parameters
    ----------
    comparison : Comparison
        From `compare`.
    folder : path-like
        Where to write; made if it is not there. Of several studies each has a folder of its name.
    formats : sequence of str, default=("png",)
        Formats that matplotlib can write, such as "pdf".
    dpi : int, default=150
        Dots per inch of pictures made of dots.

    Returns
    -------
    paths : list of Path
        ``study_LABEL``, ``bars_LABEL_by_representation`` and ``bars_LABEL_by_clusterer`` for each label with AMI;
        ``heatmap``; ``beta`` where several betas are compared; ``maps``, of the first seed, where latents are at hand:
        the first six representations of all blocks, coloured by the labels. What the numbers cannot fill is not drawn.

    See Also
    --------
    skvae.plots : The displays.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_iris
    >>> from skvae.experiments import compare, write_figures
    >>> X, species = load_iris(return_X_y=True)
    >>> found = compare(X[::11], ["raw", "pca"], labels={"species": species[::11]}, n_clusters=3, latent_dim=2, seeds=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_figures(found, folder, dpi=40)]  # doctest: +NORMALIZE_WHITESPACE
    ['study_species.png', 'bars_species_by_representation.png', 'bars_species_by_clusterer.png', 'heatmap.png',
     'maps.png']
    """
    import matplotlib.pyplot as plt

    table, summary = comparison.table_, comparison.summary()
    studies, paths = list(table["study"].unique()), []
    for study in studies:
        target = Path(folder, _plain(study)) if len(studies) > 1 else Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for name, draw in _drawings(comparison, table[table["study"] == study], summary[summary["study"] == study]):
            figure = draw().figure_
            for suffix in formats:
                paths.append(target / f"{_plain(name)}.{suffix}")
                figure.savefig(paths[-1], dpi=dpi)
            plt.close(figure)
    return paths


def _plain(name):
    """Name that every file system takes."""
    return re.sub(r"[^\w.-]+", "_", name)


def _drawings(comparison, table, summary):
    """Names of the figures of one study, and what draws each."""
    scores = summary[(summary["metric"] == "ami") & summary["mean"].notna()]
    for label in scores["label"].unique():
        own = {"metric": "ami", "label": label}
        if summary["rank"].notna().any():
            effects = measure_effects(table, label)
            yield f"study_{label}", lambda own=own, effects=effects: StudyDisplay.from_summary(summary, effects, **own)
        for by in ("representation", "clusterer"):
            yield f"bars_{label}_by_{by}", lambda own=own, by=by: MetricBarsDisplay.from_summary(summary, **own, by=by)
    if summary["rank"].notna().any():
        yield "heatmap", lambda: MetricHeatmapDisplay.from_summary(summary)
    sweep = sweep_beta(table)
    if sweep["beta"].nunique() > 1:
        yield "beta", lambda: BetaSweepDisplay.from_sweep(sweep)
    kept = [key for key in comparison.entries_ if len(key) == 2 and "@" not in key[0] and key[1] == table["seed"].min()]
    labels = {name: comparison.known_[name].to_numpy() for name in table["label"].unique() if name in comparison.known_}
    if kept and labels:
        latents = {name: comparison.latent(name, seed) for name, seed in kept[:MOST_MAPS]}
        yield "maps", lambda: MapGridDisplay.from_latents(latents, labels, random_state=0)
