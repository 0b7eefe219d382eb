"""Registry of representations: one function and one line of `REPRESENTATIONS` for each.

A function receives a `Context`, the argument in the name and the settings of the user. It returns an unfitted
transformer of the feature table. The settings override the values of the function.
"""

from dataclasses import replace
from math import isqrt
from typing import NamedTuple

from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline

from ...cluster import VaDEClusterer
from ...features import BlockScaler
from ...networks import Conv1d, Conv2d
from ...vae import VAETransformer
from ._names import Kind, parse_specs

BETAS = ("0.5", "1", "4", "10")
FUSIONS = ("early", "late", "attention", "poe")


class Context(NamedTuple):
    """Properties of the data and the study on which an estimator depends.

    Attributes
    ----------
    widths : dict of str to int
        Number of columns of each block.
    n_rows : int
        Number of rows.
    latent_dim : int
        Number of latent units.
    n_clusters : int
        Number of clusters.
    vae_settings : dict
        Parameters of every `VAETransformer` of the study.
    """

    widths: dict
    n_rows: int
    latent_dim: int
    n_clusters: int
    vae_settings: dict


class NameParts(NamedTuple):
    """Parts of a representation name ``kind-argument@block``."""

    kind: str
    argument: str
    block: str


def make_raw(context, argument, settings):
    """Make a pipeline that scales the columns, equalizes the blocks and imputes missing values by the mean."""
    return Pipeline(_scaling_steps())


def make_pca(context, argument, settings):
    """Make the pipeline of `make_raw` followed by a PCA."""
    n_components = min(context.latent_dim, sum(context.widths.values()), context.n_rows - 1)
    pca = PCA(**{"n_components": n_components, "svd_solver": "full"} | settings)
    return Pipeline([*_scaling_steps(), ("pca", pca)])


def make_vae(context, argument, settings):
    """Make a `VAETransformer` with its default architecture."""
    # A table with one block has no missing modality, and may have column names without a block prefix.
    modalities = "auto" if len(context.widths) > 1 else None
    settings = {"modalities": modalities, "unknown_condition": "average"} | context.vae_settings | settings
    return VAETransformer(**{"latent_dim": context.latent_dim} | settings)


def make_autoencoder(context, argument, settings):
    """Make a `VAETransformer` without regularizer."""
    return make_vae(context, argument, {"regularizer": None} | settings)


def make_beta_vae(context, beta, settings):
    """Make a `VAETransformer` with the weight `beta` of the KL divergence."""
    return make_vae(context, "", {"beta": float(beta)} | settings)


def make_conditional_vae(context, column, settings):
    """Make a `VAETransformer` conditioned on one column."""
    return make_vae(context, "", {"condition": column} | settings)


def make_multimodal_vae(context, fusion, settings):
    """Make a `VAETransformer` with one encoder per block. A single block needs no fusion."""
    return make_vae(context, "", ({"fusion": fusion} if len(context.widths) > 1 else {}) | settings)


def make_conv1d_vae(context, argument, settings):
    """Make a `VAETransformer` with 1-D convolutions along the columns of each block except the lyrics."""
    return _make_convolutional(context, settings, lambda width: Conv1d())


def make_conv2d_vae(context, argument, settings):
    """Make a `VAETransformer` with 2-D convolutions over the columns of each block except the lyrics."""
    return _make_convolutional(context, settings, lambda width: Conv2d(image_shape(width)))


def make_vade(context, argument, settings):
    """Make a `VaDEClusterer`, which also assigns clusters."""
    own = {name: settings[name] for name in settings if name in VaDEClusterer().get_params(deep=False)}
    vae = make_vae(context, "", {name: value for name, value in settings.items() if name not in own})
    return VaDEClusterer(**{"n_clusters": context.n_clusters, "vae": vae} | own)


def _scaling_steps():
    return [
        ("scale", BlockScaler("power", equalize=True)),
        ("fill", SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)),
    ]


