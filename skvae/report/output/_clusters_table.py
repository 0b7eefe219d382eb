"""Table of all tracks with their clusters (``clusters.csv``)."""

import numpy as np
import pandas as pd


def clusters_table(tracks, labels, *, membership, nearest, names, tags, seconds, reasons):
    """Return a table with the cluster of every track.

    Parameters
    ----------
    tracks : DataFrame with n_tracks rows
        Track table.
    labels : ndarray of int of shape (n_tracks,)
        Cluster labels. -1 marks tracks that could not be clustered.
    membership : ndarray of float of shape (n_tracks,)
        Probability of the cluster of each track.
    nearest : list of n_tracks lists of str
        Identifiers of the nearest tracks, nearest first.
    names : dict of int to str
        Cluster names by label.
    tags : ndarray of str of shape (n_tracks,) or None
        First five tags of each track, joined by "|". None if they are unknown.
    seconds : ndarray of float of shape (n_tracks,)
        Seconds of audio that were analyzed.
    reasons : ndarray of str of shape (n_tracks,)
        Reason why a track or one of its modalities cannot be used. Empty if there is no problem.

    Returns
    -------
    DataFrame
        One row per track, with the columns ``track_id``, ``label``, ``cluster`` (name), ``membership``, ``nearest``
        (identifiers joined by "|"), ``title``, ``artist``, ``language``, ``genre``, ``tags``, ``seconds`` and
        ``reason``.
    """
    table = pd.DataFrame({"track_id": tracks["track_id"].astype(str).to_numpy(), "label": labels})
    table["cluster"] = table["label"].map(names)
    table["membership"] = np.round(membership, 4)
    table["nearest"] = ["|".join(names) for names in nearest]
    for column in ("title", "artist", "language", "genre"):
        table[column] = tracks[column].to_numpy() if column in tracks else None
    table["tags"] = tags
    table["seconds"] = np.round(seconds, 2)
    table["reason"] = reasons
    return table
