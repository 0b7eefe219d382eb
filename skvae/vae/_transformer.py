"""Variational autoencoder as a scikit-learn transformer."""

from numbers import Integral, Real
from os import PathLike

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.validation import check_is_fitted, validate_data

from .._device import replace_missing_device, resolve_device
from ..networks import Network
from ..networks._registry import NETWORKS
from ._latent_model import LatentModel
from ._model_builder import ModelSettings, build_model, continue_model
from ._warnings import warn_about_latent
from .model._likelihoods import LIKELIHOODS
from .table._layout import check_modalities
from .training._checkpoint import Checkpoint, load_seed, open_checkpoint
from .training._trainer import TrainingSettings, make_net, read_history, train, train_epoch

# Number of training rows that are checked for inactive units.
WARNING_ROWS = 10_000


class VAETransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, _BaseComposition):
    r"""Variational autoencoder (VAE).

    Learns a low-dimensional latent space of a table by maximizing the evidence lower bound (ELBO)

    .. math:: \mathbb{E}_{q(z|x)}[\log p(x|z)] - \beta \, KL(q(z|x) \,\|\, \mathcal{N}(0, I))

    The table may have several modalities, such as audio and lyrics, and each row may have only some of them. The
    parameters select variants from the literature and can be combined:

    - `beta` 1: variational autoencoder [1]_. The variance of the Gaussian decoder is estimated, not tuned [2]_.
    - other values of `beta`: beta-VAE [3]_.
    - `condition`: conditional VAE [4]_.
    - `modalities`: multimodal VAE [5]_.
    - ``regularizer="tc"``: beta-TCVAE [6]_.
    - ``regularizer=None``: plain autoencoder.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    beta : float, default=1.0
        Weight of the regularizer. Must be positive. Ignored if `regularizer` is None.
    network : {"mlp", "conv1d", "conv2d"} or Network, default="mlp"
        Architecture of encoder and decoder. A string selects a network with default parameters. Modalities without
        their own network use a clone of this one.
    modalities : None, "auto" or list of (name, network, columns), default=None
        Columns of each modality.

        - None: all columns are one modality, and NaN is not allowed.
        - "auto": columns with the same prefix ``name__`` are a modality. Columns of `condition` are excluded.
        - list of tuples: `network` is a `Network` or None, and `columns` is a selector (see Notes).

        If all columns of a modality are NaN in a row, that modality is missing for that row. Missing modalities are
        skipped, not imputed.
    fusion : {"poe", "late", "attention", "early"}, default="poe"
        Method that combines several modalities into one posterior.

        - "poe": product of the posteriors of the modalities and the prior [5]_.
        - "late": linear layer on the concatenated outputs of the encoders.
        - "attention": average of the encoder outputs, with weights that depend on the row.
        - "early": one encoder with the architecture `network` for the columns of all modalities. Missing modalities
          are set to the mean and marked by indicator columns.
    condition : selector or None, default=None
        Columns that are additional inputs of encoder and decoder (see Notes). The latent space does not need to
        represent them. They are not scaled, receive no noise, and are not reconstructed.
    unknown_condition : {"error", "average"}, default="error"
        Handling of rows whose condition is NaN, has only zeros in one-hot columns, or did not occur in `fit`. "error"
        raises a ValueError. "average" uses the mean of the known values.
    likelihood : {"gaussian", "bernoulli"}, default="gaussian"
        Likelihood of the data given the latent representation. "gaussian" has one variance per modality, which is
        estimated during training [2]_. "bernoulli" requires columns in [0, 1], which are not scaled.
    regularizer : {"kl", "tc"} or None, default="kl"
        Term of the objective with weight `beta`. "kl" is the KL divergence from the prior. "tc" is the total
        correlation of the latent units, which is one part of the KL divergence. Its other parts then have weight 1
        [6]_. None trains a plain autoencoder, without noise in the latent space and without prior.
    free_bits : float, default=0.0
        KL divergence per latent unit, averaged over a batch, that is not penalized [7]_, in nats. Requires
        ``regularizer="kl"``.
    kl_warmup : float, default=0.33
        Fraction of training steps during which the weight of the regularizer increases linearly from 0 to its full
        value.
    kl_warmup_steps : int, default=1000
        Number of steps of the warm-up in `partial_fit`, where the total number of steps is unknown. Steps are counted
        over all calls.
    input_noise : float, default=0.5
        Standard deviation of the Gaussian noise that is added to the inputs during training, relative to the standard
        deviation of the columns. The reconstruction targets have no noise.
    scale : {"power", "standard"} or None, default="power"
        Scaling applied to the modality columns before training, see `BlockScaler`. Outputs are transformed back to the
        original units.
    scale_within_condition : bool, default=True
        Whether to scale the columns separately for each value of a one-hot condition, such as the language. This
        removes differences in location and scale between the values. Values with fewer than 100 rows, and conditions
        that are not one-hot, use the scale of the whole table.
    learning_rate : float, default=1e-3
        Learning rate of the Adam optimizer.
    batch_size : int or "auto", default="auto"
        Number of rows per batch. "auto" is one eighth of the training rows, but at least 32 and at most 256.
    max_epochs : int, default=200
        Maximum number of training epochs.
    validation_fraction : float, default=0.1
        Fraction of rows that are held out for early stopping. Fewer than two held-out or two training rows disable
        early stopping.
    patience : int, default=20
        Number of epochs without improvement of the validation loss after which training stops. Epochs are counted from
        the end of the KL warm-up. The weights of the best epoch are kept.
    warm_start : bool, default=False
        Whether `fit` continues from the weights, scales and conditions of the previous `fit`, without KL warm-up.
    device : str, default="auto"
        PyTorch device. "auto" uses CUDA if available, otherwise the CPU.
    precision : {"float32", "bf16"}, default="float32"
        Precision of the networks during training. "bf16" uses automatic mixed precision, which is faster for wide
        networks on hardware with bfloat16 instructions. The objective is computed in single precision. Inference uses
        the dtype of `X`.
    accumulate : int, default=1
        Number of batches whose gradients are averaged before an optimizer step. The effective batch size is
        `accumulate` times `batch_size`, with the memory of one batch.
    checkpoint_dir : path-like or None, default=None
        Folder for checkpoints. If a fit is interrupted, the next fit with the same parameters and the same `X` resumes
        it. On the CPU of the same machine, the result is identical to an uninterrupted fit. The checkpoint is deleted
        at the end of the fit.
    checkpoint_every : int, default=10
        Number of epochs between two checkpoints.
    callbacks : list of skorch callbacks or None, default=None
        Additional callbacks for training, such as ``skorch.callbacks.LRScheduler``.
    random_state : int, RandomState instance or None, default=None
        Seed for weight initialization, the validation split, batch order and noise. With an int, the global random
        state of PyTorch and NumPy is neither used nor modified.
    verbose : int, default=0
        Verbosity level. 1 shows a progress bar in a terminal.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        Trained net.
    latent_model_ : LatentModel
        Trained module with the columns and scales of the table. Used by `VaDEClusterer`.
    history_ : list of dict
        Training history with one dict per epoch. The keys are ``epoch``, ``train_loss`` and ``valid_loss`` (the
        weighted objective), ``kl_weight``, ``active_units``, and the unweighted terms ``*_reconstruction`` (negative
        log-likelihood), ``*_kl`` and ``*_elbo`` of the training and validation rows, in nats per row.
    n_iter_ : int
        Number of epochs.
    device_ : str
        Training device.
    scaler_ : ConditionScaler or None
        Fitted scaler of the modality columns.
    modalities_ : dict of str to ndarray of int
        Column indices of each modality.
    condition_ : ndarray of int
        Column indices of the condition.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns seen during `fit`. Defined only if `X` has column names.

    See Also
    --------
    VaDEClusterer : Clustering with a mixture prior in the latent space.
    make_track_features : Feature tables from a track table.

    Notes
    -----
    A selector is a column name, a prefix ``name`` for all columns ``name__*``, an index, a slice, a list of names or
    indices, a boolean mask, or a function of `X` that returns one of these.

    Likelihoods refer to the scaled table. Scores of models with the same rows and the same `scale` are comparable.

    A table that needs more than 256 MiB in single precision is not copied. Its rows are read and scaled in each epoch,
    in shuffled blocks of contiguous rows. A memory-mapped table of any length can therefore be used with little memory.

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

    def get_params(self, deep=True):
        """Get the parameters of this estimator.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the parameters of networks, such as ``network__hidden``, or ``audio__hidden`` for the
            network of a modality "audio".

        Returns
        -------
        params : dict
            Parameter names mapped to their values.
        """
        return self._get_params("_modality_networks", deep=deep)

    def set_params(self, **params):
        """Set the parameters of this estimator.

        Parameters
        ----------
        **params : dict
            Parameters, as returned by `get_params`, including the parameters of networks.

        Returns
        -------
        self : object
            Estimator instance.
        """
        return self._set_params("_modality_networks", **params)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Fit the model to a table.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training table. If `modalities` is not None, the columns of a modality may all be NaN in a row. Rows without
            any modality are ignored.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            If a selector finds no column, only some columns of a modality are NaN in a row, or the loss diverges.
        MemoryError
            If the device runs out of memory.
        """
        self._check_parameters()
        previous = self.latent_model_ if self.warm_start and hasattr(self, "latent_model_") else None
        X_original, X = X, self._validate(X, reset=previous is None)
        device, names = resolve_device(self.device), getattr(self, "feature_names_in_", None)
        model_settings, training_settings = self._settings()
        weights = [] if previous is None else [np.atleast_1d(w) for w in previous.get_weights().values()]
        checkpoint_key = {"parameters": self.get_params(), "column_names": names, "device": device, "weights": weights}
        with open_checkpoint(self.checkpoint_dir, X, **checkpoint_key) as path:
            if previous is None:
                drawn, stored = self._draw_seed(), load_seed(path)
                seed = drawn if stored is None else stored
                model, observed = build_model(X, X_original, names, model_settings, device=device, seed=seed)
            else:
                model, observed = continue_model(X, X_original, names, model_settings, device=device, previous=previous)
            checkpoint = path and Checkpoint(path, self.checkpoint_every, model.seed)
            net = train(
                model,
                X,
                observed,
                training_settings,
                max_epochs=self.max_epochs,
                kl_warmup=self.kl_warmup if previous is None else 0,
                callbacks=[("checkpoint", checkpoint)] if checkpoint else [],
            )
        self._store(model, net, read_history(net))
        self._is_incremental = False
        if self.regularizer is not None:
            rows = np.flatnonzero(observed.any(axis=1))[:WARNING_ROWS]
            warn_about_latent(*model.posterior_of_rows(X, observed, rows))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None):
        """Train for one epoch on a part of a table.

        The first call determines the columns, the networks and the exponents of ``scale="power"``. Location, scale and
        the variance of the likelihood are running statistics. There is no validation and no early stopping.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the table, preferably thousands. The first rows should be representative of the whole table.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError, MemoryError
            See `fit`.
        """
        self._check_parameters()
        first = not hasattr(self, "latent_model_")
        X_original, X = X, self._validate(X, reset=first)
        model_settings, training_settings = self._settings()
        if first:
            device, names = resolve_device(self.device), getattr(self, "feature_names_in_", None)
            seed = self._draw_seed()
            model, observed = build_model(X, X_original, names, model_settings, device=device, seed=seed)
        else:
            model = self.latent_model_
            observed = model.codec.find_observed(X)
            model.codec.check_unit_interval(X)
            model.codec.partial_fit(X)
        net = self.net_ if getattr(self, "_is_incremental", False) else None
        net = train_epoch(model, X, observed, training_settings, kl_warmup_steps=self.kl_warmup_steps, net=net)
        history = [] if first else self.history_
        self._store(model, net, [*history, read_history(net)[-1] | {"epoch": len(history) + 1}])
        self._is_incremental = True
        return self

    def transform(self, X):
        """Return the posterior mean of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples, latent_dim)
            Latent representation, in the dtype of `X`. NaN for rows without any modality.
        """
        return self.posterior(X)[0]

    def posterior(self, X):
        """Return the mean and standard deviation of the posterior of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        mean, std : ndarray of shape (n_samples, latent_dim)
            Mean and standard deviation. NaN for rows without any modality.
        """
        X = self._validate(X)
        return tuple(self.latent_model_.posterior(X))

    def inverse_transform(self, Z, condition=None):
        """Decode latent points.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latent points.
        condition : array-like of shape (n_samples, n_condition) or (n_condition,), default=None
            Condition columns. Required if the model has a condition. A single row is used for all points.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Expected data in the units of the training table.

        Raises
        ------
        ValueError
            If `Z` or `condition` has the wrong number of columns, or if `condition` is missing.
        """
        check_is_fitted(self)
        return self.latent_model_.decode(Z, condition)

    def reconstruct(self, X):
        """Decode the posterior mean of each row, including missing modalities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Reconstruction in the units of `X`. Condition columns are copied from `X`. Columns without modality are NaN.
        """
        X = self._validate(X)
        return self.latent_model_.reconstruct(X)

    def impute(self, X):
        """Replace missing modalities by their reconstruction from the other modalities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            `X` with NaN replaced by the values of `reconstruct`.
        """
        X = self._validate(X)
        return self.latent_model_.impute(X)

    def score_samples(self, X):
        """Return the evidence lower bound of each row with `beta` 1.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples,)
            Evidence lower bound of the scaled columns, in nats. NaN for rows without any modality. All rows use the
            same noise vectors, so that the score of a row does not depend on the other rows.
        """
        X = self._validate(X)
        return self.latent_model_.elbo(X)

    def score(self, X, y=None):
        """Return the mean evidence lower bound with `beta` 1.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.
        y : None
            Ignored.

        Returns
        -------
        float
            Evidence lower bound in nats per row, without rows that have no modality.
        """
        return float(np.nanmean(self.score_samples(X)))

    def sample(self, n_samples=1, *, condition=None, random_state=None):
        """Generate rows from the prior.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        condition : array-like of shape (n_samples, n_condition) or (n_condition,), default=None
            Condition columns. Required if the model has a condition.
        random_state : int, RandomState instance or None, default=None
            Random seed.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Expected data of the drawn latent points, in the units of the training table.
        """
        check_is_fitted(self)
        noise = check_random_state(random_state).standard_normal((n_samples, self.latent_model_.n_latent))
        return self.inverse_transform(noise, condition)

    def scaled_input(self, X):
        """Return the modality columns as the networks receive them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples, n_modality_columns)
            Scaled columns, modality by modality. NaN for missing modalities.
        """
        X = self._validate(X)
        return self.latent_model_.scaled_input(X)

    def _check_parameters(self):
        """Check combinations of parameters."""
        if self.free_bits and self.regularizer != "kl":
            raise ValueError(f"free_bits requires regularizer='kl', got regularizer={self.regularizer!r}.")
        if isinstance(self.modalities, list | tuple):
            check_modalities(self.modalities)
            self._validate_names([name for name, _, _ in self.modalities])

    def _validate(self, X, *, reset=False):
        """Validate a table and return it as an array."""
        if not reset:
            check_is_fitted(self)
        finite = True if self.modalities is None else "allow-nan"
        return validate_data(self, X, dtype=[np.float64, np.float32], ensure_all_finite=finite, reset=reset)

    def _settings(self):
        """Return the parameters of the model and of its training."""
        params = self.get_params(deep=False)
        return ModelSettings.from_params(params), TrainingSettings.from_params(params)

    def _draw_seed(self):
        """Draw the seed of weights, validation split, batch order and noise."""
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))

    def _store(self, model, net, history):
        """Set the fitted attributes."""
        layout = model.codec.layout
        self.latent_model_, self.net_ = model, net
        self.history_, self.n_iter_ = history, len(history)
        self.device_, self.scaler_ = model.device, model.codec.scaler
        self.modalities_ = dict(zip(layout.names, layout.columns, strict=True))
        self.condition_ = layout.condition
        self._n_features_out = model.n_latent

    @property
    def _modality_networks(self):
        """Pairs of modality name and network, in the format that scikit-learn requires for nested parameters."""
        if not isinstance(self.modalities, list | tuple):
            return []
        try:
            return [(name, own) for name, own, _ in self.modalities]
        except (TypeError, ValueError):  # fit raises an error for invalid modalities, but get_params must not
            return []

    @_modality_networks.setter
    def _modality_networks(self, pairs):
        self.modalities = [
            (name, own, columns) for (name, own), (_, _, columns) in zip(pairs, self.modalities, strict=True)
        ]

    def __getstate__(self):
        """Return the state without objects of PyTorch and skorch. The weights are NumPy arrays."""
        state = super().__getstate__().copy()
        model, _ = state.pop("latent_model_", None), state.pop("net_", None)
        if model is not None:
            state |= model.get_state() | {"_is_incremental": False}
        return state

    def __setstate__(self, state):
        """Restore the state, on an available device."""
        model_state, state = LatentModel.split_state(state)
        super().__setstate__(state)
        if model_state is not None:
            self.device_ = replace_missing_device(self.device_)
            self.latent_model_ = LatentModel.from_state(model_state, self.device_)
            _, settings = self._settings()
            self.net_ = make_net(self.latent_model_, settings, n_rows=1, max_epochs=1).initialize()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # allow_nan is False even with modalities, because single NaN values are not allowed.
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
