"""VaDEClusterer: variational deep embedding over any VAETransformer."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin, _fit_context, clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import validate_data

from ..vae import VAETransformer
from ..vae.model._mixture import MIXTURES
from ._diagnostics import MembershipDiagnostics, warn_of_clusters
from ._initialization import PARTITIONS, check_distinct, first_partition
from ._methods import ClusterMethodsMixin, most_probable

# By which 96 to 98 of 100 rows keep their first cluster, and the held-out bound rises; less favours the bound.
GUIDE = 0.5


class VaDEClusterer(ClusterMethodsMixin, ClusterMixin, BaseEstimator):
    r"""Cluster with a variational autoencoder whose prior is a Gaussian mixture.

    Fits a clone of `vae`, partitions its latent, makes the groups the components of a mixture prior, and trains
    encoder, decoder and mixture together on the bound of variational deep embedding [1]_. Components have full
    covariances unless told otherwise; in [1]_ they are diagonal. With ``init="umap"`` the
    partition comes from the neighbour graph [2]_, which sees what a Gaussian mixture misses. It guides the joint
    training: how far the neighbours of a row are in each group is what its memberships shall come near to. Their
    cross-entropy is added to the bound, a posterior regulariser [3]_, so that the fitted model is a generative mixture
    that has learned what the graph sees, is unsure where the graph is, and labels new rows. Of all epochs the best by
    the held-out objective is kept; the model that the joint training began with is one of them.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of mixture components.
    vae : VAETransformer or None, default=None
        Network, modalities, condition and training settings; None is ``VAETransformer()``.
    init : {"umap", "gmm", "kmeans"}, default="umap"
        The first partition: a mixture of Gaussians on UMAP embeddings of the neighbour graph, or on the latent a
        mixture of Gaussians with the covariances of `covariance_type`, or k-means. Of full covariances the mixture has
        one for all components where the Bayesian information criterion (BIC) is for that. The graph has what neighbours
        in the latent and in the table agree on; those in the table have no say for rows that lack a modality, nor under
        a condition, which they would bring back.
    covariance_type : {"full", "diag"}, default="full"
        Covariances of the components, as in `GaussianMixture`. Full ones hold groups that lie at an angle to the
        latent units, and have ``latent_dim * (latent_dim + 1) / 2`` parameters each; "diag" is the mixture of [1]_.
    guide : float or None, default=None
        Weight of the guide, at least 0, times the number of columns, over which the bound is a sum. None is 0.5 for
        ``init="umap"`` and 0, plain VaDE, for the others, whose guide would be the memberships of the first mixture, or
        the partition of k-means.
    n_init : int, default=10
        Starts of the first partition on the one latent, with ``init="umap"`` on each of five embeddings. The best is
        chosen by likelihood, by inertia, or by the modularity of the graph: never by labels.
    subsample : int or None, default=20_000
        Rows at most that the first partition is made of; of more a random sample, by which the others are labelled.
        None makes it of all rows; the time that a graph takes grows with their square.
    max_epochs : int, default=100
        Passes of the joint training at most; `vae` has its own number for the training before.
    random_state : int, RandomState instance or None, default=None
        Replaces the `random_state` of the clone of `vae`, and governs the partition. None keeps that of `vae`.

    Attributes
    ----------
    labels_ : ndarray of int of shape (n_samples,)
        Cluster of each row of `fit`, equal to ``predict`` of it; -1 for a row that lacks every modality.
    initial_labels_ : ndarray of int of shape (n_samples,)
        The first partition.
    weights_ : ndarray of shape (n_clusters,)
        Mixture weights.
    basis_ : ndarray of shape (latent_dim, latent_dim)
        What turns and scales the latent of `vae_` into that of `transform`, where the mean covariance of the components
        is the identity: distances are as the clusters see them, and k-means, maps and neighbours go by distances. There
        `posterior` gives the deviation of each unit, without their correlations. With ``covariance_type="diag"`` it is
        the identity.
    cluster_centers_ : ndarray of shape (n_clusters, latent_dim)
        Component means in the latent of `transform`.
    covariances_ : ndarray of shape (n_clusters, latent_dim, latent_dim)
        Component covariances there; with ``covariance_type="diag"`` variances, (n_clusters, latent_dim).
    vae_ : VAETransformer
        The fitted clone; its prior is the mixture.
    history_ : list of dict
        A row per epoch as in `VAETransformer`, with ``phase`` "vae", then "guided", or "mixture" without a guide.
        These tell of memberships, too: ``smallest_cluster`` and ``effective_clusters``, the least share of the rows and
        the exponential of the shares' entropy; ``dead_clusters`` that no row belongs to most; ``membership_entropy`` in
        nats and ``mean_confidence``, the mean largest membership.
    initial_elbo_, elbo_ : float
        Held-out evidence lower bound of the initial mixture and of the fitted one, at beta 1, in nats per row; NaN
        where fewer than two rows were held out.
    n_iter_ : int
        Number of epochs of all phases.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, where `X` has them.

    See Also
    --------
    VAETransformer : The autoencoder underneath.
    sklearn.mixture.GaussianMixture : A mixture in the space of the features.

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
        """Train on a table.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table, as `vae` takes it.
        y : None
            Ignored.

        Returns
        -------
        VaDEClusterer
            Itself.

        Raises
        ------
        ValueError
            If there are fewer distinct rows than clusters, `subsample` is less than they are, `vae` is a plain
            autoencoder, or it refuses the table.
        """
        validate_data(self, X, skip_check_array=True)
        vae = VAETransformer() if self.vae is None else clone(self.vae)
        if vae.regularizer is None:
            raise ValueError("vae has regularizer=None, a plain autoencoder without a prior: VaDE needs 'kl' or 'tc'.")
        if self.subsample is not None and self.subsample < self.n_clusters:
            raise ValueError(f"subsample={self.subsample} is less than n_clusters={self.n_clusters}: raise it.")
        if self.random_state is not None:
            vae.set_params(random_state=check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        check_distinct(vae, X, self.n_clusters)
        # The table as given: an array would have lost the names that selectors look for.
        self.vae_ = vae.fit(X)
        self._n_features_out = vae.latent_dim
        values = vae._validate(X, reset=False)
        observed = vae._codec.observed(values)
        rows = observed.any(axis=1)
        mean, std = (part[rows].astype(np.float64) for part in vae.posterior(X))
        labels, guide = self._partition(mean, values, np.flatnonzero(rows))
        self.initial_labels_ = np.full(len(values), -1)
        self.initial_labels_[rows] = labels
        self.history_ = [{"phase": "vae", **row} for row in vae.history_]
        prior = MIXTURES[self.covariance_type].from_partition(mean, std, labels, self.n_clusters)
        vae.net_.module_.prior = prior.to(vae.device_)
        diagnostics = MembershipDiagnostics()
        self._train_jointly(values, observed, guide, diagnostics)
        self.n_iter_ = len(self.history_)
        self._read_mixture()
        memberships = self.predict_proba(X)
        self.labels_ = most_probable(memberships)
        self.initial_elbo_, self.elbo_ = diagnostics.mean_elbos()
        warn_of_clusters(memberships[rows], diagnostics, beta=vae.beta, guided=self._guide_weight > 0)
        return self

    def _partition(self, mean, values, numbers):
        """First clusters of the rows of these numbers, which have a latent."""
        vae = self.vae_
        return first_partition(
            mean,
            self.n_clusters,
            init=self.init,
            n_init=self.n_init,
            seed=vae._seed,
            subsample=self.subsample,
            covariance_type=self.covariance_type,
            # what a condition took out of the latent is still in the table
            table=None if vae.condition_.size else lambda some: vae._codec.scaled(values[numbers[some]]),
        )

    @property
    def _guide_weight(self):
        guide = (GUIDE if self.init == "umap" else 0.0) if self.guide is None else self.guide
        return guide * sum(map(len, self.vae_.modalities_.values()))

    def _train_jointly(self, values, observed, guide, diagnostics):
        """Train network and mixture at the full weight of the KL term: the warm-up lies behind."""
        weight = self._guide_weight
        every_guide = None
        if weight:  # NaN where a row has nothing to train on
            every_guide = np.full((len(values), self.n_clusters), np.nan)
            every_guide[observed.any(axis=1)] = guide
        self.vae_._train(
            self.vae_.net_.module_,
            values,
            observed,
            max_epochs=self.max_epochs,
            kl_warmup=0,
            guide=every_guide,
            guide_weight=weight,
            keep_start=True,
            callbacks=[("memberships", diagnostics)],
        )
        phase = {"phase": "guided" if weight else "mixture"}
        rows = zip(self.vae_.history_, diagnostics.rows, strict=True)
        self.history_ += [phase | row | more for row, more in rows]

    def __setstate__(self, state):
        # files of before these were there: mixtures were diagonal
        before = {"covariance_type": "diag", "subsample": 20_000}
        if "cluster_centers_" in state:
            before["basis_"] = np.eye(state["cluster_centers_"].shape[1])
        super().__setstate__(before | state)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
