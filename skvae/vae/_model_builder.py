"""Creation of a `LatentModel` for a training table."""

import copy
from dataclasses import dataclass, fields

from ..networks import Network
from ..networks._registry import NETWORKS
from ._latent_model import LatentModel
from ._warnings import warn_about_table
from .table._codec import TableCodec
from .table._layout import Layout


@dataclass(frozen=True)
class ModelSettings:
    """Parameters of `VAETransformer` that determine the columns, the scales and the networks."""

    latent_dim: int
    network: str | Network
    modalities: str | list | None
    fusion: str
    condition: object
    unknown_condition: str
    likelihood: str
    regularizer: str | None
    input_noise: float
    scale: str | None
    scale_within_condition: bool

    @classmethod
    def from_params(cls, params):
        """Select the settings from the parameters of an estimator, as returned by its `get_params`."""
        return cls(**{field.name: params[field.name] for field in fields(cls)})

    def make_network(self):
        """Return the network as an object."""
        return NETWORKS[self.network]() if isinstance(self.network, str) else self.network


def build_model(X, X_original, column_names, settings, *, device, seed):
    """Fit the codec of a table and create a model with random weights.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Training table.
    X_original : array-like or DataFrame of shape (n_samples, n_features)
        Training table as passed by the user, for selectors.
    column_names : ndarray of str or None
        Column names of the table.
    settings : ModelSettings
        Columns, scales and networks.
    device : str
        Training device.
    seed : int
        Seed of weights and training.

    Returns
    -------
    model : LatentModel
        Model with random weights.
    observed : ndarray of bool of shape (n_samples, n_modalities)
        Whether each row has each modality.
    """
    codec = TableCodec(
        _resolve_layout(X, X_original, column_names, settings),
        column_names,
        likelihood=settings.likelihood,
        scale=settings.scale,
        scale_within_condition=settings.scale_within_condition,
        unknown_condition=settings.unknown_condition,
    )
    observed = codec.find_observed(X)
    codec.check_unit_interval(X)
    codec.fit(X)
    spread = None if settings.scale else codec.spread
    warn_about_table(codec.names, latent_dim=settings.latent_dim, spread=spread)
    return _create_model(codec, settings, device, seed), observed


def continue_model(X, X_original, column_names, settings, *, device, previous):
    """Create a model with the weights, scales and known conditions of a previous model.

    Parameters
    ----------
    X, X_original, column_names, settings, device
        See `build_model`.
    previous : LatentModel
        Model of the previous fit.

    Returns
    -------
    model : LatentModel
        Model with the weights of `previous`.
    observed : ndarray of bool of shape (n_samples, n_modalities)
        Whether each row has each modality.

    Raises
    ------
    ValueError
        If the columns or the architecture differ from those of `previous`.
    """
    layout = _resolve_layout(X, X_original, column_names, settings)
    if not layout.has_same_columns(previous.codec.layout):
        raise ValueError(
            "warm_start=True requires the modalities and the condition of the previous fit. Restore them, or set "
            "warm_start=False."
        )
    codec = copy.copy(previous.codec)
    codec.layout = layout
    model = _create_model(codec, settings, device, previous.seed)
    model.copy_weights(previous)
    return model, codec.find_observed(X)


def _resolve_layout(X, X_original, column_names, settings):
    """Find the columns of the modalities and the condition."""
    return Layout.resolve(
        X_original,
        column_names,
        X.shape[1],
        modalities=settings.modalities,
        condition=settings.condition,
        network=settings.make_network(),
    )


def _create_model(codec, settings, device, seed):
    """Create a model with random weights for a fitted codec."""
    return LatentModel.build(
        codec,
        n_latent=settings.latent_dim,
        fusion=settings.fusion,
        joint_network=settings.make_network(),
        likelihood=settings.likelihood,
        input_noise=settings.input_noise,
        stochastic=settings.regularizer is not None,
        device=device,
        seed=seed,
    )
