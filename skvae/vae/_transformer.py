"""VAETransformer: a variational autoencoder that scikit-learn users can trust."""

from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.validation import check_is_fitted, validate_data

from ..networks import MLP, Conv1d, Conv2d, Network
from ._condition import KnownCondition
from ._inference import posterior, run_in_chunks
from ._layout import Layout
from ._likelihood import LIKELIHOODS
from ._methods import LatentMethodsMixin
from ._module import LatentModule
from ._scaling import ConditionScaler
from ._training import ACTIVE_VARIANCE, DivergedError, TensorTable, train
from ._warnings import refuse_overflow, warn_of_latent, warn_of_table

NETWORKS = {"conv1d": Conv1d, "conv2d": Conv2d, "mlp": MLP}
# Rows that are looked at for collapsed units after training.
WARNING_ROWS = 10_000
# What skorch records besides is about batches and clocks.
COUNTS = {"epoch", "active_units"}
HISTORY = (
    COUNTS
    | {"kl_weight"}
    | {f"{half}_{part}" for half in ("train", "valid") for part in ("loss", "reconstruction", "kl", "elbo")}
)


class VAETransformer(LatentMethodsMixin, _BaseComposition):
    r"""Variational autoencoder: the latent representation of a table, of one or of several modalities.

    Maximises the evidence lower bound

    .. math:: \mathbb{E}_{q(z|x)}[\log p(x|z)] - \beta \, KL(q(z|x) \,\|\, \mathcal{N}(0, I))

    with a Gaussian decoder whose variance is solved for, not tuned [2]_. With `beta` 1 it is the VAE [1]_, with more
    the beta-VAE [3]_, with `condition` the conditional VAE [4]_, with `modalities` the multimodal VAE [5]_; the axes
    are independent.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    beta : float, default=1.0
        Weight of the regulariser, greater than 0; of no account without one.
    network : {"mlp", "conv1d", "conv2d"} or Network, default="mlp"
        Architecture of encoder and decoder, by name with its defaults or as an object; each modality that names none of
        its own gets a clone.
    modalities : None, "auto" or list of (name, network, columns), default=None
        None: all columns are one modality and NaN is an error. "auto": every ``name__`` prefix is a modality, columns
        of `condition` left out. Or triples; `network` may be None, and `columns` is a selector (see Notes). A row whose
        modality is wholly NaN lacks it: the others stand in, nothing is filled in.
    fusion : {"poe", "late", "attention", "early"}, default="poe"
        How several modalities become one posterior. "poe" multiplies their posteriors and the prior [5]_; "late" maps
        the encoders' outputs side by side; "attention" averages them with weights that depend on the row; "early" has
        one encoder, a `network`, of all columns, with a missing block at its mean and an indicator column.
    condition : selector or None, default=None
        Columns that encoder and decoder are given, so that the latent need not hold them (see Notes). They are never
        scaled, noised or reconstructed.
    unknown_condition : {"error", "average"}, default="error"
        What is done about a row whose condition is missing (NaN, or all zeros where the columns are one-hot) or was not
        seen in `fit`: a ValueError, or the mean over the known ones in its place.
    likelihood : {"gaussian", "bernoulli"}, default="gaussian"
        Of the data given the latent. "gaussian" has one variance for each modality, solved for as training goes [2]_;
        "bernoulli" is for columns in [0, 1], which are then not scaled.
    regularizer : {"kl", "tc"} or None, default="kl"
        What `beta` weighs: "kl" the divergence from the prior; "tc" of its parts only the total correlation between
        units, the others having weight 1 [6]_. None is the plain autoencoder: no noise in the latent, and no prior.
    free_bits : float, default=0.0
        Nats of each unit's divergence, averaged over a batch, that cost nothing [7]_; with the "kl" regulariser.
    kl_warmup : float, default=0.33
        Share of the planned steps over which the weight of the regulariser rises from 0 to its full value.
    input_noise : float, default=0.5
        Standard deviation of Gaussian noise that training adds to the inputs, as a share of the columns' own; the
        targets stay clean.
    scale : {"power", "standard"} or None, default="power"
        How `BlockScaler` brings the modality columns to one scale; outputs are in the units of `X` all the same.
    scale_within_condition : bool, default=True
        Whether columns are scaled within each value of a one-hot condition that at least 100 rows have: encoder and
        decoder are told the language, and the columns they see are free of its location and scale. A condition that is
        not one-hot, and rarer values, have the scale of the whole table.
    learning_rate : float, default=1e-3
        Of Adam.
    batch_size : int or "auto", default="auto"
        Rows per step. "auto" is an eighth of the training rows, within 32 and 256: a table of 200 songs needs several
        steps an epoch, and one of 100,000 has them anyway.
    max_epochs : int, default=200
        Passes over the training rows at most.
    validation_fraction : float, default=0.1
        Share of the rows held out for early stopping; with fewer than two rows in it, training runs to the end.
    patience : int, default=20
        Epochs without a better held-out objective after which training stops, counted from the end of the warm-up; the
        best weights are kept.
    device : str, default="auto"
        "auto" is CUDA where there is one, else the CPU; or a torch device.
    callbacks : list of skorch callbacks or None, default=None
        Further callbacks for training.
    random_state : int, RandomState instance or None, default=None
        Governs initial weights, split, order and noise. The global state of torch and NumPy is neither read (with an
        int) nor changed.
    verbose : int, default=0
        1 shows a progress bar where there is a terminal.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained net.
    history_ : list of dict
        A row per epoch: ``epoch``, ``train_loss`` and ``valid_loss`` (the objective, weighted), ``kl_weight``,
        ``active_units``, and for both halves ``*_reconstruction`` (negative log-likelihood), ``*_kl``, ``*_elbo``,
        unweighted, in nats per row.
    n_iter_ : int
        Number of epochs run.
    device_ : str
        Where it was trained.
    scaler_ : ConditionScaler or None
        The fitted scaler of the modality columns, a `BlockScaler` for the whole and for each value of the condition.
    modalities_ : dict of str to ndarray of int
        Column positions of each modality.
    condition_ : ndarray of int
        Column positions of the condition.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, where `X` has them.

    See Also
    --------
    VaDEClusterer : Trains a mixture prior on top.
    make_track_features : Makes the table from songs.

    Notes
    -----
    A selector is the name of a column, or a prefix that stands for every column ``name__*``, or an index, a slice, a
    list of names or indices, a boolean mask, or a callable that is handed `X`.

    Likelihoods are those of the scaled table, so that scores compare between runs on the same rows.

    References
    ----------
    .. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014.
    .. [2] O. Rybkin, K. Daniilidis and S. Levine, "Simple and effective VAE training with calibrated decoders", ICML
       2021.
    .. [3] I. Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational framework", ICLR
       2017.
    .. [4] K. Sohn, H. Lee and X. Yan, "Learning structured output representation using deep conditional generative
       models", NeurIPS 2015.
    .. [5] M. Wu and N. Goodman, "Multimodal generative models for scalable weakly-supervised learning", NeurIPS 2018.
    .. [6] R. T. Q. Chen et al., "Isolating sources of disentanglement in variational autoencoders", NeurIPS 2018.
    .. [7] D. P. Kingma et al., "Improved variational inference with inverse autoregressive flow", NeurIPS 2016,
       appendix C.8.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skvae import VAETransformer
    >>> X = load_digits().data[:200]
    >>> vae = VAETransformer(latent_dim=4, max_epochs=5, random_state=0).fit(X)
    >>> vae.transform(X).shape, vae.reconstruct(X).shape
    ((200, 4), (200, 64))
    """

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
        "input_noise": [Interval(Real, 0, None, closed="left")],
        "scale": [None, StrOptions({"standard", "power"})],
        "scale_within_condition": ["boolean"],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "device": [str],
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
        input_noise=0.5,
        scale="power",
        scale_within_condition=True,
        learning_rate=1e-3,
        batch_size="auto",
        max_epochs=200,
        validation_fraction=0.1,
        patience=20,
        device="auto",
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
        self.input_noise = input_noise
        self.scale = scale
        self.scale_within_condition = scale_within_condition
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.device = device
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
        VAETransformer
            Itself.
        """
        return self._set_params("_modality_networks", **params)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Train on a table.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table. With `modalities`, a row may be NaN in a whole modality; rows that lack all are left out.
        y : None
            Ignored.

        Returns
        -------
        VAETransformer
            Itself.

        Raises
        ------
        ValueError
            If a selector finds no column, a row has NaN in part of a modality, or the loss diverges.
        """
        if self._has_triples():
            self._check_triples()
        if self.free_bits and self.regularizer != "kl":
            raise ValueError(f"free_bits goes with regularizer='kl', got regularizer={self.regularizer!r}.")
        given = X
        X = self._validate(X, reset=True)
        self.device_ = ("cuda" if torch.cuda.is_available() else "cpu") if self.device == "auto" else self.device
        # One draw governs all: initial weights, split, order, noise.
        self._seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        names = getattr(self, "feature_names_in_", None)
        network = NETWORKS[self.network]() if isinstance(self.network, str) else self.network
        self._layout = Layout.resolve(
            given, names, X.shape[1], modalities=self.modalities, condition=self.condition, network=network
        )
        self.modalities_ = dict(zip(self._layout.names, self._layout.columns, strict=True))
        self.condition_ = self._layout.condition
        self._n_features_out = self.latent_dim
        observed = self._observed(X)
        self._known_condition = KnownCondition(
            X[:, self.condition_], self._layout.condition_blocks(names), self.unknown_condition
        )
        x = X[:, self._layout.features]
        unscaled = self.scale is None or LIKELIHOODS[self.likelihood].unit_interval
        within = self.scale_within_condition and self._known_condition.is_category
        self.scaler_ = None if unscaled else ConditionScaler(self.scale, within).fit(x, X[:, self.condition_])
        self._check_unit_interval(x)
        warn_of_table(x, self._names(), latent_dim=self.latent_dim, scaled=self.scale is not None)
        refuse_overflow(self._scale(X), self._names())
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(self._seed)
            module = LatentModule(
                self._layout.networks,
                self._layout.widths,
                self.latent_dim,
                self._layout.condition.size,
                fusion=self.fusion,
                joint_network=network,
                likelihood=self.likelihood,
                input_noise=self.input_noise * (np.sqrt(np.nanvar(x, axis=0).mean()) if unscaled else 1.0),
                stochastic=self.regularizer is not None,
            ).to(self.device_)
        self._train(module, X, observed, max_epochs=self.max_epochs, kl_warmup=self.kl_warmup)
        if self.regularizer is not None:
            rows = np.flatnonzero(observed.any(axis=1))[:WARNING_ROWS]
            tensors = self._tensors(X[rows], observed[rows])
            warn_of_latent(*run_in_chunks(posterior, self.net_.module_, self.device_, *tensors), ACTIVE_VARIANCE)
        return self

    def _train(self, module, X, observed, *, max_epochs, kl_warmup, responsibilities=None):
        """Train `module` on the rows of `X` that have anything, and hold it.

        `VaDEClusterer` calls it again with a mixture as the module's prior, and memberships to hold it to.
        """
        rows = observed.any(axis=1)
        if not rows.any():
            raise ValueError("Every row lacks every modality: there is nothing to train on.")
        arrays = dict(zip(("x", "observed", "condition"), self._tensors(X[rows], observed[rows]), strict=True))
        if responsibilities is not None:
            arrays["responsibilities"] = responsibilities[rows]
        cuda = [self.device_] if self.device_.startswith("cuda") else []
        table = {name: torch.as_tensor(a, dtype=torch.float32).to(self.device_) for name, a in arrays.items()}
        with torch.random.fork_rng(devices=cuda):  # dropout reads the global generator
            torch.manual_seed(self._seed)
            try:
                self.net_ = train(
                    module, TensorTable(**table), self, kl_warmup=kl_warmup, max_epochs=max_epochs, seed=self._seed
                )
            except DivergedError as error:
                largest = np.abs(arrays["x"]).max(axis=0).argmax()
                raise ValueError(
                    f"{error}. The largest values that the networks saw stand in column {self._names()[largest]!r}: "
                    "lower learning_rate, or scale the columns (scale='standard')."
                ) from error
        self.history_ = [
            {name: int(value) if name in COUNTS else float(value) for name, value in row.items() if name in HISTORY}
            for row in self.net_.history
        ]
        self.n_iter_ = len(self.history_)
        return self

    def sample(self, n_samples=1, *, condition=None, random_state=None):
        """Draw from the prior and decode.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        condition : array-like of shape (n_samples, n_condition) or (n_condition,), default=None
            Condition columns; required where the model has them.
        random_state : int, RandomState instance or None, default=None
            Governs the draw.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Decoder means in the units of `X`.
        """
        check_is_fitted(self)
        noise = check_random_state(random_state).standard_normal((n_samples, self.latent_dim))
        return self.inverse_transform(noise, condition)

    def _validate(self, X, *, reset):
        finite = True if self.modalities is None else "allow-nan"
        return validate_data(self, X, dtype=[np.float64, np.float32], ensure_all_finite=finite, reset=reset)

    def _check_triples(self):
        for triple in self.modalities:
            if not isinstance(triple, tuple) or len(triple) != 3:
                raise TypeError(f"modalities must hold (name, network, columns) triples, got {triple!r}.")
            name, own, _ = triple
            if not isinstance(name, str) or not (own is None or isinstance(own, Network)):
                raise TypeError(f"A modality is a name, a Network or None, and a column selector, got {triple!r}.")
        self._validate_names([name for name, _, _ in self.modalities])

    def _check_unit_interval(self, x):
        outside = np.argwhere((x < 0) | (x > 1)) if LIKELIHOODS[self.likelihood].unit_interval else []
        if len(outside):
            row, column = outside[0]
            raise ValueError(
                f"likelihood={self.likelihood!r} is for values in [0, 1]: row {row} has {x[row, column]:g} in column "
                f"{self._names()[column]!r}; use likelihood='gaussian', or bring the columns to [0, 1]."
            )

    def _names(self):
        """Names, or positions, of the modality columns."""
        positions = self._layout.features
        return self.feature_names_in_[positions] if hasattr(self, "feature_names_in_") else positions.tolist()

    def _observed(self, X):
        return self._layout.observed(X, getattr(self, "feature_names_in_", None))

    def _tensors(self, X, observed):
        """Scaled modality columns with zeros for NaN, the mask, and the condition columns, in the dtype of `X`."""
        condition = self._known_condition.resolve(X[:, self.condition_])
        return np.nan_to_num(self._scale(X), nan=0.0), observed.astype(X.dtype), condition

    def _scale(self, X):
        x = X[:, self._layout.features]
        return x if self.scaler_ is None else self.scaler_.transform(x, X[:, self.condition_])

    def _join(self, x, condition):
        """Put decoded columns, in the units of `X`, and condition columns in their places."""
        x = x if self.scaler_ is None else self.scaler_.inverse_transform(x, condition)
        return self._layout.join(x, condition)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # allow_nan stays False also with modalities: NaN may only stand for a modality as a whole.
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
