"""Diagnostics of the clusters of a mixture prior and of its training."""

import numpy as np
import torch
from scipy.stats import t
from skorch.callbacks import Callback

from .._warnings import warn_caller
from ..vae import VAEWarning

# Maximum number of rows per epoch for which memberships are computed. Batches are shuffled, so the first rows are a
# random sample.
DIAGNOSED_ROWS = 8192
# Memberships are nearly equal if their mean entropy exceeds this fraction of log(n_clusters).
EQUAL_ENTROPY = 0.95
# Significance level of the test whether training lowered the held-out ELBO.
HARM_LEVEL = 0.01


class MembershipDiagnostics(Callback):
    """Record statistics of the memberships in each epoch, and the held-out ELBO before and after training.

    The memberships are computed from the posteriors of the training step. The held-out rows are evaluated twice. The
    same object can be used for several consecutive trainings.

    Attributes
    ----------
    rows : list of dict
        Statistics of each epoch, see `describe_memberships`.
    initial_elbo, elbo : ndarray of shape (n_held_out,)
        ELBO of each held-out row before and after training, in nats. Memberships are optimal, and both evaluations use
        the same noise. Empty without held-out rows.
    """

    def __init__(self):
        self.rows = []
        self.initial_elbo = None
        self.elbo = None

    def on_train_begin(self, net, X=None, **kwargs):
        """Compute the held-out ELBO of the initial mixture."""
        if self.initial_elbo is None:
            self.initial_elbo = _compute_held_out_elbo(net, X)

    def on_epoch_begin(self, net, **kwargs):
        """Reset the collected posterior means."""
        self._means, self._n_rows = [], 0

    def on_batch_end(self, net, training=False, y_pred=None, **kwargs):
        """Collect the posterior means of the batch."""
        if not training:
            self._describe(net)
        elif self._n_rows < DIAGNOSED_ROWS:
            self._means.append(y_pred.mean.detach())
            self._n_rows += len(y_pred.mean)

    def on_epoch_end(self, net, **kwargs):
        """Compute the statistics if there was no validation batch."""
        self._describe(net)

    def on_train_end(self, net, X=None, **kwargs):
        """Compute the held-out ELBO of the final mixture."""
        self._describe(net)  # A previous callback may have stopped training within the epoch.
        self.elbo = _compute_held_out_elbo(net, X)

    def _describe(self, net):
        """Compute the statistics of an epoch once, with the mixture after the last training step."""
        if self._means:
            with torch.no_grad():
                memberships = torch.cat([net.module_.prior.responsibilities(mean) for mean in self._means])
            self.rows.append(describe_memberships(memberships.cpu().double().numpy()))
            self._means = []

    def mean_elbos(self):
        """Return the mean held-out ELBO before and after training. NaN without held-out rows."""
        return tuple(float(elbo.mean()) if len(elbo) else np.nan for elbo in (self.initial_elbo, self.elbo))


def describe_memberships(memberships):
    """Compute statistics of memberships.

    Parameters
    ----------
    memberships : ndarray of shape (n_samples, n_clusters)
        Membership probabilities. Rows sum to 1.

    Returns
    -------
    dict of str to float or int
        Statistics:

        - ``smallest_cluster``: smallest mean membership of a component.
        - ``effective_clusters``: exponential of the entropy of the mean memberships.
        - ``dead_clusters``: number of components that are not the most probable component of any row.
        - ``membership_entropy``: mean entropy of the memberships of a row, in nats.
        - ``mean_confidence``: mean of the largest membership of a row.
    """
    shares = memberships.mean(axis=0)
    return {
        "smallest_cluster": float(shares.min()),
        "effective_clusters": float(np.exp(_compute_entropy(shares))),
        "dead_clusters": len(_find_dead_clusters(memberships)),
        "membership_entropy": float(_compute_entropy(memberships).mean()),
        "mean_confidence": float(memberships.max(axis=1).mean()),
    }


def warn_about_clusters(memberships, diagnostics, *, beta, guided):
    """Warn if clusters are empty or indistinguishable, or if training did not improve the mixture.

    Parameters
    ----------
    memberships : ndarray of shape (n_samples, n_clusters)
        Membership probabilities of the fitted model.
    diagnostics : MembershipDiagnostics
        Diagnostics of its training.
    beta : float
        Weight of the regularizer in training.
    guided : bool
        Whether a guide was used in training.
    """
    n_clusters = memberships.shape[1]
    dead = _find_dead_clusters(memberships)
    if len(dead):
        warn_caller(
            f"No row is assigned to cluster{'s' * (len(dead) > 1)} {', '.join(map(str, dead))} "
            f"(n_clusters={n_clusters}). Use a smaller n_clusters or vae__learning_rate.",
            VAEWarning,
        )
    entropy = _compute_entropy(memberships).mean()
    if n_clusters > 1 and entropy > EQUAL_ENTROPY * np.log(n_clusters):
        warn_caller(
            f"Memberships are nearly equal: the mean of the largest membership is "
            f"{memberships.max(axis=1).mean():.2f} with {n_clusters} clusters, because the components overlap. Use a "
            "smaller vae__beta or n_clusters, or a larger max_epochs.",
            VAEWarning,
        )
    gain = diagnostics.elbo - diagnostics.initial_elbo
    if len(gain) and not gain.any():
        warn_caller(
            "Joint training did not improve the held-out objective. The fitted model is the initial mixture in the "
            "latent space of vae. Use more rows or a smaller vae__learning_rate.",
            VAEWarning,
        )
    # Paired t-test: rows and noise are the same before and after, and only the choice of held-out rows is random.
    if len(gain) > 1 and gain.mean() < t.ppf(HARM_LEVEL, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain)):
        if guided:
            cause = "a mixture does not fit the partition of the guide well. Use a smaller guide"
        elif beta != 1:
            cause = f"training with vae__beta={beta:g} maximizes a different bound. Use vae__beta=1"
        else:
            cause = "training maximizes a different bound, in which all modalities have the same weight"
        warn_caller(
            f"Joint training lowered the held-out ELBO from {diagnostics.initial_elbo.mean():.2f} to "
            f"{diagnostics.elbo.mean():.2f} nats per row: {cause}.",
            VAEWarning,
        )


def _find_dead_clusters(memberships):
    """Return the components that are not the most probable component of any row."""
    return np.flatnonzero(np.bincount(memberships.argmax(axis=1), minlength=memberships.shape[1]) == 0)


def _compute_entropy(shares):
    """Compute the entropy over the last axis, in nats."""
    return -np.sum(shares * np.log(np.maximum(shares, np.finfo(float).tiny)), axis=-1)


def _compute_held_out_elbo(net, X):
    """Compute the ELBO of each held-out row at the optimal memberships, without the guide."""
    _, held_out = net.get_split_datasets(X, None)
    if held_out is None:
        return np.empty(0)
    prior, elbos = net.module_.prior, []
    with net.validation_noise():
        for batch in net.get_iterator(held_out, training=False):
            output = net.evaluation_step(batch)
            with torch.no_grad():
                elbos.append(output.log_likelihoods.sum(1) - prior.kl(output.mean, output.log_variance))
    return torch.cat(elbos).cpu().double().numpy()
