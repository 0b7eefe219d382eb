"""What a fitted VaDE does with rows: memberships, labels, a latent that is round to its clusters, draws."""

import numpy as np
import torch
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ..vae._inference import apply
from ..vae._methods import LatentMethodsMixin


class ClusterMethodsMixin(LatentMethodsMixin):
    """Methods of an estimator that holds, as ``vae_``, a `VAETransformer` whose prior is a mixture."""

    def _read_mixture(self):
        """Take weights, means and covariances from the prior, and a basis in which the mean covariance is round."""
        prior = self.vae_.net_.module_.prior
        parts = prior.log_weights().exp(), prior.means, prior.covariances()
        self.weights_, centers, covariances = (part.detach().cpu().numpy() for part in parts)
        self.basis_ = np.eye(centers.shape[1])
        if self.covariance_type == "full":
            # of all roots of the precision the symmetric one leaves each unit nearest to itself
            values, axes = np.linalg.eigh(np.average(covariances.astype(np.float64), axis=0, weights=self.weights_))
            self.basis_ = (axes / np.sqrt(values)) @ axes.T
            covariances = (self.basis_ @ covariances @ self.basis_).astype(covariances.dtype)
        self.cluster_centers_, self.covariances_ = (centers @ self.basis_).astype(centers.dtype), covariances

    def _from_network(self, mean, std):
        variance = np.square(std) @ np.square(self.basis_)
        return (mean @ self.basis_).astype(mean.dtype), np.sqrt(variance).astype(std.dtype)

    def _to_network(self, Z):
        return np.linalg.solve(self.basis_, Z.T).T.astype(Z.dtype)

    def predict_proba(self, X):
        """Membership of each row in each cluster.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.

        Returns
        -------
        ndarray of shape (n_samples, n_clusters)
            Posterior probabilities of the components at the posterior mean; NaN for a row that lacks every modality.
        """
        return apply(responsibilities, self._fitted(), X)[0]

    def predict(self, X):
        """Cluster of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table; rows need not have been in `fit`.

        Returns
        -------
        ndarray of int of shape (n_samples,)
            The most probable component; -1 for a row that lacks every modality.
        """
        return most_probable(self.predict_proba(X))

    def sample(self, n_samples=1, *, cluster=None, condition=None, random_state=None):
        """Draw from the mixture and decode.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        cluster : int or None, default=None
            The component to draw from; None draws components by their weights.
        condition : array-like of shape (n_samples, n_condition) or (n_condition,), default=None
            Condition columns; required where the model has them.
        random_state : int, RandomState instance or None, default=None
            Governs the draw.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Decoder means in the units of `X`.
        labels : ndarray of int of shape (n_samples,)
            The component of each row.

        Raises
        ------
        ValueError
            If there is no such cluster.
        """
        check_is_fitted(self)
        n_clusters = len(self.weights_)
        if cluster is not None and cluster not in range(n_clusters):
            raise ValueError(f"cluster={cluster!r} does not exist: the model has clusters 0 to {n_clusters - 1}.")
        rng = check_random_state(random_state)
        weights = self.weights_.astype(np.float64)
        labels = (
            rng.choice(n_clusters, n_samples, p=weights / weights.sum())
            if cluster is None
            else np.full(n_samples, int(cluster))
        )
        noise = torch.as_tensor(rng.standard_normal((n_samples, self.cluster_centers_.shape[1])), dtype=torch.float32)
        prior = self.vae_.net_.module_.prior
        Z = prior.means[labels] + prior.deviations(noise.to(self.vae_.device_), labels)
        return self.vae_.inverse_transform(Z.detach().cpu().numpy(), condition), labels


def most_probable(memberships):
    """Component of each row; -1 where there are no memberships."""
    known = ~np.isnan(memberships[:, 0])
    return np.where(known, np.nan_to_num(memberships).argmax(axis=1), -1)


def responsibilities(module, x, observed, condition):
    """Responsibilities of the prior's components at the posterior mean."""
    mean, _ = module.posterior(x, observed, condition)
    return module.prior.responsibilities(mean)
