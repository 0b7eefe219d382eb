"""Confidence of cluster memberships."""

import numpy as np
from scipy.special import entr

from ..latent._validation import check_latent


def membership_metrics(memberships):
    r"""Summarize the confidence of cluster memberships.

    The entropy of a row with memberships :math:`\gamma_{ik}` is :math:`-\sum_k \gamma_{ik} \log \gamma_{ik}`.

    High confidence does not imply correct clusters. Use `reliability_curve` to compare confidence with accuracy.

    Parameters
    ----------
    memberships : array-like of shape (n_samples, n_clusters)
        Probabilities of the clusters, as returned by `predict_proba`. Rows sum to 1. Rows with only NaN are ignored.

    Returns
    -------
    values : dict of str to float
        - ``mean_confidence``, ``median_confidence``: mean and median of the largest membership of each row, between
          ``1 / n_clusters`` and 1.
        - ``entropy``: mean entropy of the rows, in nats.
        - ``normalized_entropy``: ``entropy`` divided by ``log(n_clusters)``. It is 0 if each row belongs to one cluster
          only, and 1 if all memberships are equal. It is 0 with a single cluster.

    Raises
    ------
    ValueError
        If a row has a negative membership or does not sum to 1.

    See Also
    --------
    reliability_curve : Compares the confidence with the accuracy.

    Examples
    --------
    >>> from skvae.metrics import membership_metrics
    >>> {name: round(value, 3) for name, value in membership_metrics([[1.0, 0.0], [0.5, 0.5]]).items()}
    {'mean_confidence': 0.75, 'median_confidence': 0.75, 'entropy': 0.347, 'normalized_entropy': 0.5}
    """
    memberships, _ = check_memberships(memberships)
    confidence = memberships.max(axis=1)
    entropy = entr(memberships).sum(axis=1).mean()
    n_clusters = memberships.shape[1]
    return {
        "mean_confidence": float(confidence.mean()),
        "median_confidence": float(np.median(confidence)),
        "entropy": float(entropy),
        "normalized_entropy": float(entropy / np.log(n_clusters)) if n_clusters > 1 else 0.0,
    }


def check_memberships(memberships):
    """Validate memberships and return the rows that are not NaN, and a mask of these rows."""
    memberships, kept = check_latent(memberships, "memberships")
    invalid = (memberships < 0).any(axis=1) | (np.abs(memberships.sum(axis=1) - 1) > 1e-3)
    if invalid.any():
        row, values = np.flatnonzero(kept)[invalid.argmax()], memberships[invalid.argmax()]
        raise ValueError(
            f"memberships must be nonnegative and sum to 1 in each row, but row {row} has the minimum "
            f"{values.min():.3g} and the sum {values.sum():.3g}. Use the output of predict_proba."
        )
    return memberships, kept
