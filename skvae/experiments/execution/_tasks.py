"""Tasks of a study: fit a representation, compute its UMAP embedding, cluster it."""

import time
import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone, is_clusterer
from sklearn.pipeline import Pipeline

from ...cluster import UMAPTransformer
from ...cluster._subsample import PAIRWISE_CLUSTERERS, fit_on_subsample
from ...metrics import METRICS, chance_metrics, cluster_metrics, latent_metrics
from ...persistence import save
from ..study._clusterers import CLUSTERERS
from ..study._names import Spec
from ._reconstruction import reconstruction_error
from ._seeds import set_random_state

MAX_PAIRWISE_ROWS = 10_000  # clusterers that compare all pairs of rows are fitted on a subsample of this size


@dataclass(frozen=True)
class LatentTask:
    """Fit a representation and store the latent representation of all rows.

    Parameters
    ----------
    key : str
        Key of the result.
    name, seed : str, int
        Name of the representation and seed, for messages.
    estimator : estimator
        Unfitted estimator with its seed set.
    blocks, conditions : tuple of str
        Blocks and condition columns of the representation.
    keep : bool
        Whether to save the fitted model.
    """

    key: str
    name: str
    seed: int
    estimator: object
    blocks: tuple = ()
    conditions: tuple = ()
    keep: bool = False

    def is_done(self, store):
        """Return whether the store contains the result, and the model if it is kept."""
        found = store.get(self.key)
        return found is not None and (not self.keep or "unsaved" in found[0] or self.model_path(store).is_file())

    def model_path(self, store):
        """Return the path of the model file."""
        return store.path(self.key, ".skvae")

    def compute(self, data, store):
        """Fit the representation and return the record and the arrays to store."""
        table, rows = data.select(self.blocks, self.conditions), data.has_values(self.blocks)
        model, start = clone(self.estimator), time.perf_counter()
        Z = np.asarray(model.fit(table).transform(table) if hasattr(model, "transform") else model.fit_transform(table))
        seconds = time.perf_counter() - start
        if Z.ndim != 2 or len(Z) != len(table) or not np.isfinite(Z).all():
            raise ValueError(
                f"{type(model).__name__} must return a finite 2-D array with {len(table)} rows, got shape {Z.shape}"
                f"{'' if np.isfinite(Z).all() else ' with NaN or infinite values'}"
            )
        arrays = {"latent": _expand_rows(Z, rows, np.nan)}
        posterior = model.posterior(table) if hasattr(model, "posterior") else (Z,)
        if is_clusterer(model):
            last = model[-1] if isinstance(model, Pipeline) else model
            arrays["labels"] = _expand_rows(np.asarray(last.labels_), rows, -1)
        record = {
            "fit_seconds": seconds,
            "reconstruction_error": reconstruction_error(model, data, self.blocks, table, Z),
            "history": getattr(model, "history_", []),
            "metrics": latent_metrics(*_drop_zero_std(*posterior)),
        }
        if self.keep:
            record |= self._save(model, store)
        return record, arrays

    def _save(self, model, store):
        path = self.model_path(store)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            save(model, path)
        except TypeError as error:  # estimators of other libraries
            warnings.warn(f"the fitted model is not saved: {error}", stacklevel=2)
            return {"unsaved": str(error)}
        return {}


@dataclass(frozen=True)
class EmbeddingTask:
    """Compute the UMAP embedding of a latent representation, shared by all clusterers in the UMAP space.

    Parameters
    ----------
    key : str
        Key of the result.
    name, seed : str, int
        Name of the representation and seed, for messages.
    latent : str
        Key of the latent representation.
    """

    key: str
    name: str
    seed: int
    latent: str

    def is_done(self, store):
        """Return whether the store contains the result."""
        return store.get(self.key) is not None

    def compute(self, data, store):
        """Fit UMAP and return the record and the arrays to store."""
        Z = store.get(self.latent)[1]["latent"]
        rows = ~np.isnan(Z).any(axis=1)
        start = time.perf_counter()
        points = UMAPTransformer(random_state=self.seed).fit_transform(Z[rows])
        return {"seconds": time.perf_counter() - start}, {"latent": _expand_rows(points, rows, np.nan)}


