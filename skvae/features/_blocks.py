"""Blocks of a feature table: columns, settings and partially missing rows."""

import hashlib
import os
from collections import Counter

import numpy as np
import pandas as pd

from ..lyrics import LyricsVectorizer
from ._condition import OneHotCondition

# Parameters of a transformer that do not change its output.
_IRRELEVANT_PARAMETERS = (
    "memory",
    "n_jobs",
    "verbose",
    "device",
    "on_error",
    "timeout",
    "batch_size",
    "local_files_only",
)


def get_feature_blocks(transformer):
    """Return the columns that a feature table requires for a fitted transformer, by block.

    A block that selects columns requires its input columns. Other blocks require their output columns.
    """
    return {
        name: list(columns)
        if isinstance(columns, list)
        else [f"{name}__{column}" for column in step.get_feature_names_out()]
        for name, step, columns in transformer.transformers_
        if name != "remainder" and not isinstance(step, OneHotCondition)
    }


def get_feature_names(transformer):
    """Return the names of the output columns of a fitted transformer, without condition columns."""
    blocks = get_feature_blocks(transformer)
    return [name for name in transformer.get_feature_names_out() if name.split("__", 1)[0] in blocks]


def shorten_column_names(features):
    """Remove the names of the blocks from the column names, except where two columns would have the same name."""
    short = [name.split("__", 1)[-1] for name in features]
    counts = Counter(short)
    return features.set_axis(
        [name if counts[last] > 1 else last for name, last in zip(features, short, strict=True)], axis=1
    )


def remove_partial_blocks(features, blocks, tracks):
    """Set a block to NaN in the rows where some of its values are missing.

    Parameters
    ----------
    features : DataFrame with n_tracks rows
        Features. NaN is a missing value.
    blocks : dict of str to list of str
        Columns of each block.
    tracks : DataFrame with n_tracks rows
        Track table. The optional column ``reason`` contains known problems with the tracks.

    Returns
    -------
    features : DataFrame
        Columns of the blocks. A block is either complete or NaN in each row.
    observed : ndarray of bool of shape (n_tracks, n_blocks)
        Whether each track has each block.
    reasons : ndarray of str of shape (n_tracks,)
        Problem with each track. Empty if there is no problem.
    """
    known = tracks["reason"].fillna("").astype(str) if "reason" in tracks else np.full(len(tracks), "")
    reasons, observed, tables = np.asarray(known, dtype=object), [], []
    for block, columns in blocks.items():
        values = features[columns].to_numpy(copy=True)
        missing = np.isnan(values)
        observed.append(~missing.any(axis=1))
        is_partial = missing.any(axis=1) & ~missing.all(axis=1)
        for row in np.flatnonzero(is_partial):
            names = [columns[i] for i in np.flatnonzero(missing[row])]
            shown = ", ".join(names[:3]) + ", ..." * (len(names) > 3)
            reason = f"{block}: {len(names)} of {len(columns)} values missing or infinite ({shown})"
            reasons[row] = join_reasons(reasons[row], reason)
        values[is_partial] = np.nan
        tables.append(pd.DataFrame(values, features.index, columns))
    observed = np.stack(observed, axis=1)
    without_reason = ~observed.any(axis=1) & (reasons == "")
    reasons[without_reason] = "; ".join(f"no {block}" for block in blocks)
    return pd.concat(tables, axis=1), observed, reasons


def get_block_settings(transformer):
    """Return the settings of each block. Two tables are comparable if their settings are equal.

    Parameters
    ----------
    transformer : ColumnTransformer
        Fitted transformer of `make_track_features`.

    Returns
    -------
    dict of str to dict
        Settings by block. The fitted vocabulary of a `LyricsVectorizer` is represented by a hash.
    """
    blocks = {}
    for name in get_feature_blocks(transformer):
        step = transformer.named_transformers_[name]
        parameters = step.get_params(deep=False)
        settings = {key: value for key, value in parameters.items() if key not in _IRRELEVANT_PARAMETERS}
        blocks[name] = {"by": type(step).__name__} | {key: _to_json_type(value) for key, value in settings.items()}
        if isinstance(settings.get("model"), (str, os.PathLike)):
            # The same model may be in different folders on different machines.
            blocks[name]["model"] = os.path.basename(settings["model"])
        if isinstance(step, LyricsVectorizer):
            terms = "\n".join(step.vectorizer_.get_feature_names_out()).encode()
            blocks[name]["learned"] = hashlib.sha256(terms + step.components_.tobytes()).hexdigest()[:16]
    return blocks


def _to_json_type(value):
    """Convert a parameter to a type that JSON supports. Other objects are represented by the name of their class."""
    if isinstance(value, (list, tuple)):
        return [_to_json_type(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__


def join_reasons(*reasons):
    """Join the reasons that are not empty."""
    return "; ".join(filter(None, reasons))
