"""The three kinds of work of a study, each done once and kept: a latent, its UMAP embedding, its clusters."""

import logging
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.base import clone, is_clusterer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from ...cluster import UMAPTransformer
from ...cluster._subsample import PAIRWISE_CLUSTERERS, fit_on_subsample
from ...metrics import METRICS, chance_metrics, cluster_metrics, latent_metrics
from ...persistence import save
from ..study._clusterers import CLUSTERERS, SAMPLE_PAIRS
from ..study._names import Method
from ._store import Store

logger = logging.getLogger(__name__)

# What concerns the makers of libraries, and what is so by intention here.
NOT_FOR_USERS = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning)
INTENDED = ("Graph is not fully connected", "n_jobs value")


@dataclass(frozen=True)
class Latent:
    """Fit a representation, and keep where it puts the rows.

    Parameters
    ----------
    key : str
        Name of its entry.
    name, seed : str, int
        For messages.
    estimator : estimator
        Unfitted, seeded.
    blocks, given : tuple of str
        What it sees, and what it is conditioned on.
    keep : bool
        Whether to save the fitted model.
    """

    key: str
    name: str
    seed: int
    estimator: object
    blocks: tuple = ()
    given: tuple = ()
    keep: bool = False

    def is_done(self, store):
        """Whether it is in the store, with all that is asked for."""
        found = store.get(self.key)
        return found is not None and (not self.keep or "unsaved" in found[0] or self.model(store).is_file())

    def model(self, store):
        """Path of the model file."""
        return store.path(self.key, ".skvae")

    def compute(self, data, store):
        """Do it."""
        table, rows = data.table(self.blocks, self.given), data.seen(self.blocks)
        model, start = clone(self.estimator), time.perf_counter()
        Z = np.asarray(model.fit(table).transform(table) if hasattr(model, "transform") else model.fit_transform(table))
        seconds = time.perf_counter() - start
        if Z.ndim != 2 or len(Z) != len(table) or not np.isfinite(Z).all():
            raise ValueError(f"{type(model).__name__} gave no finite latent of {len(table)} rows, but shape {Z.shape}")
        arrays = {"latent": _spread(Z, rows, np.nan)}
        posterior = model.posterior(table) if hasattr(model, "posterior") else (Z,)
        if is_clusterer(model):
            last = model[-1] if isinstance(model, Pipeline) else model
            arrays["labels"] = _spread(np.asarray(last.labels_), rows, -1)
        record = {
            "fit_seconds": seconds,
            "reconstruction_error": reconstruction_error(model, data, self.blocks, table, Z),
            "history": getattr(model, "history_", []),
            "metrics": latent_metrics(*_proper(*posterior)),
        }
        if self.keep:
            record |= self._save(model, store)
        return record, arrays

    def _save(self, model, store):
        path = self.model(store)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            save(model, path)
        except TypeError as error:  # a part of another library
            warnings.warn(f"the model is not kept: {error}", stacklevel=2)
            return {"unsaved": str(error)}
        return {}


@dataclass(frozen=True)
class Embedding:
    """Embed a latent by UMAP, once for all clusterers that work there."""

    key: str
    name: str
    seed: int
    latent: str

    def is_done(self, store):
        """Whether it is in the store."""
        return store.get(self.key) is not None

    def compute(self, data, store):
        """Do it."""
        Z = store.get(self.latent)[1]["latent"]
        rows = ~np.isnan(Z).any(axis=1)
        start = time.perf_counter()
        points = UMAPTransformer(random_state=self.seed).fit_transform(Z[rows])
        return {"seconds": time.perf_counter() - start}, {"latent": _spread(points, rows, np.nan)}


