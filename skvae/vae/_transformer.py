"""VAETransformer: a variational autoencoder that scikit-learn users can trust."""

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ._fitting import Fitting
from ._inference import posterior, run_on_rows
from ._methods import LatentMethodsMixin
from ._warnings import warn_of_latent
from .training._callbacks import ACTIVE_VARIANCE
from .training._checkpoint import checkpoint_of, stored_seed

# Rows that are looked at for collapsed units after training.
WARNING_ROWS = 10_000


class VAETransformer(LatentMethodsMixin, Fitting):
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
    kl_warmup_steps : int, default=1000
        The same for `partial_fit`, which cannot know how many steps are planned: steps counted over its calls.
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
    warm_start : bool, default=False
        Whether `fit` goes on from the weights of the last one, with its scales and conditions, at the full weight of
        the regulariser.
    device : str, default="auto"
        "auto" is CUDA where there is one, else the CPU; or a torch device.
    precision : {"float32", "bf16"}, default="float32"
        Of the networks' arithmetic in training. "bf16" is torch's autocast, faster on wide networks where processor or
        GPU have instructions for it; the objective is summed in single precision all the same. Whatever is asked of
        the fitted model is computed in the dtype of the table.
    accumulate : int, default=1
        Batches whose gradients are averaged before a step: an effective batch of `accumulate` times `batch_size` rows
        in the memory of one.
    checkpoint_dir : path-like or None, default=None
        Folder where `fit` keeps its state in a folder named by the parameters and the contents of `X`. A fit that was
        killed is taken up by the next one with the same settings and data, and ends as it would have ended, bit for
        bit on the CPU of the same machine. A fit that ends removes its own.
    checkpoint_every : int, default=10
        Epochs between writes to it.
    callbacks : list of skorch callbacks or None, default=None
        Further callbacks for training, such as ``skorch.callbacks.LRScheduler``.
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

    A table of more than 256 MiB in single precision is not copied: its rows are read, and scaled, in shuffled blocks of
    contiguous rows in every epoch, so that a memory-mapped one of any length trains in bounded memory.

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
        MemoryError
            If the device has no memory for a batch.
        """
        self._check_parameters()
        goes_on = self.warm_start and hasattr(self, "net_")
        given = X
        X = self._validate(X, reset=not goes_on)
        self._settle_device()
        before = self.__getstate__()["_stored_net"]["weights"].values() if goes_on else ()
        with checkpoint_of(self, X, device=self.device_, others=[np.atleast_1d(w) for w in before]) as path:
            module, observed = self._go_on(X, given) if goes_on else self._start(X, given, seed=stored_seed(path))
            kl_warmup = 0 if goes_on else self.kl_warmup
            self._train(module, X, observed, max_epochs=self.max_epochs, kl_warmup=kl_warmup, checkpoint=path)
        if self.regularizer is not None:
            rows = np.flatnonzero(observed.any(axis=1))[:WARNING_ROWS]
            warn_of_latent(*run_on_rows(posterior, self, X, observed, rows), ACTIVE_VARIANCE)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None):
        """Train for one pass over some rows of a table.

        The first call settles columns, networks and the exponents of ``scale="power"``; location, scale and the
        likelihood's variance go on as running statistics. Nothing is held out, and nothing stops early.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Some rows, better thousands than tens, and the first ones much like the whole.
        y : None
            Ignored.

        Returns
        -------
        VAETransformer
            Itself.

        Raises
        ------
        ValueError
            As `fit`.
        MemoryError
            If the device has no memory for a batch.
        """
        self._check_parameters()
        given, first = X, not hasattr(self, "net_")
        X = self._validate(X, reset=first)
        if first:
            self._settle_device()
            self.history_ = []
            module, observed = self._start(X, given)
        else:
            module, observed = self.net_.module_, self._codec.observed(X)
            self._codec.check_unit_interval(X)
            self._codec.partial_fit(X)
        self._train_further(module, X, observed)
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

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # allow_nan stays False also with modalities: NaN may only stand for a modality as a whole.
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
