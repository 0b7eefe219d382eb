"""What a fitted VAE does with rows: encode, decode, fill in, score; shared by the transformer and the clusterer."""

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_array, check_is_fitted

from . import _inference


class LatentMethodsMixin(ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Methods of an estimator that is a `VAETransformer` or, as ``vae_``, holds one."""

    def _fitted(self):
        check_is_fitted(self)
        return getattr(self, "vae_", self)

    def _from_network(self, mean, std):
        """Posteriors in the coordinates that users see, of those in the network's."""
        return mean, std

    def _to_network(self, Z):
        """Latent points in the network's coordinates."""
        return Z

    def transform(self, X):
        """Posterior mean of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.

        Returns
        -------
        ndarray of shape (n_samples, latent_dim)
            The latent, in the dtype of `X`, that of a `VaDEClusterer` in its `basis_`; NaN for a row that lacks every
            modality.
        """
        return self.posterior(X)[0]

    def posterior(self, X):
        """Mean and standard deviation of the latent of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.

        Returns
        -------
        mean, std : ndarray of shape (n_samples, latent_dim)
            NaN for a row that lacks every modality.
        """
        return self._from_network(*_inference.apply(_inference.posterior, self._fitted(), X))

    def reconstruct(self, X):
        """Decode the posterior mean of each row: all modalities, also those that the row lacks.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            In the units of `X`; condition columns as given, columns of no modality NaN.
        """
        vae = self._fitted()
        (x,) = _inference.apply(_inference.reconstruct, vae, X)
        return vae._codec.decode(x, vae._validate(X, reset=False)[:, vae.condition_])

    def impute(self, X):
        """Fill missing modalities with what the others say of them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            `X` with its NaN replaced by `reconstruct`.
        """
        values = self._fitted()._validate(X, reset=False)
        return np.where(np.isnan(values), self.reconstruct(X), values)

    def inverse_transform(self, Z, condition=None):
        """Decode latent points.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latent points.
        condition : array-like of shape (n_samples, n_condition) or (n_condition,), default=None
            Condition columns; required where the model has them, one row serves all.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Decoder means in the units of `X`.

        Raises
        ------
        ValueError
            If the width of `Z` or `condition` is not the model's.
        """
        vae = self._fitted()
        Z = check_array(Z, dtype=[np.float64, np.float32])
        if Z.shape[1] != vae.latent_dim:
            raise ValueError(f"Z has {Z.shape[1]} columns, the latent has {vae.latent_dim}.")
        n_condition = vae.condition_.size
        if condition is None and n_condition:
            raise ValueError(f"The model is conditional: give its {n_condition} condition columns as `condition`.")
        condition = np.empty((len(Z), 0)) if condition is None else condition
        condition = check_array(
            condition, dtype=Z.dtype, ensure_2d=False, ensure_all_finite="allow-nan", ensure_min_features=0
        )
        if condition.shape[-1] != n_condition:
            raise ValueError(f"condition has {condition.shape[-1]} columns, the model has {n_condition}.")
        condition = vae._codec.known_condition.resolve(np.broadcast_to(condition, (len(Z), n_condition)))
        Z = self._to_network(Z)
        chunks = ((Z[rows].copy(), condition[rows]) for rows in gen_batches(len(Z), _inference.CHUNK))
        x = np.concatenate([x for (x,) in _inference.run_in_chunks(_inference.decode, vae, chunks, Z.dtype)])
        return vae._codec.decode(x, condition)

    def score_samples(self, X):
        """Evidence lower bound of each row, at beta 1.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.

        Returns
        -------
        ndarray of shape (n_samples,)
            In nats, of the scaled table; the same noise vectors serve every row, so that a row's score depends on that
            row alone. NaN for a row that lacks every modality.
        """
        vae = self._fitted()
        return _inference.apply(_inference.make_elbo(vae.latent_dim, vae._seed), vae, X)[0]

    def score(self, X, y=None):
        """Mean evidence lower bound, at beta 1.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.
        y : None
            Ignored.

        Returns
        -------
        float
            Nats per row, over the rows that have anything.
        """
        return float(np.nanmean(self.score_samples(X)))

    def scaled_input(self, X):
        """Modality columns as the networks see them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table.

        Returns
        -------
        ndarray of shape (n_samples, n_modality_columns)
            Scaled, modality by modality; NaN where a modality is missing.
        """
        vae = self._fitted()
        return vae._codec.scaled(vae._validate(X, reset=False))
