"""Features from a table that contains computed features."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer

from .._blocks import remove_partial_blocks, shorten_column_names
from .._condition import OneHotCondition
from ._modalities import find_modality
from ._result import ComputedFeatures, check_enough_tracks
from ._tags import get_tags


def convert_feature_table(table, *, modality, condition):
    """Convert a feature table, and fit a transformer that selects its blocks.

    Parameters
    ----------
    table : FeatureTable
        Computed features and the tracks that they belong to.
    modality : {"both", "audio", "lyrics"}
        Blocks to use. "both" uses all blocks, "audio" all blocks except lyrics.
    condition : str, list of str or None
        Condition columns, as in `make_track_features`.

    Returns
    -------
    ComputedFeatures
        Features of the tracks.

    Raises
    ------
    ValueError
        If the table does not contain the modality.
    NothingUsableError
        If fewer than four rows are usable.
    """
    blocks = {
        name: columns
        for name, columns in table.blocks.items()
        if modality == "both" or (name == "lyrics") == (modality == "lyrics")
    }
    if not blocks:
        raise ValueError(
            f"modality={modality!r} is not in the table, which has the blocks {', '.join(table.blocks)}. Use another "
            "modality."
        )
    conditions = [condition] if isinstance(condition, str) else condition or []
    transformer = ColumnTransformer(
        [(name, "passthrough", columns) for name, columns in blocks.items()]
        + [(name, OneHotCondition(), name) for name in conditions]
    ).set_output(transform="pandas")
    features, observed, reasons = remove_partial_blocks(table.features, blocks, table.tracks)
    usable = observed.any(axis=1)
    check_enough_tracks(table.tracks, usable, reasons, " or ".join(blocks))
    joined = pd.concat([table.tracks[conditions], features], axis=1)
    computed = transformer.fit_transform(joined[usable]).reset_index(drop=True)
    has_lyrics = observed[:, list(blocks).index("lyrics")] if "lyrics" in blocks else np.zeros(len(features), bool)
    return ComputedFeatures(
        find_modality(blocks),
        transformer,
        computed,
        usable,
        reasons,
        get_seconds(table.tracks),
        get_audio_features(features, blocks),
        has_lyrics,
        {name: table.about[name] for name in blocks if name in table.about},
        [f"columns not used as features: {_group_by_reason(table.dropped)}"] if table.dropped else [],
        get_tags(table.tracks),
    )


def get_audio_features(features, blocks):
    """Return the columns of all blocks except lyrics, with short names. None if there are none."""
    columns = [name for block, names in blocks.items() if block != "lyrics" for name in names]
    return shorten_column_names(features[columns]).reset_index(drop=True) if columns else None


def get_seconds(tracks):
    """Return the column ``seconds`` as numbers. NaN if the column does not exist."""
    seconds = tracks["seconds"] if "seconds" in tracks else np.full(len(tracks), np.nan)
    return np.asarray(pd.to_numeric(seconds, errors="coerce"), dtype=float)


def _group_by_reason(dropped):
    grouped = {}
    for name, reason in dropped.items():
        grouped.setdefault(reason, []).append(str(name))
    return "; ".join(f"{', '.join(names)} ({reason})" for reason, names in grouped.items())
