"""What a study has to do: every unit of work under a name that its settings and data make."""

import importlib.metadata
from dataclasses import dataclass, field

from sklearn.base import clone, is_clusterer

from ... import __version__
from ...cluster import UMAPTransformer
from ...metrics import METRICS
from ..study._clusterers import CLUSTERERS, space_of
from ..study._names import Method
from ..study._representations import REPRESENTATIONS, Context, conditions_of
from ._store import digest, digest_of_table, plain
from ._tasks import Clusters, Embedding, Latent, is_random, seeded

OWN = Method("own")
"""The clusterer that a representation is itself."""

VERSIONS = {name: importlib.metadata.version(name) for name in ("scikit-learn", "torch", "numpy", "umap-learn")}
VERSIONS = {"skvae": __version__, **VERSIONS}


@dataclass
class Plan:
    """The units of a study.

    Attributes
    ----------
    rows : list of (str, str, int)
        Representation, clusterer and seed of every row of the long table, in order; clusterer "" is the latent itself.
    latents : dict of (str, int) to Latent
        By representation and seed.
    embeddings : dict of (str, int) to Embedding
        The same.
    clusters : dict of (str, str, int) to Clusters
        By representation, clusterer and seed.
    leaked : dict of str to set of str
        Labels that a representation was given.
    impossible : dict of str to str
        Reason by representation that cannot be made.
    """

    rows: list = field(default_factory=list)
    latents: dict = field(default_factory=dict)
    embeddings: dict = field(default_factory=dict)
    clusters: dict = field(default_factory=dict)
    leaked: dict = field(default_factory=dict)
    impossible: dict = field(default_factory=dict)


def make_plan(data, methods, clusterers, seeds, *, n_clusters, latent_dim, common, metrics, keep):
    """Plan a study.

    Parameters
    ----------
    data : Data
        The rows.
    methods, clusterers : list of Method
        What is compared.
    seeds : list of int
        Seeds.
    n_clusters, latent_dim : int
        Number of clusters, and width of the latents.
    common : dict
        Parameters of every `VAETransformer`.
    metrics : tuple of str
        Which.
    keep : bool
        Whether models are kept.

    Returns
    -------
    Plan
        The units. A representation that cannot be made of these rows is among the impossible ones.
    """
    plan, known = Plan(), digest_of_table(data.known[data.labels].to_numpy(dtype=object), data.labels)
    against = [METRICS[name].needs_labels for name in metrics], known, data.digest, metrics
    for method in methods:
        own = clusterers
        try:
            estimator, blocks = _make(method, data, n_clusters, latent_dim, common)
            given = conditions_of(estimator)
            table = data.table(blocks, given)
        except (ValueError, TypeError) as error:
            plan.impossible[method.name], plan.leaked[method.name] = " ".join(str(error).split()), set()
        else:
            plan.leaked[method.name] = data.leaked(blocks, given)
            content = digest_of_table(table.to_numpy(), table.columns)
            own = [*clusterers, OWN] if is_clusterer(estimator) else clusterers
            for seed in seeds:
                unit = seeded(clone(estimator), seed)
                # PCA in full depends on no seed, though it has one
                fixed = method.kind == "pca" or not is_random(unit)
                key = digest("latent", VERSIONS, plain(clone(estimator) if fixed else unit), content)
                plan.latents[method.name, seed] = Latent(key, method.name, seed, unit, blocks, given, keep)
        for clusterer in own:
            for seed in seeds:
                if method.name not in plan.impossible:
                    _plan_clusters(plan, method, clusterer, seed, n_clusters, metrics, against)
        plan.rows += [(method.name, name, seed) for name in ("", *(c.name for c in own)) for seed in seeds]
    return plan


def _make(method, data, n_clusters, latent_dim, common):
    """Estimator of a representation, and the blocks that it sees."""
    blocks = (method.part,) if method.part else ()
    if method.part and method.part not in data.blocks:
        raise ValueError(f"there is no block {method.part!r}: the table has {', '.join(data.blocks)}")
    if method.estimator is not None:
        return clone(method.estimator), blocks
    if method.kind == "multimodal-vae" and not method.part and len(data.blocks) < 2:
        raise ValueError(f"there is nothing to fuse: all columns are of the one block {next(iter(data.blocks))!r}")
    widths = {name: len(columns) for name, columns in data.blocks.items() if not blocks or name in blocks}
    context = Context(widths, int(data.seen(blocks).sum()), latent_dim, n_clusters, common)
    return REPRESENTATIONS[method.kind].make(context, method.argument, method.settings), blocks


def _plan_clusters(plan, method, clusterer, seed, n_clusters, metrics, against):
    latent, embedding = plan.latents[method.name, seed].key, ""
    if clusterer is not OWN and space_of(clusterer) == "umap":
        embedding = digest("umap", plain(UMAPTransformer()), latent, seed)
        name = f"UMAP of {method.name}"
        plan.embeddings[method.name, seed] = Embedding(embedding, name, seed, latent)
    settings = [clusterer.kind, clusterer.argument, plain(clusterer.settings), plain(clusterer.estimator)]
    key = digest("clusters", latent, embedding, settings, n_clusters, seed if _draws(clusterer) else None, against)
    name = f"{clusterer.name} on {method.name}"
    own = None if clusterer is OWN else clusterer
    plan.clusters[method.name, clusterer.name, seed] = Clusters(
        key, name, seed, own, n_clusters, latent, embedding, metrics
    )


def _draws(clusterer):
    """Whether a clusterer depends on a seed; one on a latent that does has another latent for each seed anyway."""
    if clusterer.estimator is not None:
        return is_random(clusterer.estimator)
    return clusterer is not OWN and "random_state" in CLUSTERERS[clusterer.kind].classes[0]().get_params()
