"""Tags of tracks as texts: the most probable tags first, joined by "|"."""

import numpy as np
import pandas as pd

N_TAGS = 5
"""Number of tags that are kept for each track."""


def get_tags(tracks, predicted=None):
    """Return the tags of each track.

    Parameters
    ----------
    tracks : DataFrame with n_tracks rows
        Track table. Its column ``tags`` is used if it contains any tags.
    predicted : ndarray of str of shape (n_tracks,) or None, default=None
        Tags that an audio model predicts.

    Returns
    -------
    ndarray of str of shape (n_tracks,) or None
        The first five tags of each track, joined by "|". Empty if they are unknown. None if no tags are known.
    """
    if "tags" not in tracks:
        return predicted
    tags = np.array(["|".join(split_tags(text)) for text in tracks["tags"]], dtype=object)
    return tags if tags.any() else predicted


def split_tags(text):
    """Return the first five tags of a text without duplicates. Missing values have no tags."""
    tags = [] if pd.isna(text) else [tag.strip() for tag in str(text).split("|")]
    return list(dict.fromkeys(filter(None, tags)))[:N_TAGS]


def find_top_tags(probabilities):
    """Return the most probable tags of each row, most probable first, joined by "|". Empty for rows of NaN."""
    tags = probabilities.columns.to_numpy(dtype=object)
    order = np.argsort(-probabilities.to_numpy(), axis=1, kind="stable")[:, :N_TAGS]
    known = probabilities.notna().all(axis=1)
    return np.array(
        ["|".join(tags[top]) if is_known else "" for top, is_known in zip(order, known, strict=True)], object
    )
