"""Variational deep embedding: clustering with a mixture prior in a latent space."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
    _fit_context,
    clone,
)
from sklearn.utils import check_random_state, gen_batches
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from ..vae import VAETransformer
from ..vae.model._mixture import MIXTURES
from ..vae.table._layout import Layout
from ..vae.training._trainer import TrainingSettings, read_history, train
from ._diagnostics import MembershipDiagnostics, warn_about_clusters
from ._initialization import PARTITIONS, compute_initial_partition

# Default guide weight of init="umap". With this weight, 96 % to 98 % of the rows keep their initial cluster and the
# validation ELBO increases. Smaller weights increase the ELBO more, and change more clusters.
DEFAULT_GUIDE = 0.5
# Number of rows per chunk in the search for distinct rows.
CHUNK_ROWS = 8192


class VaDEClusterer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    r"""Variational deep embedding (VaDE): a variational autoencoder with a Gaussian mixture prior.

    `fit` has three stages:

    1. Fit a clone of `vae`.
    2. Partition its latent space. With ``init="umap"``, the partition is computed from a nearest-neighbor graph [2]_,
       which finds clusters that are not Gaussian.
    3. Replace the prior by a mixture with one component per group. Train encoder, decoder and mixture together by
       maximizing the evidence lower bound of variational deep embedding [1]_.

    With a `guide`, the objective of stage 3 additionally contains the cross-entropy between the memberships and target
    memberships, a form of posterior regularization [3]_. The target memberships of a row are the proportions of the
    initial clusters among its neighbors in the graph. The fitted model is a generative mixture that follows the
    graph, has uncertain memberships between clusters, and assigns clusters to new rows.

    The weights of the epoch with the best validation loss are kept. If no epoch of stage 3 improves the validation
    loss, the model at the start of stage 3 is kept.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters. Each cluster is one component of the mixture.
    vae : VAETransformer or None, default=None
        Variational autoencoder with network, modalities, condition and training parameters. None uses
        ``VAETransformer()``.
    init : {"umap", "gmm", "kmeans"}, default="umap"
        Method of the initial partition.

        - "umap": Gaussian mixture on UMAP embeddings of the nearest-neighbor graph. The graph combines the neighbors in
          the latent space and in the table. The table is not used for rows with missing modalities, nor for models with
          a condition, because it contains the effect of the condition.
        - "gmm": Gaussian mixture on the latent space, with `covariance_type`. With full covariances, all components
          share one covariance matrix if this lowers the Bayesian information criterion (BIC).
        - "kmeans": k-means on the latent space.
    covariance_type : {"full", "diag"}, default="full"
        Covariance matrices of the components, as in :class:`sklearn.mixture.GaussianMixture`. "full" has
        ``latent_dim * (latent_dim + 1) / 2`` parameters per component and represents correlations between latent
        units. "diag" is the mixture of [1]_.
    guide : float or None, default=None
        Weight of the guide, per column of the modalities. Must be non-negative. 0 is VaDE without a guide [1]_. None
        uses 0.5 for ``init="umap"`` and 0 for the other methods. The target memberships of "gmm" are the memberships of
        the Gaussian mixture. The target memberships of "kmeans" are the clusters.
    n_init : int, default=10
        Number of initializations of the Gaussian mixture or k-means. With ``init="umap"``, each of five embeddings has
        this number of initializations. The best partition has the highest likelihood ("gmm"), the lowest inertia
        ("kmeans") or the highest modularity of the graph ("umap"). Labels are never used.
    subsample : int or None, default=20_000
        Maximum number of rows for the initial partition. In larger tables, a random sample is partitioned and the other
        rows are assigned to its groups. None uses all rows. The time for the graph grows quadratically with the number
        of rows.
    max_epochs : int, default=100
        Maximum number of epochs of stage 3. The number of epochs of stage 1 is a parameter of `vae`.
    random_state : int, RandomState instance or None, default=None
        Random seed of the initial partition and of the clone of `vae`. None uses the `random_state` of `vae`.

    Attributes
    ----------
    labels_ : ndarray of int of shape (n_samples,)
        Cluster of each training row, equal to the result of `predict`. -1 for rows without any modality.
    initial_labels_ : ndarray of int of shape (n_samples,)
        Initial partition.
    weights_ : ndarray of shape (n_clusters,)
        Mixture weights.
    basis_ : ndarray of shape (latent_dim, latent_dim)
        Matrix that transforms the latent space of `vae_` to the latent space of `transform`. In the transformed space,
        the average covariance of the components is the identity. Euclidean distances, as used by k-means and nearest
        neighbors, then match the shape of the clusters. `posterior` returns the standard deviations in this space, but
        not the correlations between units. With ``covariance_type="diag"``, the matrix is the identity.
    cluster_centers_ : ndarray of shape (n_clusters, latent_dim)
        Component means in the latent space of `transform`.
    covariances_ : ndarray of shape (n_clusters, latent_dim, latent_dim) or (n_clusters, latent_dim)
        Component covariances in the latent space of `transform`. With ``covariance_type="diag"``, the variances.
    vae_ : VAETransformer
        Fitted variational autoencoder. Its prior is the mixture.
    history_ : list of dict
        Training history as in `VAETransformer`, with one dict per epoch. ``phase`` is "vae" in stage 1. In stage 3 it
        is "guided", or "mixture" without a guide. Epochs of stage 3 also have the following keys.

        - ``smallest_cluster``: smallest mean membership of a cluster.
        - ``effective_clusters``: exponential of the entropy of the mean memberships.
        - ``dead_clusters``: number of clusters that are not the most probable cluster of any row.
        - ``membership_entropy``: mean entropy of the memberships, in nats.
        - ``mean_confidence``: mean of the largest membership.
    initial_elbo_ : float
        Validation ELBO at the start of stage 3 with `beta` 1, in nats per row. NaN if fewer than two rows are held out.
    elbo_ : float
        Validation ELBO of the fitted model with `beta` 1, in nats per row. NaN if fewer than two rows are held out.
    n_iter_ : int
        Number of epochs of stages 1 and 3.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns seen during `fit`. Defined only if `X` has column names.

    See Also
    --------
    VAETransformer : Variational autoencoder without clusters.
    sklearn.mixture.GaussianMixture : Gaussian mixture of the features.

    References
    ----------
    .. [1] Z. Jiang et al., "Variational deep embedding: an unsupervised and generative approach to clustering", IJCAI
       2017.
    .. [2] R. McConville et al., "N2D: (not too) deep clustering via clustering the local manifold of an autoencoded
       embedding", ICPR 2020.
    .. [3] K. Ganchev et al., "Posterior regularization for structured latent variable models", JMLR 11, 2010.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skvae import VAETransformer, VaDEClusterer
    >>> X, _ = make_blobs(150, n_features=8, random_state=0)
    >>> vade = VaDEClusterer(3, vae=VAETransformer(4, max_epochs=10), init="gmm", max_epochs=5, random_state=0)
    >>> vade.fit(X).predict_proba(X[:2]).shape
    (2, 3)
    """

    _parameter_constraints = {
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "vae": [None, HasMethods(["fit", "transform", "posterior"])],
        "init": [StrOptions(set(PARTITIONS))],
        "covariance_type": [StrOptions(set(MIXTURES))],
        "guide": [None, Interval(Real, 0, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "subsample": [None, Interval(Integral, 1, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_clusters=8,
        *,
        vae=None,
        init="umap",
        covariance_type="full",
        guide=None,
        n_init=10,
        subsample=20_000,
        max_epochs=100,
        random_state=None,
    ):
        self.n_clusters = n_clusters
        self.vae = vae
        self.init = init
        self.covariance_type = covariance_type
        self.guide = guide
        self.n_init = n_init
        self.subsample = subsample
        self.max_epochs = max_epochs
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Fit the model to a table.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training table, see `VAETransformer.fit`.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            If `n_clusters` is larger than the number of distinct rows or than `subsample`, if `vae` has
            ``regularizer=None``, or if `vae` cannot be fitted to the table.
        """
        vae = VAETransformer() if self.vae is None else clone(self.vae)
        self._check_parameters(vae)
        if self.random_state is not None:
            vae.set_params(random_state=check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        finite = True if vae.modalities is None else "allow-nan"
        values = validate_data(self, X, dtype=[np.float64, np.float32], ensure_all_finite=finite)
        self._check_distinct_rows(values, X, vae)
        # The VAE receives X, because an array has no column names for its selectors.
        self.vae_ = vae.fit(X)
        model = vae.latent_model_
        observed = model.codec.find_observed(values)
        present = observed.any(axis=1)
        mean, std = (part[present].astype(np.float64) for part in model.posterior(values))
        labels, memberships = compute_initial_partition(
            mean,
            self.n_clusters,
            init=self.init,
            n_init=self.n_init,
            seed=model.seed,
            subsample=self.subsample,
            covariance_type=self.covariance_type,
            # The table contains the effect of a condition, which the latent space does not.
            table=None if vae.condition_.size else lambda rows: model.scaled_input(values[present.nonzero()[0][rows]]),
        )
        self.initial_labels_ = np.full(len(values), -1)
        self.initial_labels_[present] = labels
        model.set_prior(MIXTURES[self.covariance_type].from_partition(mean, std, labels, self.n_clusters))
        self.history_ = [{"phase": "vae", **row} for row in vae.history_]
        diagnostics = MembershipDiagnostics()
        self._train_mixture(values, observed, memberships, diagnostics)
        self.n_iter_ = len(self.history_)
        self._n_features_out = model.n_latent
        self.weights_, self.cluster_centers_, self.covariances_, self.basis_ = self._read_mixture()
        self.initial_elbo_, self.elbo_ = diagnostics.mean_elbos()
        memberships = model.memberships(values)
        self.labels_ = _most_probable(memberships)
        warn_about_clusters(memberships[present], diagnostics, beta=vae.beta, guided=self._guide_weight() > 0)
        return self

    def predict(self, X):
        """Return the most probable cluster of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table. Rows do not need to be training rows.

        Returns
        -------
        ndarray of int of shape (n_samples,)
            Cluster indices. -1 for rows without any modality.
        """
        return _most_probable(self.predict_proba(X))

    def predict_proba(self, X):
        """Return the membership probabilities of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples, n_clusters)
            Posterior probabilities of the components at the posterior mean. NaN for rows without any modality.
        """
        X = self._validate(X)
        return self.vae_.latent_model_.memberships(X)

    def transform(self, X):
        """Return the posterior mean of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples, latent_dim)
            Latent representation in the basis `basis_`, in the dtype of `X`. NaN for rows without any modality.
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
            Mean and standard deviation in the basis `basis_`. NaN for rows without any modality.
        """
        X = self._validate(X)
        mean, std = self.vae_.latent_model_.posterior(X)
        variance = np.square(std) @ np.square(self.basis_)
        return (mean @ self.basis_).astype(mean.dtype), np.sqrt(variance).astype(std.dtype)

    def inverse_transform(self, Z, condition=None):
        """Decode latent points.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latent points in the basis `basis_`.
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
        Z = self.vae_.latent_model_.check_points(Z)
        return self.vae_.latent_model_.decode(np.linalg.solve(self.basis_, Z.T).T.astype(Z.dtype), condition)

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
        return self.vae_.latent_model_.reconstruct(X)

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
        return self.vae_.latent_model_.impute(X)

    def score_samples(self, X):
        """Return the evidence lower bound of each row with `beta` 1.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table.

        Returns
        -------
        ndarray of shape (n_samples,)
            Evidence lower bound of the scaled columns with the mixture prior, in nats. NaN for rows without any
            modality. All rows use the same noise vectors, so that the score of a row does not depend on the other
            rows.
        """
        X = self._validate(X)
        return self.vae_.latent_model_.elbo(X)

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

    def sample(self, n_samples=1, *, cluster=None, condition=None, random_state=None):
        """Generate rows from the mixture.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        cluster : int or None, default=None
            Cluster of all rows. None draws the clusters with the mixture weights.
        condition : array-like of shape (n_samples, n_condition) or (n_condition,), default=None
            Condition columns. Required if the model has a condition.
        random_state : int, RandomState instance or None, default=None
            Random seed.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Expected data of the drawn latent points, in the units of the training table.
        labels : ndarray of int of shape (n_samples,)
            Cluster of each row.

        Raises
        ------
        ValueError
            If `cluster` is not a cluster of the model.
        """
        check_is_fitted(self)
        n_clusters = len(self.weights_)
        if cluster is not None and cluster not in range(n_clusters):
            raise ValueError(f"cluster must be an integer from 0 to {n_clusters - 1}, got {cluster!r}.")
        rng = check_random_state(random_state)
        weights = self.weights_.astype(np.float64)
        labels = (
            rng.choice(n_clusters, n_samples, p=weights / weights.sum())
            if cluster is None
            else np.full(n_samples, int(cluster))
        )
        model = self.vae_.latent_model_
        return model.decode(model.sample_components(labels, rng), condition), labels

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
        return self.vae_.latent_model_.scaled_input(X)

    def _check_parameters(self, vae):
        """Check combinations of parameters."""
        if vae.regularizer is None:
            raise ValueError(
                "vae must have a prior, but vae__regularizer=None selects a plain autoencoder. Use 'kl' or 'tc'."
            )
        if self.subsample is not None and self.subsample < self.n_clusters:
            raise ValueError(
                f"subsample={self.subsample} is smaller than n_clusters={self.n_clusters}. Use a larger subsample."
            )

    def _validate(self, X):
        """Validate a table for the fitted model and return it as an array."""
        check_is_fitted(self)
        finite = "allow-nan" if self.vae_.latent_model_.allows_missing else True
        return validate_data(self, X, dtype=[np.float64, np.float32], ensure_all_finite=finite, reset=False)

    def _check_distinct_rows(self, values, X, vae):
        """Check that there are enough distinct rows for the clusters, before training."""
        names = getattr(self, "feature_names_in_", None)
        layout = Layout.resolve(X, names, values.shape[1], modalities=vae.modalities, condition=vae.condition)
        distinct = set()
        for rows in gen_batches(len(values), CHUNK_ROWS):
            observed = layout.find_observed(values[rows], names, first_row=rows.start)
            # The bytes of two NaN are equal. Adding 0 makes -0 equal to 0.
            distinct.update(row.tobytes() for row in values[rows][observed.any(axis=1)] + 0.0)
            if len(distinct) >= self.n_clusters:
                return
        raise ValueError(
            f"n_clusters={self.n_clusters} is larger than the number of distinct rows ({len(distinct)}). Use a smaller "
            "n_clusters."
        )

    def _guide_weight(self):
        """Return the weight of the guide in the objective, which is a sum over columns."""
        default = DEFAULT_GUIDE if self.init == "umap" else 0.0
        return (default if self.guide is None else self.guide) * self.vae_.latent_model_.codec.layout.features.size

    def _train_mixture(self, values, observed, memberships, diagnostics):
        """Train encoder, decoder and mixture together, and append to the history."""
        vae, guide, guide_weight = self.vae_, None, self._guide_weight()
        if guide_weight:  # rows without any modality are not used for training
            guide = np.full((len(values), self.n_clusters), np.nan)
            guide[observed.any(axis=1)] = memberships
        net = train(
            vae.latent_model_,
            values,
            observed,
            TrainingSettings.from_params(vae.get_params(deep=False)),
            max_epochs=self.max_epochs,
            kl_warmup=0,  # the warm-up was part of stage 1
            guide=guide,
            guide_weight=guide_weight,
            keep_start=True,
            callbacks=[("memberships", diagnostics)],
        )
        vae.net_, vae.history_ = net, read_history(net)
        vae.n_iter_ = len(vae.history_)
        phase = {"phase": "guided" if guide_weight else "mixture"}
        self.history_ += [phase | row | more for row, more in zip(vae.history_, diagnostics.rows, strict=True)]

    def _read_mixture(self):
        """Return weights, means and covariances in the basis of `transform`, and the basis."""
        weights, centers, covariances = self.vae_.latent_model_.mixture
        basis = np.eye(centers.shape[1])
        if self.covariance_type == "full":
            # The symmetric square root of the precision matrix changes each unit as little as possible.
            values, axes = np.linalg.eigh(np.average(covariances.astype(np.float64), axis=0, weights=weights))
            basis = (axes / np.sqrt(values)) @ axes.T
            covariances = (basis @ covariances @ basis).astype(covariances.dtype)
        return weights, (centers @ basis).astype(centers.dtype), covariances, basis

    def __setstate__(self, state):
        """Restore the state. Files of early versions do not contain all attributes."""
        defaults = {"covariance_type": "diag", "subsample": 20_000}
        if "cluster_centers_" in state:
            defaults["basis_"] = np.eye(state["cluster_centers_"].shape[1])
        super().__setstate__(defaults | state)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _most_probable(memberships):
    """Return the most probable component of each row, or -1 if the memberships are NaN."""
    known = ~np.isnan(memberships[:, 0])
    return np.where(known, np.nan_to_num(memberships).argmax(axis=1), -1)
