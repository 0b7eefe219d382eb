"""The representations that a study can ask for: an entry each, from a table of blocks to an estimator."""

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
from ._names import Kind, parse_methods

BETAS = ("0.5", "1", "4", "10")
FUSIONS = ("early", "late", "attention", "poe")


class Context(NamedTuple):
    """What an estimator is made for.

    Attributes
    ----------
    widths : dict of str to int
        Number of columns of each block that it sees.
    n_rows : int
        Number of rows.
    latent_dim : int
        Width of the latent.
    n_clusters : int
        Number of clusters that the study looks for.
    common : dict
        Parameters of every `VAETransformer` of the study.
    """

    widths: dict
    n_rows: int
    latent_dim: int
    n_clusters: int
    common: dict


def raw(context, argument, settings):
    """Take the columns as they are: scaled, each block with one say, what is missing at the mean."""
    return Pipeline(_space())


def pca(context, argument, settings):
    """Project the same space on its principal components."""
    n_components = min(context.latent_dim, sum(context.widths.values()), context.n_rows - 1)
    return Pipeline([*_space(), ("pca", PCA(**{"n_components": n_components, "svd_solver": "full"} | settings))])


def vae(context, argument, settings):
    """Make the VAE of the library as it is."""
    # of one block no row lacks anything, and any table of numbers has a name before its "__"
    modalities = "auto" if len(context.widths) > 1 else None
    settings = {"modalities": modalities, "unknown_condition": "average"} | context.common | settings
    return VAETransformer(**{"latent_dim": context.latent_dim} | settings)


def autoencoder(context, argument, settings):
    """Make it without a prior."""
    return vae(context, argument, {"regularizer": None} | settings)


def beta_vae(context, beta, settings):
    """Weigh the divergence."""
    return vae(context, "", {"beta": float(beta)} | settings)


def conditional_vae(context, name, settings):
    """Give encoder and decoder a column of what is known."""
    return vae(context, "", {"condition": name} | settings)


def multimodal_vae(context, fusion, settings):
    """Fuse the blocks; of one block there is nothing to fuse."""
    return vae(context, "", ({"fusion": fusion} if len(context.widths) > 1 else {}) | settings)


def conv1d_vae(context, argument, settings):
    """Convolve along the columns of all blocks but the lyrics, which have no order."""
    return _convolutional(context, settings, lambda width: Conv1d())


def conv2d_vae(context, argument, settings):
    """Convolve the columns as the squarest image that they make."""
    return _convolutional(context, settings, lambda width: Conv2d(squarest(width)))


def vade(context, argument, settings):
    """Train the VAE with a mixture for a prior; it clusters by itself, too."""
    own = {name: settings[name] for name in settings if name in VaDEClusterer().get_params(deep=False)}
    inner = vae(context, "", {name: value for name, value in settings.items() if name not in own})
    return VaDEClusterer(**{"n_clusters": context.n_clusters, "vae": inner} | own)


def _space():
    return [
        ("scale", BlockScaler("power", equalize=True)),
        ("fill", SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)),
    ]


def _convolutional(context, settings, network):
    networks = {name: None if name == "lyrics" else network(width) for name, width in context.widths.items()}
    if len(networks) > 1:
        return vae(context, "", {"modalities": [(name, own, name) for name, own in networks.items()]} | settings)
    (only,) = networks.values()
    return vae(context, "", ({} if only is None else {"network": only}) | settings)


def squarest(width):
    """Height and width of the squarest image of so many pixels."""
    height = next(side for side in range(isqrt(width), 0, -1) if width % side == 0)
    return height, width // height


VAE, VADE = (VAETransformer,), (VAETransformer, VaDEClusterer)
REPRESENTATIONS = {
    "raw": Kind(raw, ()),
    "pca": Kind(pca, (PCA,)),
    "autoencoder": Kind(autoencoder, VAE),
    "vae": Kind(vae, VAE),
    "conv1d-vae": Kind(conv1d_vae, VAE),
    "conv2d-vae": Kind(conv2d_vae, VAE),
    "beta-vae": Kind(beta_vae, VAE, BETAS, float),
    "conditional-vae": Kind(conditional_vae, VAE, (), str),
    "multimodal-vae": Kind(multimodal_vae, VAE, FUSIONS, FUSIONS),
    "vade": Kind(vade, VADE),
}
"""Kinds of representations by name."""


def parse_representations(entries, condition=()):
    """Read the representations of a study; see `parse_methods`.

    Parameters
    ----------
    entries : list
        As in `compare`.
    condition : sequence of str
        Columns that the bare "conditional-vae" stands for.

    Returns
    -------
    list of Method
        The representations.
    """
    return parse_methods(entries, REPRESENTATIONS, "representation", {"conditional-vae": tuple(condition)})


def beside_parts(methods, blocks):
    """Put beside every representation of several blocks the same one of each block alone.

    Parameters
    ----------
    methods : list of Method
        Representations.
    blocks : sequence of str
        The blocks.

    Returns
    -------
    list of Method
        With those added that are not there yet, such as "vae@audio" after "vae".
    """
    if len(blocks) < 2:
        return methods
    names, found = {method.name for method in methods}, []
    for method in methods:
        alone = [] if method.part else [replace(method, name=f"{method.name}@{b}", part=b) for b in blocks]
        found += [method, *(one for one in alone if one.name not in names)]
    return found


def conditions_of(estimator):
    """Names of the columns that an estimator is conditioned on.

    Parameters
    ----------
    estimator : estimator
        Any; its parameters called ``condition`` are looked at.

    Returns
    -------
    tuple of str
        The names.
    """
    return _names_in(estimator.get_params())


def asked_conditions(methods):
    """Names of the columns that representations are to be conditioned on.

    Parameters
    ----------
    methods : list of Method
        Representations.

    Returns
    -------
    tuple of str
        The names.
    """
    asked = [method.argument for method in methods if method.kind == "conditional-vae"]
    for method in methods:
        asked += _names_in(method.settings) if method.estimator is None else conditions_of(method.estimator)
    return tuple(dict.fromkeys(asked))


def _names_in(parameters):
    given = []
    for name, value in parameters.items():
        if name.split("__")[-1] == "condition" and value is not None:
            names = [value] if isinstance(value, str) else value
            if not isinstance(names, list | tuple) or not all(isinstance(one, str) for one in names):
                raise ValueError(f"{name}={value!r} must name columns, so that scores on them can be marked as leaked")
            given += names
    return tuple(dict.fromkeys(given))
