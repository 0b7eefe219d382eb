"""Fit the latent space and the clusters of a run."""

from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from ...cluster import VaDEClusterer
from ...cluster._subsample import fit_on_subsample
from ...model_selection import NClusters
from ...vae import VAETransformer
from ..model._pipeline import assign_clusters
from ..model._spherical_clusters import SphericalClusters
from ._clusterers import CLUSTERERS, SAMPLE_PAIRS
from ._n_clusters import choose_n_clusters, default_n_clusters


class ClusterFit(NamedTuple):
    """Fitted pipeline with latent representation and clusters.

    Attributes
    ----------
    pipeline : Pipeline
        Fitted pipeline from tracks or a feature table to labels.
    latent : ndarray of shape (n_samples, latent_dim)
        Latent representation.
    columns : ndarray of str of shape (latent_dim,)
        Names of the latent units.
    labels : ndarray of int of shape (n_samples,)
        Cluster labels.
    membership : ndarray of shape (n_samples,)
        Probability of the assigned cluster.
    n_clusters : int
        Number of clusters.
    selection : NClusters or None
        Result of the automatic choice of the number of clusters.
    """

    pipeline: Pipeline
    latent: np.ndarray
    columns: np.ndarray
    labels: np.ndarray
    membership: np.ndarray
    n_clusters: int
    selection: NClusters | None

    @property
    def history(self):
        """Training history. Empty for principal components."""
        return getattr(self.pipeline[1], "history_", [])

    @property
    def device(self):
        """Name of the device that trained the model."""
        estimator = self.pipeline[1]
        return getattr(getattr(estimator, "vae_", estimator), "device_", "cpu")


def make_vae(*, latent_dim, beta, condition, max_epochs, device, random_state, verbose):
    """Return the VAE of a run."""
    return VAETransformer(
        latent_dim,
        beta=beta,
        modalities="auto",
        condition=condition,
        unknown_condition="average",  # tracks with an unknown condition are kept
        max_epochs=max_epochs,
        device=device,
        random_state=random_state,
        verbose=verbose,
    )


def make_pca(latent_dim, scaled, random_state):
    """Return a PCA with `latent_dim` components, or fewer if the table is too small."""
    return PCA(min(latent_dim, *scaled.shape, len(scaled) - 1), random_state=random_state)


def fit_clusters(description, steps, clusterer, n_clusters, scaled, random_state):
    """Fit the model, choose the number of clusters, and cluster the latent space.

    Parameters
    ----------
    description : ComputedFeatures
        Features of the tracks.
    steps : list of (str, estimator)
        Steps that compute the latent representation. The name of the last step is "vae", "vade" or "pca".
    clusterer : str
        Key of `CLUSTERERS`. Ignored for "vade".
    n_clusters : int, "auto" or None
        Number of clusters, as in `cluster_library`.
    scaled : ndarray of shape (n_samples, n_features)
        Scaled and imputed features, the input of "pca".
    random_state : int
        Random seed.

    Returns
    -------
    ClusterFit
        Fitted pipeline and its results.

    Raises
    ------
    ValueError
        If `n_clusters` is not smaller than the number of tracks.
    """
    (name, embedder), table = steps[-1], description.table
    X = scaled if name == "pca" else table
    if n_clusters not in (None, "auto") and not 2 <= n_clusters < len(X):
        raise ValueError(
            f"n_clusters={n_clusters} must be between 2 and {len(X) - 1}, because {len(X)} tracks can be used."
        )
    latent = selection = None
    if name != "vade" or n_clusters == "auto":
        latent = embedder.fit_transform(X)
    if n_clusters is None:
        n_clusters = default_n_clusters(len(X))
    elif n_clusters == "auto":
        selection = choose_n_clusters(latent, random_state=random_state)
        n_clusters = selection.n_clusters
    if name == "vade":
        last = embedder = VaDEClusterer(n_clusters, vae=embedder, random_state=random_state).fit(X)
        steps, labels, latent = [], last.labels_, last.transform(X)
    else:
        last = CLUSTERERS[clusterer](n_clusters, random_state)
        labels, last = fit_on_subsample(last, latent, sample_size=SAMPLE_PAIRS, random_state=random_state)
    pipeline = Pipeline([("features", description.transformer), *steps, ("clusters", last)])
    _, membership = assign_clusters(pipeline, table, latent, SphericalClusters.fit(latent, labels))
    return ClusterFit(pipeline, latent, embedder.get_feature_names_out(), labels, membership, n_clusters, selection)
