"""What clusters consist of."""

import numpy as np
import pandas as pd

from ._labels import check_labels, encode_labels


def cluster_composition(labels_true, labels_pred):
    """List which true labels each cluster holds.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        True labels, strings or whole numbers.
    labels_pred : array-like of shape (n_samples,)
        Clusters; the rows labelled -1, in no cluster, are listed like one.

    Returns
    -------
    DataFrame
        A row for each cluster and each true label in it, the commonest first:

        - ``cluster`` and ``label``.
        - ``n_rows`` : rows of the cluster that have the label.
        - ``share`` : of the cluster's rows.
        - ``coverage`` : share of the label's rows that are in the cluster.
        - ``lift`` : how many times as common the label is here as in the whole table.

    Raises
    ------
    ValueError
        If a label is missing, or the labellings do not label the same rows.

    See Also
    --------
    purity_score : Mean over rows of the share of their cluster's commonest label.

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
    (true, names), (pred, clusters) = (
        encode_labels(labels_true, "labels_true"),
        encode_labels(labels_pred, "labels_pred"),
    )
    (cluster, label), n_rows = np.unique(np.stack([pred, true]), axis=1, return_counts=True)
    share, in_all = n_rows / np.bincount(pred)[cluster], np.bincount(true)[label]
    place = np.empty(len(clusters), dtype=int)  # numbers before names, each in order
    place[sorted(range(len(clusters)), key=lambda i: (isinstance(clusters[i], str), clusters[i]))] = range(
        len(clusters)
    )
    table = pd.DataFrame(
        {
            "cluster": clusters[cluster],
            "label": names[label],
            "n_rows": n_rows,
            "share": share,
            "coverage": n_rows / in_all,
            "lift": share * len(true) / in_all,
        }
    )
    return table.iloc[np.lexsort([-n_rows, place[cluster]])].infer_objects().reset_index(drop=True)
