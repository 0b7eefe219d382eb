"""Whether the clusters of a mixture prior are alive and apart, and whether training improved on the first of them."""

import warnings

import numpy as np
import torch
from scipy.stats import t
from skorch.callbacks import Callback

from ..vae import VAEWarning

# Rows of an epoch whose memberships are looked at; batches are shuffled, so that the first ones are a sample.
DIAGNOSED_ROWS = 8192
# Memberships whose mean entropy is above this share of log(n_clusters) say next to nothing.
EQUAL_ENTROPY = 0.95
# Probability at which a training that did no harm is said to have done some.
HARM_LEVEL = 0.01


class MembershipDiagnostics(Callback):
    """Record memberships epoch by epoch, and the held-out bound before the first epoch and after the last.

    It looks at posteriors that training computes anyway, and passes twice over the held-out rows. One object may go
    through several trainings in a row.

    Attributes
    ----------
    rows : list of dict
        A row per epoch; see `describe_memberships`.
    initial_elbo, elbo : ndarray of shape (n_held_out,)
        Bound of each held-out row before and after, at the best memberships, with the same noise, in nats; empty
        without held-out rows.
    """

    def __init__(self):
        self.rows = []
        self.initial_elbo = None
        self.elbo = None

    def on_train_begin(self, net, X=None, **kwargs):
        """Measure the mixture as it is handed over."""
        if self.initial_elbo is None:
            self.initial_elbo = _held_out_elbo(net, X)

    def on_epoch_begin(self, net, **kwargs):
        """Start anew."""
        self._means, self._n_rows = [], 0

    def on_batch_end(self, net, training=False, y_pred=None, **kwargs):
        """Keep where the batch lies."""
        if not training:
            self._describe(net)
        elif self._n_rows < DIAGNOSED_ROWS:
            self._means.append(y_pred.mean.detach())
            self._n_rows += len(y_pred.mean)

    def on_epoch_end(self, net, **kwargs):
        """Describe the epoch, where nothing is held out."""
        self._describe(net)

    def on_train_end(self, net, X=None, **kwargs):
        """Measure the mixture that is kept."""
        self._describe(net)  # an epoch that a callback before this one has ended
        self.elbo = _held_out_elbo(net, X)

    def _describe(self, net):
        """Describe the memberships of an epoch, once, under the mixture as its last step left it."""
        if self._means:
            with torch.no_grad():
                memberships = torch.cat([net.module_.prior.responsibilities(mean) for mean in self._means])
            self.rows.append(describe_memberships(memberships.cpu().double().numpy()))
            self._means = []

    def mean_elbos(self):
        """Mean bounds before and after; NaN without held-out rows."""
        return tuple(float(part.mean()) if len(part) else np.nan for part in (self.initial_elbo, self.elbo))


def describe_memberships(memberships):
    """Summarise memberships.

    Parameters
    ----------
    memberships : ndarray of shape (n_samples, n_clusters)
        Rows that sum to 1.

    Returns
    -------
    dict of str to float or int
        ``smallest_cluster``, the share of the rows of the component with least membership; ``effective_clusters``,
        the exponential of the entropy of the components' shares; ``dead_clusters``, the number of components that no
        row belongs to most; ``membership_entropy``, the mean over rows in nats; ``mean_confidence``, the mean largest
        membership.
    """
    shares = memberships.mean(axis=0)
    return {
        "smallest_cluster": float(shares.min()),
        "effective_clusters": float(np.exp(_entropy(shares))),
        "dead_clusters": len(_dead(memberships)),
        "membership_entropy": float(_entropy(memberships).mean()),
        "mean_confidence": float(memberships.max(axis=1).mean()),
    }


def warn_of_clusters(memberships, diagnostics, *, beta, guided):
    """Warn of clusters that mislead.

    Parameters
    ----------
    memberships : ndarray of shape (n_samples, n_clusters)
        Of the fitted model.
    diagnostics : MembershipDiagnostics
        Of its training.
    beta : float
        Weight of the regulariser in it.
    guided : bool
        Whether memberships were drawn to a partition.
    """
    n_clusters = memberships.shape[1]
    dead = _dead(memberships)
    if len(dead):
        _warn(
            f"No row belongs most to cluster {', '.join(map(str, dead))} of {n_clusters}: lower n_clusters or "
            "learning_rate."
        )
    entropy = _entropy(memberships).mean()
    if n_clusters > 1 and entropy > EQUAL_ENTROPY * np.log(n_clusters):
        _warn(
            f"Memberships are nearly equal, {memberships.max(axis=1).mean():.2f} at most in the mean of {n_clusters} "
            "clusters: the components lie on one another; lower beta or n_clusters, or train longer."
        )
    gain = diagnostics.elbo - diagnostics.initial_elbo
    if len(gain) and not gain.any():
        _warn(
            "Joint training did not better its held-out objective, and the model stays the one that it began with, the "
            "initial mixture on the latent of vae: fit more rows, or lower learning_rate."
        )
    # Rows and noise are the same before and after; what is left to chance is which rows were held out: a paired t-test.
    if len(gain) > 1 and gain.mean() < t.ppf(HARM_LEVEL, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain)):
        if guided:
            cause = "it drew memberships to a partition that a mixture explains less well; lower guide"
        elif beta != 1:
            cause = f"with beta={beta:g} it maximises another bound; set beta=1"
        else:
            cause = "it maximises another bound, in which all modalities weigh the same"
        _warn(
            f"Joint training lowered the held-out ELBO from {diagnostics.initial_elbo.mean():.2f} nats per row, of the "
            f"initial mixture, to {diagnostics.elbo.mean():.2f}: {cause}."
        )


def _dead(memberships):
    """Components that no row belongs to most."""
    return np.flatnonzero(np.bincount(memberships.argmax(axis=1), minlength=memberships.shape[1]) == 0)


def _entropy(shares):
    """Entropy over the last axis, in nats."""
    return -np.sum(shares * np.log(np.maximum(shares, np.finfo(float).tiny)), axis=-1)


def _held_out_elbo(net, X):
    """Bound of each held-out row at the best memberships, whatever the training holds them to."""
    _, held_out = net.get_split_datasets(X, None)
    if held_out is None:
        return np.empty(0)
    prior, parts = net.module_.prior, []
    with net.held_out_noise():
        for batch in net.get_iterator(held_out, training=False):
            output = net.evaluation_step(batch)
            with torch.no_grad():
                parts.append(output.log_likelihoods.sum(1) - prior.kl(output.mean, output.log_variance))
    return torch.cat(parts).cpu().double().numpy()


def _warn(message):
    warnings.warn(message, VAEWarning, stacklevel=5)  # the caller of fit, beyond scikit-learn
