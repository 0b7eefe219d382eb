"""Composition of clusters by true label."""

import numpy as np
import pandas as pd

from ._labels import check_labels, encode_labels


def cluster_composition(labels_true, labels_pred):
    """List the true labels in each cluster, with their frequencies.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or integers.
    labels_pred : array-like of shape (n_samples,)
        Cluster labels. Rows with label -1 (noise) are listed as one additional cluster.

    Returns
    -------
    composition : DataFrame
        One row for each cluster and each true label in it. Within a cluster, the most frequent label is first.

        - ``cluster``, ``label`` : cluster and true label.
        - ``n_rows`` : number of rows of the cluster with this label.
        - ``share`` : fraction of the rows of the cluster with this label.
        - ``coverage`` : fraction of the rows with this label that are in the cluster.
        - ``lift`` : ``share`` divided by the frequency of the label in the whole table.

    Raises
    ------
    ValueError
        If a label is missing, or if `labels_true` and `labels_pred` have different lengths.

    See Also
    --------
    purity_score : Mean over the rows of the share of the most frequent label of their cluster.

    Examples
    --------
    >>> from skvae.metrics import cluster_composition
    >>> cluster_composition(["rock", "rock", "jazz", "jazz"], [0, 0, 0, -1])
       cluster label  n_rows     share  coverage      lift
    0       -1  jazz       1  1.000000       0.5  2.000000
    1        0  rock       2  0.666667       1.0  1.333333
    2        0  jazz       1  0.333333       0.5  0.666667
    """
    check_labels(labels_true, labels_pred)
    true, labels = encode_labels(labels_true, "labels_true")
    pred, clusters = encode_labels(labels_pred, "labels_pred")
    (cluster, label), n_rows = np.unique(np.stack([pred, true]), axis=1, return_counts=True)
    share, n_label = n_rows / np.bincount(pred)[cluster], np.bincount(true)[label]
    table = pd.DataFrame(
        {
            "cluster": clusters[cluster],
            "label": labels[label],
            "n_rows": n_rows,
            "share": share,
            "coverage": n_rows / n_label,
            "lift": share * len(true) / n_label,
        }
    )
    order = np.lexsort([-n_rows, _sort_positions(clusters)[cluster]])
    return table.iloc[order].infer_objects().reset_index(drop=True)


def _sort_positions(values):
    """Return the position of each value in sorted order. Numbers precede strings."""
    order = sorted(range(len(values)), key=lambda i: (isinstance(values[i], str), values[i]))
    positions = np.empty(len(values), dtype=int)
    positions[order] = range(len(values))
    return positions
