"""Comparison of representations and clusterers over several seeds."""

import logging
import time
import warnings
from numbers import Integral

from ...metrics import METRICS
from ...vae import VAETransformer
from ..study._clusterers import parse_clusterers
from ..study._data import read_data
from ..study._names import check_settings
from ..study._representations import add_single_blocks, parse_representations, requested_conditions
from ._comparison import Comparison
from ._plan import VERSIONS, make_plan
from ._results import collect_results
from ._runner import run_tasks
from ._seeds import check_seeds
from ._store import Store

logger = logging.getLogger(__name__)

# The other variants of NMI differ only in the mean of the two entropies.
DEFAULT_METRICS = tuple(name for name in METRICS if not name.startswith("nmi_"))


def compare(
    source,
    representations=("raw", "pca", "vae"),
    clusterers=("kmeans",),
    *,
    seeds=10,
    labels=None,
    condition=None,
    n_clusters=None,
    latent_dim=16,
    settings=None,
    metrics=None,
    alone=True,
    describe=None,
    out_dir=None,
    keep=False,
    name="study",
    offline=False,
    n_jobs=None,
    verbose=0,
):
    """Compare representations and clusterers over several seeds.

    Each representation is fitted once per seed and shared by all clusterers. Fits run in parallel with joblib. Each
    fit uses one thread, so that the results do not depend on `n_jobs`. If a fit fails, its scores are NaN, the reason
    is recorded in ``errors_``, and the comparison continues. The result contains the chance level of each score. Scores
    on a label that the representation was trained on are marked as leaked.

    Parameters
    ----------
    source : DataFrame, FeatureTable or array-like of shape (n_rows, n_features)
        Track table of `load_tracks`, feature table of `load_feature_table`, or numbers. The block of a numeric column
        is the part of its name before ``__``, or "features" without this prefix. A row may contain NaN in all columns
        of a block.
    representations : list, default=("raw", "pca", "vae")
        Representations. Each entry is a name, a dict with the keys ``kind``, ``name`` and ``settings`` (parameters of
        the estimator), or a pair of a name and a transformer. A name with "@" and a block, such as "vae@audio", uses
        only that block. The kinds are:

        - "raw": standardized columns with equalized blocks.
        - "pca": their principal components.
        - "autoencoder", "vae": `VAETransformer` without and with regularizer.
        - "conv1d-vae", "conv2d-vae": `VAETransformer` with convolutions. The columns are treated as a sequence (1-D) or
          as the most square image (2-D). The lyrics block uses a fully connected network.
        - "beta-vae-4": `VAETransformer` with that beta. "beta-vae" is short for the betas 0.5, 1, 4 and 10.
        - "conditional-vae-language": `VAETransformer` conditioned on that column. "conditional-vae" is short for one
          representation per column of `condition`.
        - "multimodal-vae-poe", "-late", "-attention", "-early": `VAETransformer` with that fusion of the blocks.
          "multimodal-vae" is short for all four.
        - "vade": `VaDEClusterer`. Its own clusters are listed as the clusterer "own".
    clusterers : list, default=("kmeans",)
        Clusterers, in the same formats: "kmeans", "minibatch-kmeans", "agglomerative" (Ward linkage; or "-complete",
        "-average", "-single"), "dbscan" (radius computed by `knee`), "hdbscan", "spectral", "gmm" and "birch". A name
        with "@umap" uses a UMAP embedding of the latent space.
    seeds : int or list of int, default=10
        Number of seeds, or list of seeds. An int `n` uses the seeds 0 to ``n - 1``. At least 6 seeds are required for
        a significant difference at the level .05.
    labels : list of str, dict of str to array-like, or None, default=None
        Labels with which clusters are compared: names of columns, or arrays by name. These columns are not features.
        None uses the columns "genre" and "language" if they exist.
    condition : str, list of str or None, default=None
        Columns used for "conditional-vae" without a column name.
    n_clusters : int, str or None, default=None
        Number of clusters, or the name of the label with that number of values. None uses 10, or a fifth of the
        number of rows if that is less, but at least 2.
    latent_dim : int, default=16
        Number of latent units.
    settings : dict or None, default=None
        Parameters of every `VAETransformer`, such as ``{"max_epochs": 50}``.
    metrics : list of str or None, default=None
        Names of metrics in `skvae.metrics.METRICS`. None uses all except "nmi_geometric", "nmi_min" and "nmi_max".
    alone : bool, default=True
        Whether to also evaluate each representation on every single block. Ignored if there is only one block.
    describe : dict or None, default=None
        Options for the features of a track table: ``modality``, ``audio`` (default "descriptors"), ``lyrics``,
        ``duration`` and ``excerpts`` of `cluster_library`.
    out_dir : path-like or None, default=None
        Folder for the results and the stored fits. An interrupted comparison resumes from the stored fits, and
        comparisons with the same folder share them. Workers on other machines must have access to the folder. None
        stores the fits in a temporary folder, which is deleted together with the result.
    keep : bool, default=False
        Whether to write the model, latent representation, labels and history of each representation to
        ``runs/REPRESENTATION/SEED/``.
    name : str, default="study"
        Name of the study in the tables.
    offline : bool, default=False
        Whether downloads of models are forbidden.
    n_jobs : int or None, default=None
        Number of parallel jobs, as in joblib.
    verbose : int, default=0
        If positive, show progress bars on a terminal. The estimated remaining time is always logged.

    Returns
    -------
    Comparison
        Long table, errors, warnings, latent representations and labels.

    Raises
    ------
    ValueError
        If a name is unknown, or a parameter does not fit the table.
    TypeError
        If a representation or clusterer has another type.

    Warns
    -----
    MissingnessWarning
        If the missing blocks alone predict a label.

    See Also
    --------
    run_study : Run a comparison described by a study file.
    skvae.report.cluster_library : Cluster a library with one representation and one clusterer.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae.experiments import compare
    >>> X, species = load_iris(return_X_y=True)
    >>> labels = {"species": species}
    >>> comparison = compare(X, ["raw", "pca"], ["gmm"], labels=labels, n_clusters="species", latent_dim=2, seeds=2)
    >>> summary = comparison.summary().query("metric == 'ari'").reset_index()
    >>> summary[["representation", "clusterer", "mean", "rank"]].round(1)
      representation clusterer  mean  rank
    0            raw       gmm   0.8     1
    1            pca       gmm   0.7     2
    """
    settings, condition = dict(settings or {}), [condition] if isinstance(condition, str) else list(condition or ())
    check_settings(settings, (VAETransformer,), "VAETransformer")
    specs, clusterers = parse_representations(representations, condition), parse_clusterers(clusterers)
    seeds, metrics = check_seeds(seeds), _check_metrics(metrics)
    if keep and out_dir is None:
        raise ValueError("keep=True requires out_dir. Set out_dir to a folder for the models.")
    store = Store.temporary() if out_dir is None else Store.in_results(out_dir)
    data = read_data(
        source,
        labels=labels,
        condition=condition,
        optional_conditions=requested_conditions(specs),
        describe=dict(describe or {}),
        offline=offline,
        n_jobs=n_jobs,
        memory=None if out_dir is None else str(store.folder.parent),
        verbose=verbose,
    )
    for caught in data.missingness_warnings():
        data.notes.append(str(caught.message))
        warnings.warn(caught.message, stacklevel=2)
    n_clusters = _resolve_n_clusters(n_clusters, data)
    specs = add_single_blocks(specs, data.blocks) if alone else specs
    start = time.perf_counter()
    plan = make_plan(
        data,
        specs,
        clusterers,
        seeds,
        n_clusters=n_clusters,
        latent_dim=latent_dim,
        vae_settings=settings,
        metrics=metrics,
        keep=keep,
    )
    reasons = _run_plan(plan, data, store, n_jobs, verbose)
    table, errors, warned, entries = collect_results(
        plan, store, reasons, study=name, labels=data.labels, metrics=metrics, n_rows=len(data.values)
    )
    about = {
        "study": name,
        "seeds": seeds,
        "labels": data.labels,
        "n_clusters": n_clusters,
        "latent_dim": latent_dim,
        "settings": {key: repr(value) for key, value in settings.items()},
        "blocks": {block: len(columns) for block, columns in data.blocks.items()},
        "versions": VERSIONS,
        "notes": data.notes,
        "set_aside": data.set_aside,
        "seconds": round(time.perf_counter() - start, 1),
    }
    comparison = Comparison(table, errors, warned, data.known, about, entries, store)
    if out_dir is not None:
        comparison.save(out_dir)
    if keep:
        comparison.write_runs(out_dir)
    logger.info("%s", comparison.describe())
    return comparison


