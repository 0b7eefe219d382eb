"""Trained module with the columns of its table, for encoding, decoding, imputation and scoring."""

import numpy as np
import torch
from sklearn.utils.validation import check_array

from ._inference import (
    apply_to_rows,
    apply_to_table,
    compute_memberships,
    compute_posterior,
    decode_points,
    make_elbo,
    reconstruct,
)
from .model._mixture import DiagonalMixture, FullMixture
from .model._module import LatentModule

# Names of the attributes that version 0.1 saved for a fitted `VAETransformer`. Model files still use these names.
STATE_KEYS = ("_seed", "_codec", "_architecture", "_stored_net")


class LatentModel:
    """Variational autoencoder for tables, without a training procedure.

    `VAETransformer` and `VaDEClusterer` validate the input and call the methods of this object.

    Inference uses a copy of the module in evaluation mode and in the dtype of the table. With float64, the result of a
    row does not depend on the other rows.

    Parameters
    ----------
    module : LatentModule
        Module on `device`.
    codec : TableCodec
        Columns, scales and known conditions of the table.
    architecture : dict
        Parameters of `LatentModule`.
    device : str
        Device of the module.
    seed : int
        Seed of the training and of the noise vectors of `elbo`.
    """

    def __init__(self, module, codec, architecture, *, device, seed):
        self.module = module
        self.codec = codec
        self.architecture = architecture
        self.device = device
        self.seed = seed

    @classmethod
    def build(cls, codec, *, n_latent, fusion, joint_network, likelihood, input_noise, stochastic, device, seed):
        """Create a model with random weights.

        Parameters
        ----------
        codec : TableCodec
            Fitted codec of the table.
        n_latent : int
            Number of latent units.
        fusion, joint_network, likelihood, stochastic
            See `LatentModule`.
        input_noise : float
            Standard deviation of the input noise, relative to the standard deviation of the columns.
        device : str
            Device of the module.
        seed : int
            Seed of weights and training. The global random state of PyTorch does not change.

        Returns
        -------
        LatentModel
            Model with random weights.
        """
        spread = codec.spread
        architecture = {
            "networks": codec.layout.networks,
            "widths": codec.layout.widths,
            "n_latent": n_latent,
            "n_condition": codec.layout.condition.size,
            "fusion": fusion,
            "joint_network": joint_network,
            "likelihood": likelihood,
            "input_noise": input_noise * (1.0 if spread is None else float(np.sqrt(np.mean(spread**2)))),
            "stochastic": stochastic,
        }
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(seed)
            module = LatentModule(**architecture).to(device)
        return cls(module, codec, architecture, device=device, seed=seed)

    def get_state(self):
        """Return the state as a dict of plain values and arrays, in the format of model files since version 0.1."""
        stored = {"weights": self.get_weights(), "n_steps": self.module.n_steps}
        return dict(zip(STATE_KEYS, (self.seed, self.codec, self.architecture, stored), strict=True))

    @staticmethod
    def split_state(state):
        """Split the state of an estimator into the state of its model, or None, and the other attributes."""
        if not set(STATE_KEYS) <= state.keys():
            return None, state
        rest = {name: value for name, value in state.items() if name not in STATE_KEYS}
        return {name: state[name] for name in STATE_KEYS}, rest

    @classmethod
    def from_state(cls, state, device):
        """Create a model from its state, see `get_state`.

        Parameters
        ----------
        state : dict
            State of a model.
        device : str
            Device of the module.

        Returns
        -------
        LatentModel
            Model with the weights of the state.
        """
        seed, codec, architecture, stored = (state[name] for name in STATE_KEYS)
        weights = {name: torch.from_numpy(np.array(w)) for name, w in stored["weights"].items()}
        # The meta device allocates no memory. An architecture that does not match the weights is detected before its
        # memory is needed.
        with torch.device("meta"):
            module = LatentModule(**architecture)
            if "prior.means" in weights:
                kind = DiagonalMixture if "prior.log_variances" in weights else FullMixture
                module.prior = kind.empty(*weights["prior.means"].shape)
        module.load_state_dict(weights, assign=True)
        module.n_steps = stored["n_steps"]
        return cls(module.to(device), codec, architecture, device=device, seed=seed)

    @property
    def n_latent(self):
        """Number of latent units."""
        return self.architecture["n_latent"]

    @property
    def allows_missing(self):
        """Whether modalities may be missing in a row."""
        return self.codec.layout.may_miss

    @property
    def mixture(self):
        """Weights, means and covariances of a mixture prior as arrays."""
        prior = self.module.prior
        parts = prior.log_weights().exp(), prior.means, prior.covariances()
        return tuple(part.detach().cpu().numpy() for part in parts)

    def get_weights(self):
        """Return a copy of the weights as a dict of arrays."""
        return {name: w.detach().cpu().numpy().copy() for name, w in self.module.state_dict().items()}

    def copy_weights(self, other):
        """Copy the weights of another model.

        Parameters
        ----------
        other : LatentModel
            Model with weights of the same shapes.

        Raises
        ------
        ValueError
            If the shapes differ.
        """
        own, others = ({name: w.shape for name, w in m.module.state_dict().items()} for m in (self, other))
        if own != others:
            name = sorted(others.items() ^ own.items())[0][0]
            raise ValueError(
                f"warm_start=True requires the architecture of the previous fit, but {name!r} has a different shape. "
                "Restore network, latent_dim, fusion and likelihood, or set warm_start=False."
            )
        self.module.load_state_dict(other.module.state_dict())

    def set_prior(self, prior):
        """Replace the prior of the module."""
        self.module.prior = prior.to(self.device)

    def posterior(self, X):
        """Compute the mean and standard deviation of q(z|x) for each row, each of shape (n_samples, n_latent)."""
        return self._apply(compute_posterior, X)

    def posterior_of_rows(self, X, observed, rows):
        """Compute the posterior of some rows, without warnings.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Table.
        observed : ndarray of bool of shape (n_samples, n_modalities)
            Whether each row has each modality.
        rows : ndarray of int
            Row indices.

        Returns
        -------
        mean, std : ndarray of shape (len(rows), n_latent)
            Mean and standard deviation.
        """
        return apply_to_rows(compute_posterior, self.module, self.codec, X, observed, rows)

    def reconstruct(self, X):
        """Decode the posterior mean of each row, in the original units, of shape (n_samples, n_features)."""
        (x,) = self._apply(reconstruct, X)
        return self.codec.decode(x, X[:, self.codec.layout.condition])

    def impute(self, X):
        """Replace NaN by the reconstruction."""
        return np.where(np.isnan(X), self.reconstruct(X), X)

    def elbo(self, X):
        """Compute the ELBO of each row with `beta` 1, in nats, of shape (n_samples,)."""
        return self._apply(make_elbo(self.n_latent, self.seed), X)[0]

    def memberships(self, X):
        """Compute the probability of each component of a mixture prior, of shape (n_samples, n_components)."""
        return self._apply(compute_memberships, X)[0]

    def scaled_input(self, X):
        """Return the scaled modality columns, with NaN for missing modalities."""
        return self.codec.scale_columns(X)

    def check_points(self, Z):
        """Validate latent points and return them as an array."""
        Z = check_array(Z, dtype=[np.float64, np.float32])
        if Z.shape[1] != self.n_latent:
            raise ValueError(f"Z must have {self.n_latent} columns (latent_dim), got {Z.shape[1]}.")
        return Z

    def decode(self, Z, condition=None):
        """Decode latent points.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_latent)
            Latent points.
        condition : array-like of shape (n_samples, n_condition) or (n_condition,), default=None
            Condition columns. A single row is used for all points.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Decoded table in the original units.

        Raises
        ------
        ValueError
            If `Z` or `condition` has the wrong number of columns, or if `condition` is missing.
        """
        Z = self.check_points(Z)
        n_condition = self.codec.layout.condition.size
        if condition is None and n_condition:
            raise ValueError(f"The model was fitted with a condition. Pass `condition` with {n_condition} columns.")
        condition = np.empty((len(Z), 0)) if condition is None else condition
        condition = check_array(
            condition, dtype=Z.dtype, ensure_2d=False, ensure_all_finite="allow-nan", ensure_min_features=0
        )
        if condition.shape[-1] != n_condition:
            raise ValueError(f"condition must have {n_condition} columns, got {condition.shape[-1]}.")
        condition = self.codec.known_condition.resolve(np.broadcast_to(condition, (len(Z), n_condition)))
        return self.codec.decode(decode_points(self.module, Z, condition), condition)

    def sample_components(self, labels, random_state):
        """Draw latent points from components of a mixture prior.

        Parameters
        ----------
        labels : ndarray of int of shape (n_samples,)
            Component of each point.
        random_state : RandomState instance
            Random number generator.

        Returns
        -------
        ndarray of shape (n_samples, n_latent)
            Latent points.
        """
        noise = torch.as_tensor(random_state.standard_normal((len(labels), self.n_latent)), dtype=torch.float32)
        prior = self.module.prior
        return (prior.means[labels] + prior.deviations(noise.to(self.device), labels)).detach().cpu().numpy()

    def _apply(self, function, X):
        """Apply a function to all rows that have at least one modality."""
        return apply_to_table(function, self.module, self.codec, X)