@dataclass(frozen=True)
class Clusters:
    """Cluster a latent, and measure the clusters.

    Parameters
    ----------
    key : str
        Name of its entry.
    name, seed : str, int
        For messages.
    method : Method or None
        The clusterer; None takes the clusters that the representation found itself.
    n_clusters : int
        How many to look for, where the clusterer asks.
    latent : str
        Entry of the latent.
    embedding : str
        Entry of its UMAP embedding; "" where the clusterer works in the latent.
    metrics : tuple of str
        Which.
    """

    key: str
    name: str
    seed: int
    method: Method | None
    n_clusters: int
    latent: str
    embedding: str
    metrics: tuple

    def is_done(self, store):
        """Whether it is in the store."""
        return store.get(self.key) is not None

    def compute(self, data, store):
        """Do it."""
        arrays = store.get(self.latent)[1]
        spaces = {"input": data.input, "latent": arrays["latent"]}
        if self.embedding:
            spaces["umap"] = store.get(self.embedding)[1]["latent"]
        start = time.perf_counter()
        labels = (
            arrays["labels"] if self.method is None else self._label(spaces["umap" if self.embedding else "latent"])
        )
        seconds = time.perf_counter() - start
        within = [name for name in self.metrics if not METRICS[name].needs_labels]
        against = [name for name in self.metrics if METRICS[name].needs_labels]
        scores = [row for space, X in spaces.items() for row in _scores(labels, within, X=X, space=space)]
        for label in data.labels:
            scores += _scores(labels, against, true=data.known[label].to_numpy(dtype=object), label=label)
        record = {
            "cluster_seconds": seconds,
            "n_clusters": len(np.unique(labels[labels >= 0])),
            "n_noise": int((labels < 0).sum()),
            "scores": scores,
        }
        return record, {"labels": labels.astype(np.int32)}

    def _label(self, Z):
        rows = ~np.isnan(Z).any(axis=1)
        Z = Z[rows].astype(np.float64)
        if self.method.estimator is not None:
            clusterer = clone(self.method.estimator)
        else:
            kind = CLUSTERERS[self.method.kind]
            clusterer = kind.make(Z, self.n_clusters, self.method.argument, self.method.settings)
        if isinstance(clusterer, PAIRWISE_CLUSTERERS) and len(Z) > SAMPLE_PAIRS:
            warnings.warn(
                f"{type(clusterer).__name__} compares all pairs: it was given {SAMPLE_PAIRS} of the {len(Z)} rows, the "
                "others have the label of the nearest of them",
                stacklevel=2,
            )
        clusterer = seeded(clusterer, self.seed)
        labels, _ = fit_on_subsample(clusterer, Z, sample_size=SAMPLE_PAIRS, random_state=self.seed)
        return _spread(labels, rows, -1)


def run_unit(unit, data, store_folder):
    """Do a unit of work, on one thread, and keep the outcome.

    Parameters
    ----------
    unit : Latent, Embedding or Clusters
        What to do.
    data : Data
        The rows.
    store_folder : path-like
        Where to keep it.

    Returns
    -------
    unit : Latent, Embedding or Clusters
        As given.
    seconds : float
        That it took.
    reason : str or None
        Why it failed.
    """
    start, reason, store = time.perf_counter(), None, Store(store_folder)
    try:
        with _one_thread(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            record, arrays = unit.compute(data, store)
        record["warnings"] = _told(caught)
        store.put(unit.key, record, arrays)
    except Exception as error:  # of any estimator: it is reported, and the study goes on
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        logger.info("%s, seed %d failed", unit.name, unit.seed, exc_info=True)
    return unit, time.perf_counter() - start, reason


@contextmanager
def _one_thread():
    """One thread for each unit: workers do not get into each other's way, and sums do not depend on their number."""
    n_threads = torch.get_num_threads()
    with threadpool_limits(1):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(n_threads)


def _told(caught):
    """Texts of the warnings that a reader of results should know, each once."""
    shown = [str(w.message) for w in caught if not issubclass(w.category, NOT_FOR_USERS)]
    return list(dict.fromkeys(" ".join(text.split()) for text in shown if not text.startswith(INTENDED)))


def _scores(labels, names, *, X=None, true=None, label="", space=""):
    """Rows of the long table of one clustering, in one space or against one label."""
    values = cluster_metrics(X, labels, true, names=names)
    chance = chance_metrics(X, labels, true, names=names)
    return [
        {"label": label, "metric": name, "space": space, "value": values[name], "chance": chance[name]}
        for name in names
    ]


def _proper(mean, std=None):
    """Posterior whose deviations are above 0, which those of a plain autoencoder are not."""
    return (mean, std) if std is not None and (std > 0).all() else (mean,)


def _spread(values, rows, missing):
    """Values of some rows as values of all."""
    whole = np.full((len(rows), *values.shape[1:]), missing, dtype=values.dtype)
    whole[rows] = values
    return whole


def seeded(estimator, seed):
    """Set every `random_state` of an estimator, those of its parts among them."""
    names = [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**dict.fromkeys(names, seed))


def is_random(estimator):
    """Whether an estimator depends on a seed."""
    return any(name.split("__")[-1] == "random_state" for name in estimator.get_params())


def reconstruction_error(model, data, blocks, table, Z):
    """Mean square of what a latent loses, over the observed values of standardised columns.

    Predicting the mean of every column has an error of about 1. None where nothing is reduced, or the model cannot
    decode.
    """
    width = len(data.positions(blocks))
    decoded = None if Z.shape[1] >= width else _decode(model, table, Z)
    if decoded is None:
        return None
    tables = (np.asarray(X)[:, :width] for X in (table, decoded))
    before, after = (data.standardise(X, blocks) for X in tables)
    return float(np.nanmean(np.square(before - after)))


def _decode(model, table, Z):
    """Back from the latent to the columns; None where there is no way."""
    if hasattr(model, "reconstruct"):
        return model.reconstruct(table)
    steps = [step for _, step in model.steps] if isinstance(model, Pipeline) else [model]
    for step in reversed(steps):
        if isinstance(step, SimpleImputer):  # which has filled gaps, and changed nothing else
            continue
        if not hasattr(step, "inverse_transform"):
            return None
        Z = step.inverse_transform(Z)
    return Z
