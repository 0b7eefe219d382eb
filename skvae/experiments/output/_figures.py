"""Figures of a comparison as files."""

import re
from pathlib import Path

from ...plots import BetaSweepDisplay, MapGridDisplay, MetricBarsDisplay, MetricHeatmapDisplay, StudyDisplay
from ..summary._effects import measure_effects
from ..summary._sweep import sweep_beta

MAX_MAPS = 6


def write_figures(comparison, folder, *, formats=("png",), dpi=150):
    """Draw the figures of a comparison: an overview, bars, a heatmap, the sweep of beta, and maps.

    Parameters
    ----------
    comparison : Comparison
        Result of `compare`.
    folder : path-like
        Folder for the files. It is created if it does not exist. If there are several studies, each one gets a
        subfolder.
    formats : sequence of str, default=("png",)
        File formats of matplotlib, such as "pdf".
    dpi : int, default=150
        Resolution of pixel graphics in dots per inch.

    Returns
    -------
    paths : list of Path
        Written files. Figures without data are left out:

        - ``study_LABEL``, ``bars_LABEL_by_representation`` and ``bars_LABEL_by_clusterer`` for each label with AMI;
        - ``heatmap``;
        - ``beta``, if there are several betas;
        - ``maps``, if latent representations are available: the first six representations of all blocks with the
          first seed, colored by the labels.

    See Also
    --------
    skvae.plots : The displays.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_iris
    >>> from skvae.experiments import compare, write_figures
    >>> X, y = load_iris(return_X_y=True)
    >>> comparison = compare(X[::11], ["raw", "pca"], labels={"species": y[::11]}, n_clusters=3, latent_dim=2, seeds=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_figures(comparison, folder, dpi=40)]  # doctest: +NORMALIZE_WHITESPACE
    ['study_species.png', 'bars_species_by_representation.png', 'bars_species_by_clusterer.png', 'heatmap.png',
     'maps.png']
    """
    import matplotlib.pyplot as plt

    table, summary = comparison.table_, comparison.summary()
    studies, paths = list(table["study"].unique()), []
    for study in studies:
        target = Path(folder, _file_name(study)) if len(studies) > 1 else Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for name, draw in _drawings(comparison, table[table["study"] == study], summary[summary["study"] == study]):
            figure = draw().figure_
            for suffix in formats:
                paths.append(target / f"{_file_name(name)}.{suffix}")
                figure.savefig(paths[-1], dpi=dpi)
            plt.close(figure)
    return paths


def _file_name(name):
    """Return a name that is valid on every file system."""
    return re.sub(r"[^\w.-]+", "_", name)


def _drawings(comparison, table, summary):
    """Yield the name of each figure of one study and a function that draws it."""
    scores = summary[(summary["metric"] == "ami") & summary["mean"].notna()]
    for label in scores["label"].unique():
        options = {"metric": "ami", "label": label}
        if summary["rank"].notna().any():
            effects = measure_effects(table, label)
            yield (
                f"study_{label}",
                lambda options=options, effects=effects: StudyDisplay.from_summary(summary, effects, **options),
            )
        for by in ("representation", "clusterer"):
            yield (
                f"bars_{label}_by_{by}",
                lambda options=options, by=by: MetricBarsDisplay.from_summary(summary, **options, by=by),
            )
    if summary["rank"].notna().any():
        yield "heatmap", lambda: MetricHeatmapDisplay.from_summary(summary)
    sweep = sweep_beta(table)
    if sweep["beta"].nunique() > 1:
        yield "beta", lambda: BetaSweepDisplay.from_sweep(sweep)
    first_seed = table["seed"].min()
    latent_keys = [key for key in comparison.entries_ if len(key) == 2 and "@" not in key[0] and key[1] == first_seed]
    labels = {name: comparison.known_[name].to_numpy() for name in table["label"].unique() if name in comparison.known_}
    if latent_keys and labels:
        latents = {name: comparison.latent(name, seed) for name, seed in latent_keys[:MAX_MAPS]}
        yield "maps", lambda: MapGridDisplay.from_latents(latents, labels, random_state=0)
