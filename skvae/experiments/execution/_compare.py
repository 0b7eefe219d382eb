"""compare: representations by clusterers by seeds, each unit of work done once, in parallel, and kept."""

import logging
import time
import warnings
from numbers import Integral

from ...metrics import METRICS
from ...vae import VAETransformer
from ..study._clusterers import parse_clusterers
from ..study._data import read_data
from ..study._names import check_settings
from ..study._representations import asked_conditions, beside_parts, parse_representations
from ._comparison import Comparison
from ._plan import VERSIONS, make_plan
from ._results import collect
from ._runner import run_all
from ._store import Store

logger = logging.getLogger(__name__)

METRIC_NAMES = tuple(name for name in METRICS if not name.startswith("nmi_"))  # other means than NMI's usual one


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
    n_jobs=None,
    verbose=0,
):
    """Compare representations and clusterers over seeds, beside chance, with leaked scores marked.

    Each representation is fitted once for each seed, and shared by all clusterers. Every unit of work runs on one
    thread, so that the numbers do not depend on `n_jobs`; units run side by side by joblib, on any of its backends.
    What fails is a row of NaN in the table and a reason in ``errors_``, and the study goes on.

    Parameters
    ----------
    source : DataFrame, FeatureTable or array-like of shape (n_rows, n_features)
        Track table, as `load_tracks` makes it; songs described already, of `load_feature_table`; or numbers. The block
        of a column of numbers is what stands before ``__`` in its name, else "features"; a row may lack a block (NaN).
    representations : list, default=("raw", "pca", "vae")
        Names, of the kinds below; dicts of ``kind``, ``name`` and ``settings`` (parameters of the estimator); or pairs
        of a name and any transformer. With "@" and a block at the end, such as "vae@audio", it sees that block alone.

        - "raw": the columns as they are, standardised, each block with one say.
        - "pca": their principal components.
        - "autoencoder", "vae": `VAETransformer` without and with its prior.
        - "conv1d-vae", "conv2d-vae": convolutions, over the columns as a sequence or as the squarest image, and fully
          connected layers for lyrics.
        - "beta-vae-4": with that beta; "beta-vae" is four of them, 0.5, 1, 4 and 10.
        - "conditional-vae-language": given that column; "conditional-vae" is one for each of `condition`.
        - "multimodal-vae-poe", "-late", "-attention", "-early": the fusion of blocks; "multimodal-vae" is all four.
        - "vade": `VaDEClusterer`, whose own clusters have the clusterer "own".
    clusterers : list, default=("kmeans",)
        In the same ways: "kmeans", "minibatch-kmeans", "agglomerative" (Ward; or "-complete", "-average", "-single"),
        "dbscan" (radius by `knee`), "hdbscan", "spectral", "gmm", "birch". With "@umap" at the end it works in a UMAP
        embedding of the latent.
    seeds : int or list of int, default=10
        Seeds, or their number. Fewer than 6 can show no difference at the level .05.
    labels : list of str, dict of str to array-like, or None, default=None
        What clusters are compared with: columns of the table, which are then no features, or arrays. None is those of
        "genre" and "language" that are there.
    condition : str, list of str or None, default=None
        Columns that "conditional-vae" stands for.
    n_clusters : int, str or None, default=None
        Number of clusters, or the label that has as many values. None is 10, or a fifth of the rows where that is less.
    latent_dim : int, default=16
        Width of the latents.
    settings : dict or None, default=None
        Parameters of every `VAETransformer`, such as ``{"max_epochs": 50}``.
    metrics : list of str or None, default=None
        Of `skvae.metrics.METRICS`; None is all but NMI by other means.
    alone : bool, default=True
        Whether each representation of several blocks has, beside it, the same one of each block alone.
    describe : dict or None, default=None
        How to describe tracks: ``modality``, ``lyrics``, ``duration`` and ``excerpts`` of `cluster_library`.
    out_dir : path-like or None, default=None
        Folder for the results, and for the units of work, from which a study that was killed goes on; what other
        studies in the same folder have in common with it is not done again. Workers on other machines must share it.
        None keeps the units in a temporary folder as long as the result lives.
    keep : bool, default=False
        Whether to write model, latent, labels and history of each representation to ``runs/REPRESENTATION/SEED/``.
    name : str, default="study"
        Name of the study, in the table.
    n_jobs : int or None, default=None
        Units done at a time, as in joblib.
    verbose : int, default=0
        Above 0, progress bars on a terminal. The time that is left is logged in any case.

    Returns
    -------
    Comparison
        The long table, its summary, and what lies behind it.

    Raises
    ------
    ValueError
        If a name is not known, or a parameter does not fit the table.
    TypeError
        If a representation or clusterer is of another type.

    Warns
    -----
    MissingnessWarning
        If the gaps of a block alone predict a label.

    See Also
    --------
    run_study : The same from a file.
    skvae.report.cluster_library : One representation and one clusterer, and all that can be heard of it.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae.experiments import compare
    >>> X, species = load_iris(return_X_y=True)
    >>> labels = {"species": species}
    >>> found = compare(X, ["raw", "pca"], ["gmm"], labels=labels, n_clusters="species", latent_dim=2, seeds=2)
    >>> summary = found.summary().query("metric == 'ari'").reset_index()
    >>> summary[["representation", "clusterer", "mean", "rank"]].round(1)
      representation clusterer  mean  rank
    0            raw       gmm   0.8     1
    1            pca       gmm   0.7     2
    """
    settings, condition = dict(settings or {}), [condition] if isinstance(condition, str) else list(condition or ())
    check_settings(settings, (VAETransformer,), "a VAETransformer")
    methods, clusterers = parse_representations(representations, condition), parse_clusterers(clusterers)
    seeds, metrics = _seeds(seeds), _metrics(metrics)
    if keep and out_dir is None:
        raise ValueError("keep=True needs out_dir, where models are kept")
    store = Store.temporary() if out_dir is None else Store.below(out_dir)
    data = read_data(
        source,
        labels=labels,
        condition=condition,
        perhaps=asked_conditions(methods),
        describe=dict(describe or {}),
        n_jobs=n_jobs,
        memory=None if out_dir is None else str(store.folder.parent),
        verbose=verbose,
    )
    for caught in data.missingness():
        data.notes.append(str(caught.message))
        warnings.warn(caught.message, stacklevel=2)
    n_clusters = _n_clusters(n_clusters, data)
    methods = beside_parts(methods, data.blocks) if alone else methods
    start = time.perf_counter()
    plan = make_plan(
        data,
        methods,
        clusterers,
        seeds,
        n_clusters=n_clusters,
        latent_dim=latent_dim,
        common=settings,
        metrics=metrics,
        keep=keep,
    )
    work, reasons = {"n_jobs": n_jobs, "verbose": verbose}, {}
    reasons |= run_all(plan.latents.values(), data, store, what="latents", **work)
    for what, units in (("embeddings", plan.embeddings), ("clusterings", plan.clusters)):
        # not of what failed before; that there is no embedding shows where it is asked for
        failed = set(reasons)
        ready = [u for u in units.values() if u.latent not in failed and getattr(u, "embedding", "") not in failed]
        reasons |= run_all(ready, data, store, what=what, **work)
    table, errors, warned, entries = collect(
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
    found = Comparison(table, errors, warned, data.known, about, entries, store)
    if out_dir is not None:
        found.save(out_dir)
    if keep:
        found.write_runs(out_dir)
    logger.info("%s", found.describe())
    return found


def _seeds(seeds):
    if isinstance(seeds, Integral) and not isinstance(seeds, bool):
        seeds = range(seeds)
    seeds = list(seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds={seeds!r} must be different numbers, or how many: at least one")
    for seed in seeds:
        if not isinstance(seed, Integral) or isinstance(seed, bool) or not 0 <= seed < 2**32:
            raise ValueError(f"seed {seed!r} must be a number from 0 to 2**32 - 1")
    return [int(seed) for seed in seeds]


def _metrics(metrics):
    metrics = METRIC_NAMES if metrics is None else tuple(metrics)
    unknown = [name for name in metrics if name not in METRICS]
    if unknown:
        raise ValueError(f"there is no metric {unknown[0]!r}; known are {', '.join(METRICS)}")
    return metrics


def _n_clusters(n_clusters, data):
    n_rows = len(data.values)
    if n_clusters is None:
        return max(2, min(10, n_rows // 5))
    if isinstance(n_clusters, str):
        if n_clusters not in data.labels:
            raise ValueError(f"n_clusters={n_clusters!r} must be a number, or one of the labels: {data.labels}")
        n_clusters = data.known[n_clusters].nunique()
    if not isinstance(n_clusters, Integral) or isinstance(n_clusters, bool) or not 2 <= n_clusters < n_rows:
        raise ValueError(f"n_clusters={n_clusters!r} must be a number from 2 to {n_rows - 1}, one less than the rows")
    return int(n_clusters)
