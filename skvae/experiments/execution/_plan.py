"""Tasks of a study and the keys of their results."""

import importlib.metadata
from dataclasses import dataclass, field

from sklearn.base import clone, is_clusterer

from ... import __version__
from ...cluster import UMAPTransformer
from ...metrics import METRICS
from ..study._clusterers import CLUSTERERS, clusterer_space
from ..study._names import Spec
from ..study._representations import REPRESENTATIONS, Context, condition_columns
from ._keys import digest, digest_table, to_json
from ._seeds import is_random, set_random_state
from ._tasks import ClusteringTask, EmbeddingTask, LatentTask

OWN = Spec("own")
"""Clusters that a representation, such as VaDE, assigns during its fit."""

VERSIONS = {name: importlib.metadata.version(name) for name in ("scikit-learn", "torch", "numpy", "umap-learn")}
VERSIONS = {"skvae": __version__, **VERSIONS}


@dataclass
class Plan:
    """Tasks of a study.

    Attributes
    ----------
    rows : list of (str, str, int)
        Representation, clusterer and seed in the order of the long table. The clusterer "" contains the metrics of
        the latent representation.
    latents : dict of (str, int) to LatentTask
        Tasks by representation and seed.
    embeddings : dict of (str, int) to EmbeddingTask
        Tasks by representation and seed.
    clusterings : dict of (str, str, int) to ClusteringTask
        Tasks by representation, clusterer and seed.
    leaked : dict of str to set of str
        Leaked labels by representation.
    impossible : dict of str to str
        Reason by representation for representations that do not fit the data.
    """

    rows: list = field(default_factory=list)
    latents: dict = field(default_factory=dict)
    embeddings: dict = field(default_factory=dict)
    clusterings: dict = field(default_factory=dict)
    leaked: dict = field(default_factory=dict)
    impossible: dict = field(default_factory=dict)


def make_plan(data, representations, clusterers, seeds, *, n_clusters, latent_dim, vae_settings, metrics, keep):
    """Create the tasks of a study.

    Parameters
    ----------
    data : Data
        Data of the study.
    representations, clusterers : list of Spec
        Representations and clusterers to compare.
    seeds : list of int
        Seeds.
    n_clusters, latent_dim : int
        Number of clusters and of latent units.
    vae_settings : dict
        Parameters of every `VAETransformer`.
    metrics : tuple of str
        Metrics to compute.
    keep : bool
        Whether to save the fitted models.

    Returns
    -------
    Plan
        The tasks.
    """
    plan = Plan()
    labels = digest_table(data.known[data.labels].to_numpy(dtype=object), data.labels)
    needs_labels = [METRICS[name].needs_labels for name in metrics]
    evaluation = needs_labels, labels, digest_table(data.values, data.columns), metrics
    for spec in representations:
        all_clusterers = clusterers
        try:
            estimator, blocks = _make_estimator(spec, data, n_clusters, latent_dim, vae_settings)
            conditions = condition_columns(estimator)
            table = data.select(blocks, conditions)
        except (ValueError, TypeError) as error:
            plan.impossible[spec.name], plan.leaked[spec.name] = " ".join(str(error).split()), set()
        else:
            plan.leaked[spec.name] = data.leaked_labels(blocks, conditions)
            content = digest_table(table.to_numpy(), table.columns)
            all_clusterers = [*clusterers, OWN] if is_clusterer(estimator) else clusterers
            for seed in seeds:
                seeded = set_random_state(clone(estimator), seed)
                # A PCA with the full solver has a random_state but does not depend on it.
                fixed = spec.kind == "pca" or not is_random(seeded)
                key = digest("latent", VERSIONS, to_json(clone(estimator) if fixed else seeded), content)
                plan.latents[spec.name, seed] = LatentTask(key, spec.name, seed, seeded, blocks, conditions, keep)
        for clusterer in all_clusterers:
            for seed in seeds:
                if spec.name not in plan.impossible:
                    _add_clustering(plan, spec, clusterer, seed, n_clusters, metrics, evaluation)
        plan.rows += [(spec.name, name, seed) for name in ("", *(c.name for c in all_clusterers)) for seed in seeds]
    return plan


def _make_estimator(spec, data, n_clusters, latent_dim, vae_settings):
    """Return the unfitted estimator of a representation and its blocks."""
    blocks = (spec.scope,) if spec.scope else ()
    if spec.scope and spec.scope not in data.blocks:
        raise ValueError(f"the table has no block {spec.scope!r}. Its blocks are {', '.join(data.blocks)}")
    if spec.estimator is not None:
        return clone(spec.estimator), blocks
    if spec.kind == "multimodal-vae" and not spec.scope and len(data.blocks) < 2:
        raise ValueError(f"fusion requires at least two blocks, but the table has only {next(iter(data.blocks))!r}")
    widths = {name: len(columns) for name, columns in data.blocks.items() if not blocks or name in blocks}
    context = Context(widths, int(data.has_values(blocks).sum()), latent_dim, n_clusters, vae_settings)
    return REPRESENTATIONS[spec.kind].make(context, spec.argument, spec.settings), blocks


def _add_clustering(plan, representation, clusterer, seed, n_clusters, metrics, evaluation):
    latent, embedding = plan.latents[representation.name, seed].key, ""
    if clusterer is not OWN and clusterer_space(clusterer) == "umap":
        embedding = digest("umap", to_json(UMAPTransformer()), latent, seed)
        name = f"UMAP of {representation.name}"
        plan.embeddings[representation.name, seed] = EmbeddingTask(embedding, name, seed, latent)
    settings = [clusterer.kind, clusterer.argument, to_json(clusterer.settings), to_json(clusterer.estimator)]
    key_seed = seed if _depends_on_seed(clusterer) else None
    key = digest("clusters", latent, embedding, settings, n_clusters, key_seed, evaluation)
    name = f"{clusterer.name} on {representation.name}"
    spec = None if clusterer is OWN else clusterer
    plan.clusterings[representation.name, clusterer.name, seed] = ClusteringTask(
        key, name, seed, spec, n_clusters, latent, embedding, metrics
    )


def _depends_on_seed(clusterer):
    """Return whether a clusterer uses a seed. The seed of the latent representation is already part of its key."""
    if clusterer.estimator is not None:
        return is_random(clusterer.estimator)
    return clusterer is not OWN and "random_state" in CLUSTERERS[clusterer.kind].classes[0]().get_params()
