"""Blocks of a feature table: their columns, how they were made, and rows that have a block in part."""

import hashlib
import os

import numpy as np
import pandas as pd

from ..lyrics import LyricsVectorizer
from ._condition import OneHotCondition


def get_feature_blocks(transformer):
    """Columns that a table of ready features needs, by block: as the transformer takes them, or as it makes them."""
    return {
        name: list(columns)
        if isinstance(columns, list)
        else [f"{name}__{column}" for column in step.get_feature_names_out()]
        for name, step, columns in transformer.transformers_
        if name != "remainder" and not isinstance(step, OneHotCondition)
    }


def get_feature_names(transformer):
    """Names, in the table that the transformer makes, of the columns that are no condition."""
    blocks = get_feature_blocks(transformer)
    return [name for name in transformer.get_feature_names_out() if name.split("__", 1)[0] in blocks]


def remove_partial_blocks(features, blocks, tracks):
    """Set aside what is there in part: a row has a block as a whole or not at all.

    Parameters
    ----------
    features : DataFrame of n_tracks rows
        Features; NaN is missing.
    blocks : dict of str to list of str
        Columns of each block.
    tracks : DataFrame of n_tracks rows
        Whose column ``reason``, if there is one, says what was wrong with a track before.

    Returns
    -------
    features : DataFrame
        The columns of the blocks, a block that is there in part taken away.
    observed : ndarray of bool of shape (n_tracks, n_blocks)
        Which track has which block.
    problems : ndarray of str of shape (n_tracks,)
        What is wrong with each track; empty where nothing is.
    """
    known = tracks["reason"].fillna("").astype(str) if "reason" in tracks else np.full(len(tracks), "")
    problems, observed, parts = np.asarray(known, dtype=object), [], []
    for block, columns in blocks.items():
        values = features[columns].to_numpy(copy=True)
        missing = np.isnan(values)
        observed.append(~missing.any(axis=1))
        partly = missing.any(axis=1) & ~missing.all(axis=1)
        for row in np.flatnonzero(partly):
            names = [columns[i] for i in np.flatnonzero(missing[row])]
            shown = ", ".join(names[:3]) + ", ..." * (len(names) > 3)
            problems[row] = join_reasons(
                problems[row], f"{block}: {len(names)} of {len(columns)} values missing ({shown})"
            )
        values[partly] = np.nan
        parts.append(pd.DataFrame(values, features.index, columns))
    observed = np.stack(observed, axis=1)
    silent = ~observed.any(axis=1) & (problems == "")
    problems[silent] = "; ".join(f"no {block}" for block in blocks)
    return pd.concat(parts, axis=1), observed, problems


def get_block_settings(transformer):
    """Tell how each block of a transformer of songs is made: what must be equal for rows to be compared.

    Parameters
    ----------
    transformer : ColumnTransformer
        Fitted, by `make_track_features`.

    Returns
    -------
    dict of str to dict
        Settings by block; what was learned, such as the weights of n-grams, is there as a digest.
    """
    about = {}
    for name in get_feature_blocks(transformer):
        step = transformer.named_transformers_[name]
        aside = ("memory", "n_jobs", "verbose", "device", "on_error", "timeout", "batch_size", "local_files_only")
        settings = {key: value for key, value in step.get_params(deep=False).items() if key not in aside}
        about[name] = {"by": type(step).__name__} | {key: _plain(value) for key, value in settings.items()}
        if isinstance(settings.get("model"), (str, os.PathLike)):
            about[name]["model"] = os.path.basename(settings["model"])  # of a folder its name, wherever it lies
        if isinstance(step, LyricsVectorizer):
            terms = "\n".join(step.vectorizer_.get_feature_names_out()).encode()
            about[name]["learned"] = hashlib.sha256(terms + step.components_.tobytes()).hexdigest()[:16]
    return about


def _plain(value):
    """Make of a setting what JSON holds."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__


def join_reasons(*problems):
    """Make one reason of several."""
    return "; ".join(filter(None, problems))
