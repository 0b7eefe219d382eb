"""How sure soft assignments are."""

import numpy as np
from scipy.special import entr

from ..latent._summary import check_latent


def membership_metrics(memberships):
    r"""Summarise how surely rows belong to their clusters.

    The entropy of a row with memberships :math:`\gamma_{ik}` is :math:`-\sum_k \gamma_{ik} \log \gamma_{ik}`.

    Confidence is no quality: a model may be sure and wrong.

    Parameters
    ----------
    memberships : array-like of shape (n_samples, n_clusters)
        Probabilities, rows that sum to 1, as `predict_proba` returns them. Rows that are all NaN are left out.

    Returns
    -------
    values : dict of str to float
        - ``mean_confidence``, ``median_confidence``: of the largest membership of a row, between ``1 / n_clusters`` and
          1.
        - ``entropy``: mean over the rows, in nats.
        - ``normalized_entropy``: the same as a share of ``log(n_clusters)``, 0 where every row is sure and 1 where none
          is; 0 with one cluster.

    Raises
    ------
    ValueError
        If a row has a negative membership or does not sum to 1.

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
    """Return the rows of memberships that are not wholly NaN, and the mask of these rows."""
    memberships, kept = check_latent(memberships, "memberships")
    wrong = (memberships < 0).any(axis=1) | (np.abs(memberships.sum(axis=1) - 1) > 1e-3)
    if wrong.any():
        row = np.flatnonzero(kept)[wrong.argmax()]
        raise ValueError(f"memberships of row {row} are no probabilities that sum to 1; give predict_proba of a model")
    return memberships, kept