def _run_plan(plan, data, store, n_jobs, verbose):
    """Run all tasks of a plan. Tasks that depend on a failed task are skipped."""
    options = {"n_jobs": n_jobs, "verbose": verbose}
    reasons = run_tasks(plan.latents.values(), data, store, title="latent representations", **options)
    for title, tasks in (("embeddings", plan.embeddings), ("clusterings", plan.clusterings)):
        failed = set(reasons)
        ready = [task for task in tasks.values() if failed.isdisjoint([task.latent, getattr(task, "embedding", "")])]
        reasons |= run_tasks(ready, data, store, title=title, **options)
    return reasons


def _check_metrics(metrics):
    metrics = DEFAULT_METRICS if metrics is None else tuple(metrics)
    unknown = [name for name in metrics if name not in METRICS]
    if unknown:
        raise ValueError(f"unknown metric {unknown[0]!r}. Available metrics: {', '.join(METRICS)}.")
    return metrics


def _resolve_n_clusters(n_clusters, data):
    """Return the number of clusters from a number, the name of a label, or None."""
    n_rows = len(data.values)
    if n_clusters is None:
        return max(2, min(10, n_rows // 5))
    if isinstance(n_clusters, str):
        if n_clusters not in data.labels:
            raise ValueError(f"n_clusters must be an integer or one of the labels {data.labels}, got {n_clusters!r}")
        n_clusters = data.known[n_clusters].nunique()
    if not isinstance(n_clusters, Integral) or isinstance(n_clusters, bool) or not 2 <= n_clusters < n_rows:
        raise ValueError(
            f"n_clusters must be an integer from 2 to {n_rows - 1} (number of rows minus 1), got {n_clusters!r}"
        )
    return int(n_clusters)
