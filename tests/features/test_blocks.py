"""Blocks of a feature table."""

import numpy as np
import pandas as pd

from skvae import LyricsVectorizer, make_track_features
from skvae.features._blocks import get_block_settings, get_feature_blocks, get_feature_names, remove_partial_blocks


def test_partial_blocks_become_missing_with_a_reason():
    features = pd.DataFrame({"a__0": [1.0, np.nan, np.nan], "a__1": [2.0, 3.0, np.nan], "b__0": [0.0, 5.0, np.nan]})
    tracks = pd.DataFrame({"reason": [None, "audio: short", None]})
    blocks = {"a": ["a__0", "a__1"], "b": ["b__0"]}
    cleaned, observed, reasons = remove_partial_blocks(features, blocks, tracks)
    assert observed.tolist() == [[True, True], [False, True], [False, False]]
    assert cleaned["a__1"].isna().tolist() == [False, True, True]
    assert reasons.tolist() == ["", "audio: short; a: 1 of 2 values missing or infinite (a__0)", "no a; no b"]
    assert features.loc[1, "a__1"] == 3  # The input is not modified.


def test_columns_and_settings_of_a_fitted_transformer():
    tracks = pd.DataFrame({"lyrics": ["sun and sea", "rain and sun", "mar y sol"], "language": ["en", "en", "es"]})
    transformer = make_track_features(audio=None, lyrics=LyricsVectorizer(2, random_state=0), condition="language")
    transformer.fit(tracks)
    assert get_feature_blocks(transformer) == {"lyrics": ["lyrics__svd00", "lyrics__svd01"]}
    assert get_feature_names(transformer) == ["lyrics__svd00", "lyrics__svd01"]
    settings = get_block_settings(transformer)
    assert settings["lyrics"]["by"] == "LyricsVectorizer"
    assert settings == get_block_settings(transformer)
    assert settings != get_block_settings(
        transformer.fit(tracks.assign(lyrics=["la la land", "da da doo", "mar y sol"]))
    )