@dataclass(frozen=True)
class ClusteringTask:
    """Cluster a latent representation and compute the metrics.

    Parameters
    ----------
    key : str
        Key of the result.
    name, seed : str, int
        Name of the method and seed, for messages.
    spec : Spec or None
        Specification of the clusterer. None uses the clusters that the representation has assigned.
    n_clusters : int
        Number of clusters. Ignored by clusterers that determine it themselves.
    latent : str
        Key of the latent representation.
    embedding : str
        Key of its UMAP embedding, or "" if the clusterer works in the latent space.
    metrics : tuple of str
        Metrics to compute.
    """

    key: str
    name: str
    seed: int
    spec: Spec | None
    n_clusters: int
    latent: str
    embedding: str
    metrics: tuple

    def is_done(self, store):
        """Return whether the store contains the result."""
        return store.get(self.key) is not None

    def compute(self, data, store):
        """Fit the clusterer and return the record and the arrays to store."""
        arrays = store.get(self.latent)[1]
        spaces = {"input": data.input_space, "latent": arrays["latent"]}
        if self.embedding:
            spaces["umap"] = store.get(self.embedding)[1]["latent"]
        start = time.perf_counter()
        if self.spec is None:
            labels = arrays["labels"]
        else:
            labels = self._fit_labels(spaces["umap" if self.embedding else "latent"])
        seconds = time.perf_counter() - start
        internal = [name for name in self.metrics if not METRICS[name].needs_labels]
        agreement = [name for name in self.metrics if METRICS[name].needs_labels]
        scores = [row for space, X in spaces.items() for row in _scores(labels, internal, X=X, space=space)]
        for label in data.labels:
            scores += _scores(labels, agreement, true=data.known[label].to_numpy(dtype=object), label=label)
        record = {
            "cluster_seconds": seconds,
            "n_clusters": len(np.unique(labels[labels >= 0])),
            "n_noise": int((labels < 0).sum()),
            "scores": scores,
        }
        return record, {"labels": labels.astype(np.int32)}

    def _fit_labels(self, Z):
        rows = ~np.isnan(Z).any(axis=1)
        Z = Z[rows].astype(np.float64)
        if self.spec.estimator is not None:
            clusterer = clone(self.spec.estimator)
        else:
            kind = CLUSTERERS[self.spec.kind]
            clusterer = kind.make(Z, self.n_clusters, self.spec.argument, self.spec.settings)
        if isinstance(clusterer, PAIRWISE_CLUSTERERS) and len(Z) > MAX_PAIRWISE_ROWS:
            warnings.warn(
                f"{type(clusterer).__name__} compares all pairs of rows. It was fitted on {MAX_PAIRWISE_ROWS} of "
                f"{len(Z)} rows. The other rows get the label of the nearest fitted row",
                stacklevel=2,
            )
        clusterer = set_random_state(clusterer, self.seed)
        labels, _ = fit_on_subsample(clusterer, Z, sample_size=MAX_PAIRWISE_ROWS, random_state=self.seed)
        return _expand_rows(labels, rows, -1)


def _scores(labels, names, *, X=None, true=None, label="", space=""):
    """Return rows of the long table for one clustering, either in one space or compared with one label."""
    values = cluster_metrics(X, labels, true, names=names)
    chance = chance_metrics(X, labels, true, names=names)
    return [
        {"label": label, "metric": name, "space": space, "value": values[name], "chance": chance[name]}
        for name in names
    ]


def _drop_zero_std(mean, std=None):
    """Return the mean and the standard deviations. A plain autoencoder has zeros, which are left out."""
    return (mean, std) if std is not None and (std > 0).all() else (mean,)


def _expand_rows(values, rows, missing):
    """Return an array for all rows from the values of some rows."""
    expanded = np.full((len(rows), *values.shape[1:]), missing, dtype=values.dtype)
    expanded[rows] = values
    return expanded