def _make_convolutional(context, settings, make_network):
    # The columns of the lyrics block have no order, so convolutions over them have no meaning.
    networks = {name: None if name == "lyrics" else make_network(width) for name, width in context.widths.items()}
    if len(networks) > 1:
        modalities = [(name, network, name) for name, network in networks.items()]
        return make_vae(context, "", {"modalities": modalities} | settings)
    (network,) = networks.values()
    return make_vae(context, "", ({} if network is None else {"network": network}) | settings)


def image_shape(width):
    """Return height and width of the most square image with `width` pixels."""
    height = next(side for side in range(isqrt(width), 0, -1) if width % side == 0)
    return height, width // height


_VAE = (VAETransformer,)
REPRESENTATIONS = {
    "raw": Kind(make_raw, ()),
    "pca": Kind(make_pca, (PCA,)),
    "autoencoder": Kind(make_autoencoder, _VAE),
    "vae": Kind(make_vae, _VAE),
    "conv1d-vae": Kind(make_conv1d_vae, _VAE),
    "conv2d-vae": Kind(make_conv2d_vae, _VAE),
    "beta-vae": Kind(make_beta_vae, _VAE, default_arguments=BETAS, allowed_arguments=float),
    "conditional-vae": Kind(make_conditional_vae, _VAE, default_arguments=(), allowed_arguments=str),
    "multimodal-vae": Kind(make_multimodal_vae, _VAE, default_arguments=FUSIONS, allowed_arguments=FUSIONS),
    "vade": Kind(make_vade, (VAETransformer, VaDEClusterer)),
}
"""Kinds of representations by name."""


def parse_representations(entries, condition=()):
    """Parse the representations of a study; see `parse_specs`.

    Parameters
    ----------
    entries : list
        Representations as in `compare`.
    condition : sequence of str
        Columns used for "conditional-vae" without an argument.

    Returns
    -------
    list of Spec
        Specifications of the representations.
    """
    return parse_specs(entries, REPRESENTATIONS, "representation", {"conditional-vae": tuple(condition)})


def split_name(name):
    """Split the name of a representation into kind, argument and block. An unknown name becomes the kind."""
    stem, _, block = name.partition("@")
    kinds = [kind for kind in REPRESENTATIONS if stem == kind or stem.startswith(f"{kind}-")]
    kind = max(kinds, key=len, default=stem)
    return NameParts(kind, stem[len(kind) + 1 :], block)


def add_single_blocks(specs, blocks):
    """Add a copy of each representation for every single block.

    Parameters
    ----------
    specs : list of Spec
        Representations.
    blocks : sequence of str
        Names of the blocks.

    Returns
    -------
    list of Spec
        The representations and the missing copies, for example "vae@audio" after "vae". Unchanged if there is only
        one block.
    """
    if len(blocks) < 2:
        return specs
    names, extended = {spec.name for spec in specs}, []
    for spec in specs:
        copies = [] if spec.scope else [replace(spec, name=f"{spec.name}@{block}", scope=block) for block in blocks]
        extended += [spec, *(copy for copy in copies if copy.name not in names)]
    return extended


def condition_columns(estimator):
    """Find the columns on which an estimator is conditioned, from its parameters named ``condition``.

    Parameters
    ----------
    estimator : estimator
        Any estimator. Nested parameters are included.

    Returns
    -------
    tuple of str
        Column names.
    """
    return _condition_names(estimator.get_params())


def requested_conditions(specs):
    """Find the columns on which representations are conditioned.

    Parameters
    ----------
    specs : list of Spec
        Representations.

    Returns
    -------
    tuple of str
        Column names.
    """
    columns = [spec.argument for spec in specs if spec.kind == "conditional-vae"]
    for spec in specs:
        columns += _condition_names(spec.settings) if spec.estimator is None else condition_columns(spec.estimator)
    return tuple(dict.fromkeys(columns))


def _condition_names(parameters):
    columns = []
    for name, value in parameters.items():
        if name.split("__")[-1] == "condition" and value is not None:
            names = [value] if isinstance(value, str) else value
            if not isinstance(names, list | tuple) or not all(isinstance(one, str) for one in names):
                raise ValueError(f"{name} must contain column names, so that leaked scores are found, got {value!r}")
            columns += names
    return tuple(dict.fromkeys(columns))
