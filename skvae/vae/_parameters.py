"""The parameters of a VAETransformer: what is allowed, and how networks inside them are got and set."""

from numbers import Integral, Real
from os import PathLike

from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import _BaseComposition

from ..networks import Network
from ..networks._registry import NETWORKS
from .model._likelihoods import LIKELIHOODS


class VAEParameters(_BaseComposition):
    """What `VAETransformer` is told; its docstring says what each parameter means."""

    _parameter_constraints = {
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
        "beta": [Interval(Real, 0, None, closed="neither")],
        "network": [StrOptions(set(NETWORKS)), Network],
        "modalities": [None, StrOptions({"auto"}), list, tuple],
        "fusion": [StrOptions({"poe", "late", "attention", "early"})],
        "condition": "no_validation",
        "unknown_condition": [StrOptions({"error", "average"})],
        "likelihood": [StrOptions(set(LIKELIHOODS))],
        "regularizer": [None, StrOptions({"kl", "tc"})],
        "free_bits": [Interval(Real, 0, None, closed="left")],
        "kl_warmup": [Interval(Real, 0, 1, closed="both")],
        "kl_warmup_steps": [Interval(Integral, 0, None, closed="left")],
        "input_noise": [Interval(Real, 0, None, closed="left")],
        "scale": [None, StrOptions({"standard", "power"})],
        "scale_within_condition": ["boolean"],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "device": [str],
        "precision": [StrOptions({"float32", "bf16"})],
        "accumulate": [Interval(Integral, 1, None, closed="left")],
        "checkpoint_dir": [None, str, PathLike],
        "checkpoint_every": [Interval(Integral, 1, None, closed="left")],
        "callbacks": [None, list],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        latent_dim=16,
        *,
        beta=1.0,
        network="mlp",
        modalities=None,
        fusion="poe",
        condition=None,
        unknown_condition="error",
        likelihood="gaussian",
        regularizer="kl",
        free_bits=0.0,
        kl_warmup=0.33,
        kl_warmup_steps=1000,
        input_noise=0.5,
        scale="power",
        scale_within_condition=True,
        learning_rate=1e-3,
        batch_size="auto",
        max_epochs=200,
        validation_fraction=0.1,
        patience=20,
        warm_start=False,
        device="auto",
        precision="float32",
        accumulate=1,
        checkpoint_dir=None,
        checkpoint_every=10,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        self.latent_dim = latent_dim
        self.beta = beta
        self.network = network
        self.modalities = modalities
        self.fusion = fusion
        self.condition = condition
        self.unknown_condition = unknown_condition
        self.likelihood = likelihood
        self.regularizer = regularizer
        self.free_bits = free_bits
        self.kl_warmup = kl_warmup
        self.kl_warmup_steps = kl_warmup_steps
        self.input_noise = input_noise
        self.scale = scale
        self.scale_within_condition = scale_within_condition
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.warm_start = warm_start
        self.device = device
        self.precision = precision
        self.accumulate = accumulate
        self.checkpoint_dir = checkpoint_dir
        self.checkpoint_every = checkpoint_every
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    @property
    def _modality_networks(self):
        """Pairs of name and network, the form in which scikit-learn gets and sets nested parameters."""
        if not self._has_triples():
            return []
        try:
            return [(name, own) for name, own, _ in self.modalities]
        except (TypeError, ValueError):  # no triples: `fit` says so, getting parameters must not
            return []

    @_modality_networks.setter
    def _modality_networks(self, pairs):
        self.modalities = [
            (name, own, columns) for (name, own), (_, _, columns) in zip(pairs, self.modalities, strict=True)
        ]

    def _has_triples(self):
        return self.modalities is not None and not isinstance(self.modalities, str)

    def get_params(self, deep=True):
        """Get the parameters, with those of networks and of the modalities' networks.

        Parameters
        ----------
        deep : bool, default=True
            Whether to go into networks: ``network__hidden``, and ``audio__hidden`` for a modality "audio".

        Returns
        -------
        dict
            Values by name.
        """
        return self._get_params("_modality_networks", deep=deep)

    def set_params(self, **params):
        """Set parameters, also those of networks and of the modalities' networks.

        Parameters
        ----------
        **params
            Values by name, as `get_params` gives them.

        Returns
        -------
        VAEParameters
            Itself.
        """
        return self._set_params("_modality_networks", **params)

    def _check_parameters(self):
        """Check what `_parameter_constraints` cannot say."""
        if self.free_bits and self.regularizer != "kl":
            raise ValueError(f"free_bits goes with regularizer='kl', got regularizer={self.regularizer!r}.")
        for triple in self.modalities if self._has_triples() else ():
            if not isinstance(triple, tuple) or len(triple) != 3:
                raise TypeError(f"modalities must hold (name, network, columns) triples, got {triple!r}.")
            name, own, _ = triple
            if not isinstance(name, str) or not (own is None or isinstance(own, Network)):
                raise TypeError(f"A modality is a name, a Network or None, and a column selector, got {triple!r}.")
        if self._has_triples():
            self._validate_names([name for name, _, _ in self.modalities])
