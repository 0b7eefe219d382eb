"""Features of new tracks, with a fitted transformer."""

import numpy as np
import pandas as pd

from .._blocks import (
    get_feature_blocks,
    get_feature_names,
    remove_partial_blocks,
)
from .._condition import OneHotCondition
from ._audio import extract_audio
from ._modalities import (
    add_missing_lyrics,
    detect_lyrics,
    find_modality,
    find_usable_tracks,
    insert_audio,
    remove_audio_paths,
)
from ._result import ComputedFeatures
from ._table import get_audio_features, get_seconds
from ._tags import get_tags


def transform_new_tracks(transformer, tracks):
    """Compute the features of new tracks with a fitted transformer.

    Parameters
    ----------
    transformer : ColumnTransformer
        Fitted transformer of `ComputedFeatures`.
    tracks : DataFrame or FeatureTable
        Track table, or a feature table with the input or output column names of the transformer.

    Returns
    -------
    ComputedFeatures
        Features of the new tracks.
    """
    blocks = get_feature_blocks(transformer)
    compute = _transform_tracks if isinstance(tracks, pd.DataFrame) else _transform_feature_table
    return compute(transformer, tracks, blocks, find_modality(blocks))


def _transform_tracks(transformer, tracks, blocks, modality):
    audio_blocks = {name: step for name, step, column in transformer.transformers_ if column == "audio"}
    extracted, has_lyrics = extract_audio(audio_blocks, tracks), detect_lyrics(tracks)
    usable = find_usable_tracks(extracted.seconds > 0, has_lyrics, modality)
    add_missing_lyrics(extracted.reasons, usable, modality)
    selected = remove_audio_paths(tracks[usable])
    table = insert_audio(transformer.transform(selected), extracted, usable) if len(selected) else pd.DataFrame()
    return ComputedFeatures.from_tracks(tracks, modality, transformer, table, usable, extracted, has_lyrics)


def _transform_feature_table(transformer, table, blocks, modality):
    features, observed, reasons = remove_partial_blocks(table.features, blocks, table.tracks)
    usable, seconds = observed.any(axis=1), get_seconds(table.tracks)
    audio, has_lyrics = get_audio_features(features, blocks), np.zeros(len(features), bool)
    renamed = features.set_axis(get_feature_names(transformer), axis=1)
    conditions = [name for name, step, _ in transformer.transformers_ if isinstance(step, OneHotCondition)]
    one_hot = [
        pd.DataFrame(step.transform(table.tracks[name]), features.index, [f"{name}__{v}" for v in step.categories_])
        for name, step in ((name, transformer.named_transformers_[name]) for name in conditions)
    ]
    joined = pd.concat([renamed, *one_hot], axis=1)[usable].reset_index(drop=True)
    tags = get_tags(table.tracks)
    return ComputedFeatures(modality, transformer, joined, usable, reasons, seconds, audio, has_lyrics, tags=tags)
